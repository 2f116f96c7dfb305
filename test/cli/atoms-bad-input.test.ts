/** Wrong input of the commands that move atoms, as a person would meet it: exit code, message, nothing left behind. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildCli, eciton, scratch } from "./eciton.ts";

beforeAll(buildCli);

const gupta = "model: {potential: {kind: gupta}}";
const ions = "model: {potential: {kind: buckingham}}";
const cluster = "atoms: {icosahedron: {species: Cu, shells: 1}}";
const crystal = "atoms: {crystal: {species: Cu}, supercell: [3, 3, 3]}";
const file = "atoms: {file: start.xyz}";
const dynamics = (keys: string) => `dynamics: {${keys}, segments: [{duration_ps: 0.1, temperature_K: 300}]}`;
const hop = "relax: {}\nhop: {paths: 2, steps: 5, temperature_K: 1000}";
/** Atoms 1 and 2 coincide. */
const overlap = "3\n\nCu 0 0 0\nCu 0 0 0\nCu 2.5 0 0\n";
const charged = '2\nLattice="5 0 0 0 5 0 0 0 5"\nCe4+ 0 0 0\nO2- 2.5 0 0\n';

interface Fault {
  readonly title: string;
  readonly command: "build" | "relax" | "dynamics" | "hop";
  readonly study: readonly string[];
  readonly start?: string;
  readonly code: number;
  readonly error: string;
  readonly says: string | RegExp;
}

const faults: readonly Fault[] = [
  {
    title: "a start of a search whose atoms coincide",
    command: "hop",
    study: [gupta, file, hop],
    start: overlap,
    code: 3,
    error: "data",
    says: "start: a force is not finite: atoms 1 and 2 are 0.00 Å apart",
  },
  {
    title: "a start of dynamics whose atoms coincide",
    command: "dynamics",
    study: [gupta, file, dynamics("time_step_fs: 1")],
    start: overlap,
    code: 3,
    error: "data",
    says: "start: a force is not finite: atoms 1 and 2 are 0.00 Å apart",
  },
  {
    title: "a charged cell",
    command: "hop",
    study: [ions, file, hop],
    start: charged,
    code: 3,
    error: "data",
    says: /start: .*the charges of the cell sum to 2\.00000 e/,
  },
  {
    title: "periodic atoms without a cut-off",
    command: "relax",
    study: [gupta.replace("gupta", "gupta, cutoff_A: none"), crystal, "relax: {}"],
    code: 2,
    error: "study",
    says: /study\.yaml:1: model\.potential\.cutoff_A: .*without a cut-off is for clusters; periodic atoms need one/,
  },
  {
    title: "parameters in another unit than eV, unless they are asked for",
    command: "relax",
    study: [gupta, "atoms: {random: {composition: {Mg: 4}}}", "relax: {}"],
    code: 2,
    error: "study",
    says: "study.yaml:1: model.potential: no gupta set describes Mg;",
  },
  {
    title: "the table of another element",
    command: "relax",
    study: ["model: {potential: {kind: eam, funcfl: {Cu: start.xyz}}}", crystal, "relax: {}"],
    start: "nickel\n28 58.71 3.52 FCC\n5 0.1 5 0.5 2\n0 1 2 3 4\n5 4 3 2 1\n5 4 3 2 1\n",
    code: 3,
    error: "data",
    says: "start.xyz:2: these tables are of Ni (atomic number 28); the study gives them for Cu",
  },
  {
    title: "fixed atoms of a species that is not there",
    command: "relax",
    study: [gupta, cluster, "relax: {fix: {species: [Ag]}}"],
    code: 2,
    error: "study",
    says: "study.yaml:3: relax.fix.species[0]: there is no Ag among Cu",
  },
  {
    title: "fixed atoms that nothing names",
    command: "relax",
    study: [gupta, cluster, "relax: {fix: {}}"],
    code: 2,
    error: "study",
    says: "study.yaml:3: relax.fix: give at least one of species, indices, below_A",
  },
  {
    title: "a mass of a species that is not there",
    command: "dynamics",
    study: [gupta, cluster, dynamics("masses_amu: {H: 2}")],
    code: 2,
    error: "study",
    says: "study.yaml:3: dynamics.masses_amu.H: there is no H among Cu",
  },
];

describe("wrong input of commands that move atoms", () => {
  it.each(faults)("$title: $command", async ({ command, study, start, code, error, says }) => {
    const files = { "study.yaml": study.join("\n"), ...(start === undefined ? {} : { "start.xyz": start }) };
    const folder = scratch(files);
    const outcome = await eciton([command, "study.yaml", "--json", "--workers", "0"], folder);
    expect(outcome.code).toBe(code);
    const document = JSON.parse(outcome.stdout) as { error: { code: string; message: string } };
    expect(document.error.code).toBe(error);
    expect(document.error.message).toMatch(says);
    expect(existsSync(join(folder, "eciton-out"))).toBe(false);
  });

  it("tells a cell that explodes from atoms that moved too far", async () => {
    const pulled = dynamics("ensemble: npt, pressure_GPa: -50").replace("0.1", "5");
    const folder = scratch({ "study.yaml": [gupta, crystal, pulled].join("\n") });
    const { code, stdout } = await eciton(["dynamics", "study.yaml", "--json", "--workers", "0"], folder);
    expect(code).toBe(4);
    const { failure } = JSON.parse(stdout) as { failure: { message: string } };
    expect(failure.message).toMatch(/a cell that grows or shrinks without end needs another pressure/);
    expect(failure.message).not.toContain("NaN");
  });
});
