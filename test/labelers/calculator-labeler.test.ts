import { describe, expect, it } from "vitest";
import { buckinghamPotential } from "../../src/dynamics/potentials/buckingham.ts";
import { ionSet } from "../../src/dynamics/potentials/ion-sets.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { createLabeler } from "../../src/labelers/create-labeler.ts";
import { labelStructures } from "../../src/labelers/label-structures.ts";
import { createAnyPotential } from "../../src/workflows/atoms/create-any-potential.ts";
import { type AnyLabelerSpec, labelTask } from "../../src/workflows/atoms/label-task.ts";
import { labelerContract } from "../contracts/labeler.ts";
import { newFolder, rattledCopies, structureOf } from "../contracts/labeler-case.ts";

const species = { Ce: "Ce4+", O: "O2-" };
const ions = (coulomb: "bare" | "ewald"): AnyLabelerSpec => ({
  kind: "calculator",
  potential: ionSet("balducci", { method: coulomb }, ["Ce4+", "O2-"]),
  species,
});
/** Part of fluorite: two cerium atoms and the oxygen atoms between and beside them. */
const d = 5.41 / 4;
const cluster = structureOf(
  "Ce2O4",
  ["Ce", "O", "Ce", "O", "O", "O"],
  [0, 0, 0, d, d, d, 2 * d, 2 * d, 0, d, d, -d, -d, d, d, 3 * d, d, d],
);

describe("ions of ceria", () => {
  labelerContract({
    spec: ions("bare"),
    cluster,
    // The third derivative of the repulsion is some 1000 eV/Å³: 1e-5 Å; rounding of energies of 100 eV: 1e-10.
    differences: { step: 1e-4, tolerance: 1e-5 },
    invariance: 1e-9,
    many: 60,
  });
});

describe("a calculator as labeler", () => {
  const executor = createExecutor(0);
  const label = (spec: AnyLabelerSpec, structures: Parameters<typeof labelStructures>[0]) =>
    labelStructures(structures, {
      spec,
      labeler: createLabeler(spec, createAnyPotential),
      task: labelTask,
      executor,
      archive: null,
      // Covalent radii are not asked.
      leastDistance: 0,
    });
  /** One fluorite cell. */
  const bulk = structureOf(
    "CeO2",
    [...Array(4).fill("Ce"), ...Array(8).fill("O")],
    [
      ...[0, 0, 0, 0, 2, 2, 2, 0, 2, 2, 2, 0],
      ...[1, 1, 1, 1, 1, 3, 1, 3, 1, 1, 3, 3, 3, 1, 1, 3, 1, 3, 3, 3, 1, 3, 3, 3],
    ].map((x) => x * d),
    [4 * d, 0, 0, 0, 4 * d, 0, 0, 0, 4 * d],
  );

  it("gives the stress of a crystal, the slope of its energy with strain over the volume", async () => {
    const [crystal] = rattledCopies(bulk, 1, 0.05);
    const step = 1e-4;
    const strained = [step, -step].map((e) => ({
      ...crystal,
      positions: crystal.positions.map((x, n) => (n % 3 === 0 ? x * (1 + e) : x)),
      cell: crystal.cell.map((x, n) => (n % 3 === 0 ? x * (1 + e) : x)),
    }));
    const { labelled } = await label(ions("ewald"), [crystal, ...strained]);
    const [at, up, down] = labelled.map(({ structure }) => structure);
    const slope = (up.energy! - down.energy!) / (2 * step) / (4 * d) ** 3;
    expect(Math.abs(slope)).toBeGreaterThan(1e-3);
    // Ewald's sums are accurate to 1e-8 of some 400 eV, and the cell has 158 Å³.
    expect(at.stress![0]).toBeCloseTo(slope, 5);
    expect(at.converged).toBe(true);
  });

  it("labels charged clusters: formal charges stay where atoms are taken away", async () => {
    const lessOxygen = structureOf("Ce2O3", cluster.species.slice(0, 5), cluster.positions.slice(0, 15));
    const { labelled } = await label(ions("bare"), [lessOxygen]);
    const potential = buckinghamPotential(ionSet("balducci", { method: "bare" }, ["Ce4+", "O2-"]));
    const out = { energy: 0, forces: new Float64Array(15) };
    potential
      .calculator({
        species: lessOxygen.species.map((one) => (one === "Ce" ? "Ce4+" : "O2-")),
        periodic: [false, false, false],
      })
      .evaluate(lessOxygen.positions, lessOxygen.cell, out);
    expect(labelled[0].structure.energy).toBe(out.energy);
    expect(labelled[0].structure.forces).toEqual(out.forces);
  });

  it("says which atoms a potential cannot have so near, and which crystals have no energy", async () => {
    const near = cluster.positions.slice();
    near.set([0.2, 0.2, 0.2], 3);
    const charged = { ...bulk, species: ["O", ...bulk.species.slice(1)] };
    const { labelled } = await label(ions("ewald"), [{ ...cluster, positions: near }, charged, bulk]);
    expect(labelled.map(({ failure }) => failure?.reason ?? null)).toEqual(["overlap", "unsupported", null]);
    expect(labelled[0].failure?.message).toContain("Ce4+");
    expect(labelled[1].failure?.message).toContain("charges of the cell sum to");
  });

  it("leaves out forces that are too strong, of kept labels too", async () => {
    const spec = ions("bare");
    const archive = newFolder();
    const options = {
      spec,
      labeler: createLabeler(spec, createAnyPotential),
      task: labelTask,
      executor,
      archive,
    };
    const [free] = (await labelStructures([cluster], options)).labelled;
    const { forces } = free.structure;
    const strongest = Math.max(
      ...cluster.species.map((_, i) => Math.hypot(...forces!.subarray(3 * i, 3 * i + 3))),
    );
    const within = async (largestForce: number) =>
      (await labelStructures([cluster], { ...options, largestForce })).labelled[0];
    const weak = await within(strongest * 0.999);
    expect(weak).toMatchObject({ found: true, failure: { reason: "implausible" } });
    expect(weak.structure.forces).toBeUndefined();
    expect((await within(strongest * 1.001)).structure).toEqual(free.structure);
  });

  it("takes the names of species and the parameters for part of what a label is of", () => {
    const of = (spec: AnyLabelerSpec) => createLabeler(spec, createAnyPotential).identity;
    const reordered: AnyLabelerSpec = {
      ...ions("bare"),
      species: { O: "O2-", Ce: "Ce4+" },
    } as AnyLabelerSpec;
    expect(of(reordered)).toBe(of(ions("bare")));
    expect(of(ions("ewald"))).not.toBe(of(ions("bare")));
    expect(of({ ...ions("bare"), species: { Ce: "Ce3+", O: "O2-" } } as AnyLabelerSpec)).not.toBe(
      of(ions("bare")),
    );
  });
});
