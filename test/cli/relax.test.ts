/** `eciton relax` as a person starts it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildCli, eciton, scratch } from "./eciton.ts";

const study = `
name: copper
model: {potential: {kind: gupta}}
atoms: {crystal: {species: Cu, a_A: 3.5}, rattle_A: 0.05}
relax: {cell: full}
`;

beforeAll(buildCli);

describe("eciton relax", () => {
  it("says what it would do and writes nothing", async () => {
    const folder = scratch({ "copper.yaml": study });
    const { code, stdout } = await eciton(["relax", "copper.yaml", "--dry-run"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain("1 structure of 4 atoms");
    expect(existsSync(join(folder, "eciton-out"))).toBe(false);
  });

  it("relaxes, and resumes a finished run by doing nothing", async () => {
    const folder = scratch({ "copper.yaml": study });
    const { code, stdout } = await eciton(["relax", "copper.yaml", "--json", "--workers", "1"], folder);
    expect(code).toBe(0);
    const { structures } = JSON.parse(stdout) as { structures: { ended: string; volume_A3: number }[] };
    expect(structures[0].ended).toBe("forces");
    // Copper's lattice constant, 3.615 Å, that the potential was fitted to.
    expect(Math.cbrt(structures[0].volume_A3)).toBeCloseTo(3.615, 2);
    const again = await eciton(["relax", "copper.yaml", "--resume"], folder);
    expect(again.stdout).toContain("already finished");
  });

  it("ends with 4 where a structure did not converge, its results written", async () => {
    const text = study.replace("cell: full", "cell: full, max_evaluations: 3");
    const folder = scratch({ "copper.yaml": text });
    const { code, stdout, stderr } = await eciton(
      ["relax", "copper.yaml", "--json", "--workers", "0"],
      folder,
    );
    expect(code).toBe(4);
    expect(stderr).toContain("did not converge");
    expect(JSON.parse(stdout)).toMatchObject({
      failure: { code: "not-converged" },
      structures: [{ ended: "limit" }],
    });
    expect(existsSync(join(folder, "eciton-out/copper/relaxed.extxyz"))).toBe(true);
  });

  it("names the line of a mistake", async () => {
    const folder = scratch({ "copper.yaml": study.replace("cell: full", "fix: {indices: [9]}") });
    const { code, stderr } = await eciton(["relax", "copper.yaml"], folder);
    expect(code).toBe(2);
    expect(stderr).toContain("copper.yaml:5");
  });
});
