import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { membersIn, potentialFiles } from "../../../src/workflows/atoms/trained-potential.ts";
import { failureOf } from "../../failure.ts";

const scratch = mkdtempSync(join(tmpdir(), "eciton-potential-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder with these files, which are empty. */
function folderOf(name: string, ...files: string[]): string {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(join(folder, file), "");
  return folder;
}

describe("folders of potentials", () => {
  const files = ["input.nn", "scaling.data", "weights.008.data"];
  const one = folderOf("one", ...files, "notes.txt", "input.nn.bak");
  const many = folderOf("many", "provenance.json");
  for (const member of ["member-02", "member-01"]) folderOf(`many/${member}`, ...files);
  folderOf("many/other", "input.data");

  it("hold one potential, or the members of a committee in the order of their names", () => {
    expect(membersIn(one, "here", "")).toEqual([one]);
    expect(membersIn(many, "here", "")).toEqual([join(many, "member-01"), join(many, "member-02")]);
    expect(potentialFiles(one)).toEqual(files.map((file) => join(one, file)));
  });

  it.each([
    ["is not there", join(scratch, "absent")],
    ["holds none", folderOf("empty")],
    ["is a file", join(one, "input.nn")],
  ])("are asked for where what is named %s", (_, path) => {
    const error = failureOf(() => membersIn(path, "model.potential.folder", "a potential is a folder"));
    expect(error.code).toBe("study");
    expect(error.message).toContain(`there is no potential in ${path}: a potential is a folder`);
  });
});
