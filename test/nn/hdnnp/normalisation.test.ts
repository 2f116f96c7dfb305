import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Structure } from "../../../src/data/structure.ts";
import { NO_NORMALISATION } from "../../../src/nn/hdnnp/model.ts";
import { dataStatistics, normalisationOf } from "../../../src/nn/hdnnp/normalisation.ts";
import { failureOf } from "../../failure.ts";

function structure(species: readonly string[], energy?: number, forces?: ArrayLike<number>): Structure {
  return {
    cell: new Float64Array(9),
    periodic: [false, false, false],
    species,
    positions: new Float64Array(3 * species.length),
    energy,
    forces: forces && Float64Array.from(forces),
    name: "",
    info: {},
    source: { file: "test", line: null },
  };
}

const none = new Map<string, number>();

describe("dataStatistics", () => {
  it("is what a hand finds", () => {
    // Energies per atom without the free atoms: (−5 + 2)/2 = −1.5, (−9 + 3)/3 = −2; forces 1..6 and none.
    const found = dataStatistics(
      [
        structure(["O", "O"], -5, [1, 2, 3, 4, 5, 6]),
        structure(["O", "O", "O"], -9),
        structure(["O"], undefined),
      ],
      new Map([["O", -1]]),
    );
    expect(found).toEqual({
      energies: 2,
      meanEnergy: -1.75,
      energySigma: Math.sqrt(0.125),
      forceComponents: 6,
      meanForce: 3.5,
      forceSigma: Math.sqrt(3.5),
    });
  });

  it("has no deviation of one structure, and refuses data without energies", () => {
    const one = dataStatistics([structure(["O"], 1)], none);
    expect([one.energySigma, one.forceSigma]).toEqual([null, null]);
    const error = failureOf(() => dataStatistics([structure(["O"])], none));
    expect(error.code).toBe("data");
    expect(error.message).toContain("none of 1 structures");
  });
});

describe("normalisationOf", () => {
  const number = fc.double({ min: -100, max: 100, noNaN: true });
  const data = fc.array(
    fc.record({
      atoms: fc.integer({ min: 1, max: 4 }),
      energy: number,
      forces: fc.array(number, { minLength: 12, maxLength: 12 }),
    }),
    { minLength: 2, maxLength: 8 },
  );
  const build = (cases: readonly { atoms: number; energy: number; forces: readonly number[] }[]) =>
    cases.map(({ atoms, energy, forces }) =>
      structure(Array(atoms).fill("O"), energy, forces.slice(0, 3 * atoms)),
    );

  it("gives energies per atom and forces of size 1", () => {
    fc.assert(
      fc.property(data, (cases) => {
        const structures = build(cases);
        const statistics = dataStatistics(structures, none);
        fc.pre(statistics.energySigma! > 1e-3 && statistics.forceSigma! > 1e-3);
        const { meanEnergy, perEnergy, perLength } = normalisationOf(statistics, {
          kind: "energy-and-force",
        });
        const internal = structures.map(({ species, energy, forces }) =>
          structure(
            species,
            (energy! - species.length * meanEnergy) * perEnergy,
            forces!.map((f) => (f * perEnergy) / perLength),
          ),
        );
        const after = dataStatistics(internal, none);
        // Numbers up to 1e2 over sigmas of at least 1e-3 lose five digits of sixteen.
        expect(Math.abs(after.meanEnergy)).toBeLessThan(1e-9);
        expect(after.energySigma).toBeCloseTo(1, 9);
        expect(after.forceSigma).toBeCloseTo(1, 9);
      }),
      { numRuns: 50 },
    );
  });

  it("by forces makes them of size 1 and leaves lengths alone", () => {
    const statistics = dataStatistics(build([{ atoms: 1, energy: 1, forces: [1, 2, 6] }]), none);
    // σ² of 1, 2, 6 about 3: (4 + 1 + 9)/2.
    expect(normalisationOf(statistics, { kind: "force" })).toEqual({
      meanEnergy: 1,
      perEnergy: 1 / Math.sqrt(7),
      perLength: 1,
    });
  });

  it("by forces of the networks makes those of the data and of untrained networks of size 1", () => {
    const structures = build([
      { atoms: 1, energy: 1, forces: [1, 2, 3] },
      { atoms: 1, energy: 1, forces: [-1, -5, 7] },
    ]);
    const statistics = dataStatistics(structures, none);
    const untrained = 0.25;
    const { meanEnergy, perEnergy, perLength } = normalisationOf(statistics, {
      kind: "network-force",
      untrainedForceSigma: untrained,
    });
    expect(meanEnergy).toBe(1);
    // F* = F perEnergy/perLength; the networks, whose output is E*, have ∂E*/∂r* = (∂E*/∂r)/perLength.
    expect((statistics.forceSigma! * perEnergy) / perLength).toBeCloseTo(1, 14);
    expect(untrained / perLength).toBe(1);
  });

  it("leaves lengths alone where there are no forces, and everything if asked to", () => {
    const statistics = dataStatistics([structure(["O"], 1), structure(["O"], 3)], none);
    expect(normalisationOf(statistics, { kind: "energy-and-force" })).toEqual({
      meanEnergy: 2,
      perEnergy: 1 / Math.SQRT2,
      perLength: 1,
    });
    expect(normalisationOf(statistics, { kind: "none" })).toEqual(NO_NORMALISATION);
  });

  it("refuses to divide by nothing, and says by what", () => {
    const moving = [1, 2, 3];
    const still = [0, 0, 0];
    const cases: [Structure[], Parameters<typeof normalisationOf>[1], string][] = [
      [[structure(["O"], 1, moving)], { kind: "energy-and-force" }, "energies per atom; there is only 1"],
      [
        [structure(["O"], 0.1 + 0.2, moving), structure(["O", "O"], 0.6, [...moving, ...moving])],
        { kind: "energy-and-force" },
        "energies per atom; it is",
      ],
      [
        [structure(["O"], 1, still), structure(["O"], 2, still)],
        { kind: "energy-and-force" },
        "forces; it is 0",
      ],
      [[structure(["O"], 1), structure(["O"], 2)], { kind: "force" }, "forces; there are none"],
      [
        [structure(["O"], 1, moving), structure(["O"], 2, moving)],
        { kind: "network-force", untrainedForceSigma: 0 },
        "untrained model's forces; it is 0",
      ],
    ];
    for (const [structures, mode, words] of cases) {
      const error = failureOf(() => normalisationOf(dataStatistics(structures, none), mode));
      expect(error.code).toBe("data");
      expect(error.message).toContain(words);
      expect(error.message).toContain('take normalise "none"');
    }
  });
});

const training = "../shared/data/nn/reference/n2p2_train";
if (!existsSync(training)) console.warn(`skipped: headers written by nnp-norm, there is no ${training}`);
describe.skipIf(!existsSync(training))("normalisation by nnp-norm", () => {
  /** Units do not matter here: the file's own are kept. */
  const read = (file: string): Structure[] =>
    readFileSync(file, "utf8")
      .split(/^\s*begin\s*$/m)
      .slice(1)
      .map((text) => {
        const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
        const atoms = rows.filter(([keyword]) => keyword === "atom");
        return structure(
          atoms.map((row) => row[4]),
          Number(rows.find(([keyword]) => keyword === "energy")![1]),
          atoms.flatMap((row) => row.slice(7, 10).map(Number)),
        );
      });

  it.each([
    ["Cu2S_PBE", {}],
    // Its input.nn gives energies of free atoms, which come off first.
    ["H2O_RPBE-D3", { H: -0.45890771, O: -74.94518524 }],
  ])("of %s is the header of its input.nn", (name, free) => {
    const folder = `${training}/replay_${name}`;
    const header = readFileSync(`${folder}/input.nn`, "utf8");
    const printed = (keyword: string) => Number(new RegExp(`^${keyword}\\s+(\\S+)`, "m").exec(header)![1]);
    const structures = read(`${folder}/input.data`);
    expect(structures.length).toBe(20);
    const statistics = dataStatistics(structures, new Map(Object.entries(free)));
    const found = normalisationOf(statistics, { kind: "energy-and-force" });
    // Energies of atoms are 1e3 to 1e4 deviations from zero, so that rounding to 1e-16 leaves twelve digits.
    expect(found.meanEnergy / printed("mean_energy")).toBeCloseTo(1, 12);
    expect(found.perEnergy / printed("conv_energy")).toBeCloseTo(1, 11);
    expect(found.perLength / printed("conv_length")).toBeCloseTo(1, 11);
  });
});
