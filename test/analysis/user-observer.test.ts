import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadUserObserver } from "../../src/analysis/user-observer.ts";
import { EcitonError } from "../../src/core/errors.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { ceriaInput } from "../lattice/lattices.ts";
import { measured } from "./reference.ts";

const lattice = createParentLattice(ceriaInput);
const supercell = new Supercell(lattice, [3, 2, 1]);
let folder = "";
let written = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "eciton-observers-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A module of this text, under a new name so that none is taken for an earlier one. */
function module(text: string): string {
  const file = join(folder, `observer-${written++}.mjs`);
  writeFileSync(file, text);
  return file;
}

function load(text: string) {
  return loadUserObserver(module(text), { lattice, supercell });
}

async function failure(text: string): Promise<string> {
  const file = module(text);
  try {
    const { series, maps } = await loadUserObserver(file, { lattice, supercell });
    for (const { columns, measure } of series)
      measure(new Uint8Array(supercell.numSites), new Float64Array(columns.length), 0);
    for (const { size, measure } of maps)
      measure(new Uint8Array(supercell.numSites), new Float64Array(size), 0);
  } catch (error) {
    expect(error).toBeInstanceOf(EcitonError);
    const { code, message, details } = error as EcitonError;
    expect(details.file).toBe(file);
    expect(message.startsWith(`${file}: `)).toBe(true);
    return `${code}: ${message.slice(file.length + 2)}`;
  }
  return "no failure";
}

const withMeasure = (body: string) =>
  `export const createObserver = () => ({ columns: [{ name: "a" }, { name: "b c" }], measure(o, out, at) { ${body} } });`;

describe("loadUserObserver", () => {
  it("loads the example of the documentation", async () => {
    const page = readFileSync(new URL("../../docs/observers.md", import.meta.url), "utf8");
    const [, text] = /^```js file=double\.mjs\n([\s\S]*?)^```$/m.exec(page)!;
    expect(text.trim().split("\n").length).toBeLessThanOrEqual(15);
    const { series, maps } = await load(text);
    expect(maps).toEqual([]);
    const [upper, lower] = ["O2", "O3"].map((name) => lattice.sites.findIndex((site) => site.name === name));
    const occupation = new Uint8Array(supercell.numSites);
    const put = (site: number, u: number, v: number) => {
      occupation[supercell.siteIndex(site, [u, v, 0])] = 1;
    };
    expect([...measured(series[0], occupation)]).toEqual([["double vacancies", 0]]);
    put(upper, 0, 0);
    put(lower, 0, 0);
    put(upper, 1, 0);
    put(lower, 2, 1);
    expect([...measured(series[0], occupation)]).toEqual([["double vacancies", 1]]);
  });

  it("loads maps, promises and classes, and fills in what may be left out", async () => {
    const { series, maps } = await load(
      `export async function createObserver({ supercell }) {
        return { name: "vacancies", size: supercell.numSites,
          measure(o, out, at) { for (let i = 0; i < o.length; i++) out[at + i] = o[i]; } };
      }`,
    );
    expect(series).toEqual([]);
    expect(maps[0].name).toBe("vacancies");
    const occupation = Uint8Array.from({ length: supercell.numSites }, (_, i) => i % 2);
    const out = new Float64Array(maps[0].size + 2).fill(7);
    maps[0].measure(occupation, out, 1);
    expect([...out]).toEqual([7, ...occupation, 7]);

    const counter = await load(
      `class Sum { columns = [{ name: "sum of species" }]; factor = 2;
        measure(o, out, at) { out[at] = this.factor * o.reduce((a, b) => a + b, 0); } }
       export const createObserver = () => new Sum();`,
    );
    expect(counter.series[0].columns).toEqual([{ name: "sum of species", unit: "", description: "" }]);
    expect(measured(counter.series[0], occupation).get("sum of species")).toBe(supercell.numSites);
  });

  it("keeps the chain's occupation and the others' results safe", async () => {
    const { series } = await load(withMeasure("o.fill(1); out.fill(5);"));
    const occupation = new Uint8Array(supercell.numSites);
    const out = new Float64Array(5);
    series[0].measure(occupation, out, 2);
    expect([...out]).toEqual([0, 0, 5, 5, 0]);
    expect(occupation.every((species) => species === 0)).toBe(true);
  });

  it("names the module and the column of results that are no finite numbers", async () => {
    const finite = "data: measure left column";
    expect(await failure(withMeasure("out[at] = 1;"))).toContain(`${finite} "b c" at NaN`);
    expect(await failure(withMeasure("out[at] = 1 / 0; out[at + 1] = 1;"))).toContain(
      `${finite} "a" at Infinity`,
    );
    expect(await failure(withMeasure("out[at] = undefined;"))).toContain(`${finite} "a" at NaN`);
    expect(await failure(withMeasure("throw new Error('no vacancies');"))).toBe(
      "data: measure failed: no vacancies",
    );
    expect(
      await failure(
        `export const createObserver = () => ({ name: "m", size: 3, measure(o, out, at) { out[at] = 1; } });`,
      ),
    ).toContain('entry 1 of the map "m" at NaN');
    expect(
      await failure(
        `export const createObserver = () => ({ columns: [{ name: "a" }], async measure(o, out, at) { out[at] = 1; } });`,
      ),
    ).toContain("promise");
    expect(await failure(withMeasure("out[at] = 1; out[at + 1] = 2;"))).toBe("no failure");
  });

  it("says what an observer lacks", async () => {
    const made = (value: string) => failure(`export const createObserver = () => (${value});`);
    const measure = "measure() {}";
    expect(await failure("export const other = 1;")).toMatch(
      /^data: expected an exported function .* found other/,
    );
    expect(await failure("")).toContain("found no exports");
    expect(await failure("export const createObserver = 3;")).toContain("expected an exported function");
    expect(await failure("export function createObserver() { throw new Error('my mistake'); }")).toBe(
      "data: createObserver failed: my mistake",
    );
    expect(await failure("export function createObserver( {")).toMatch(/^data: the module cannot be loaded/);
    expect(await failure("import './absent.mjs';")).toMatch(/^data: the module cannot be loaded: .*absent/);
    expect(await made("undefined")).toContain("returned undefined");
    expect(await made(`{ columns: [{ name: "a" }] }`)).toContain("no function measure");
    expect(await made(`{ columns: [], ${measure} }`)).toContain("columns: expected a list");
    expect(await made(`{ columns: [{ name: "a" }, { name: "a" }], ${measure} }`)).toContain(
      "columns[1].name",
    );
    expect(await made(`{ columns: [{ name: "a,b" }], ${measure} }`)).toContain('found "a,b"');
    expect(await made(`{ columns: [null], ${measure} }`)).toContain("columns[0].name");
    expect(await made(`{ columns: [{ name: "a", unit: 3 }], ${measure} }`)).toContain("unit and description");
    expect(await made(`{ ${measure} }`)).toContain("the observer's name");
    expect(await made(`{ name: "m", size: 0.5, ${measure} }`)).toContain("size of at least 1, found 0.5");
  });

  it("tells a file that is not there from one that is wrong", async () => {
    const absent = join(folder, "absent.mjs");
    await expect(loadUserObserver(absent, { lattice, supercell })).rejects.toMatchObject({
      code: "usage",
      message: `${absent}: no such module`,
    });
  });
});
