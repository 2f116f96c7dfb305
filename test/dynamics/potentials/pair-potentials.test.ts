import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../../src/core/linalg.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../../src/core/units.ts";
import {
  type LennardJonesSpec,
  lennardJonesModel,
  lennardJonesPotential,
} from "../../../src/dynamics/potentials/lennard-jones.ts";
import { type MorseSpec, morseModel, morsePotential } from "../../../src/dynamics/potentials/morse.ts";
import { evaluatePairs, type PairCutoff } from "../../../src/dynamics/potentials/pair-potential.ts";
import {
  lennardJonesSet,
  lennardJonesSets,
  morseSet,
  morseSets,
} from "../../../src/dynamics/potentials/pair-sets.ts";
import { KernelCalculator } from "../../../src/kernels/kernel-calculator.ts";
import { crystal, rattled, withPeriodic } from "../../contracts/atoms.ts";
import { calculatorContract, evaluated, everyPeriodicity, everything } from "../../contracts/calculator.ts";

const lj = (cutoff: PairCutoff): LennardJonesSpec => ({
  kind: "lennard-jones",
  title: "test",
  pairs: [
    { species: ["A", "A"], epsilon_eV: 1, sigma_A: 1 },
    { species: ["B", "A"], epsilon_eV: 1.5, sigma_A: 0.8 },
    { species: ["B", "B"], epsilon_eV: 0.5, sigma_A: 0.88 },
  ],
  mixing: null,
  cutoff,
});
const morse = (cutoff: PairCutoff): MorseSpec => ({
  kind: "morse",
  title: "test",
  pairs: [
    { species: ["A", "A"], D_eV: 1, a_per_A: 6, r0_A: 1.1 },
    { species: ["A", "B"], D_eV: 1.2, a_per_A: 4, r0_A: 1 },
    { species: ["B", "B"], D_eV: 0.7, a_per_A: 5, r0_A: 1.2 },
  ],
  cutoff,
});

const smooth = { from_A: 1.9, to_A: 2.5 };
const cutoffs: [string, PairCutoff][] = [
  ["smooth", smooth],
  ["shifted", { to_A: 2.5, end: "shifted" }],
  ["truncated", { to_A: 2.5, end: "truncated" }],
];

/** About a bond between neighbours, two species, an oblique cell smaller than the cut-off. */
const oblique = crystal([1.9, 0.1, 0, 0.5, 1.8, 0.2, -0.3, 0.4, 2], [
  ["A", [0, 0, 0]],
  ["B", [0.5, 0.5, 0.05]],
  ["A", [0.5, 0, 0.5]],
  ["B", [0, 0.5, 0.5]],
] as [string, Vec3][]);

const open = { periodicities: [[false, false, false]] as const };
const periodicities = everyPeriodicity;
for (const [name, cutoff] of cutoffs)
  calculatorContract({
    name: `Lennard-Jones, ${name}`,
    potential: lennardJonesPotential(lj(cutoff)),
    crystal: oblique,
    // The ways of ending differ in a pair's energy alone.
    periodicities: name === "smooth" ? periodicities : periodicities.slice(0, 1),
    scale: 200,
    ends: name === "smooth" ? [smooth.from_A, smooth.to_A] : [2.5],
    smooth: name === "smooth",
  });
calculatorContract({
  name: "Morse, smooth",
  potential: morsePotential(morse(smooth)),
  crystal: oblique,
  periodicities,
  scale: 200,
  ends: [smooth.from_A, smooth.to_A],
  smooth: true,
});
calculatorContract({
  name: "Lennard-Jones without a cut-off",
  potential: lennardJonesPotential(lj(null)),
  crystal: oblique,
  ...open,
  ends: [],
  scale: 100,
  smooth: true,
});
calculatorContract({
  name: "Morse without a cut-off",
  potential: morsePotential(morse(null)),
  crystal: oblique,
  ...open,
  ends: [],
  scale: 100,
  smooth: true,
});

describe("pair kernels", () => {
  const models = [
    ...cutoffs.flatMap(([name, cutoff]) => [
      [`Lennard-Jones, ${name}`, lennardJonesModel(lj(cutoff)), lennardJonesPotential(lj(cutoff))] as const,
      [`Morse, ${name}`, morseModel(morse(cutoff)), morsePotential(morse(cutoff))] as const,
    ]),
    ["Lennard-Jones, all pairs", lennardJonesModel(lj(null)), lennardJonesPotential(lj(null))] as const,
    ["Morse, all pairs", morseModel(morse(null)), morsePotential(morse(null))] as const,
  ];

  it.each(models)("equal the plain formulas: %s", (_, model, potential) => {
    const random = new RandomStream(31, 0);
    // One species takes another way through the kernel than two.
    for (const names of [
      ["A", "B"],
      ["A", "A"],
      ["B", "B"],
    ])
      for (const periodic of everyPeriodicity) {
        if (potential.cutoff === Infinity && periodic.some(Boolean)) continue;
        const species = oblique.species.map((one) => names[one === "A" ? 0 : 1]);
        const atoms = rattled({ ...withPeriodic(oblique, periodic), species }, 0.1, random);
        const kinds = species.map((one) => model.species.indexOf(one));
        const plain = everything(species.length);
        evaluatePairs(model, kinds, periodic, atoms.positions, atoms.cell, plain);
        const calculator = potential.calculator(atoms);
        const fast = everything(species.length);
        calculator.evaluate(atoms.positions, atoms.cell, fast);
        expect(calculator).toBeInstanceOf(KernelCalculator);
        expect((calculator as KernelCalculator).builds).toBe(1);
        // Some hundred terms of order 1 to 100 eV, and so many times 1e-16.
        const scale =
          1e-13 * (1 + plain.forces.reduce((sum, f) => sum + Math.abs(f), Math.abs(plain.energy)));
        expect(Math.abs(fast.energy - plain.energy)).toBeLessThan(scale);
        for (const part of ["forces", "energies", "virial"] as const)
          fast[part].forEach((value, k) => {
            expect(Math.abs(value - plain[part][k])).toBeLessThan(10 * scale);
          });
      }
  });

  it("give the same energy and forces to the bit whatever else is asked for", () => {
    const atoms = rattled(oblique, 0.1, new RandomStream(32, 0));
    const potential = lennardJonesPotential(lj(smooth));
    const all = evaluated(potential, atoms);
    const few = { energy: 0, forces: new Float64Array(12) };
    potential.calculator(atoms).evaluate(atoms.positions, atoms.cell, few);
    expect(few.energy).toBe(all.energy);
    expect(few.forces).toEqual(all.forces);
  });

  it("do not mind where atoms have drifted to", () => {
    const random = new RandomStream(34, 0);
    const atoms = rattled(oblique, 0.1, random);
    const potential = lennardJonesPotential(lj(smooth));
    const near = evaluated(potential, atoms);
    const positions = atoms.positions.slice();
    for (let i = 0; i < 4; i++)
      for (let row = 0; row < 3; row++) {
        const cells = random.nextIndex(20001) - 10000;
        for (let k = 0; k < 3; k++) positions[3 * i + k] += cells * atoms.cell[3 * row + k];
      }
    const far = evaluated(potential, { ...atoms, positions });
    // Positions of some 1e4 Å are rounded to 4e-12 Å, against forces of some 100 eV/Å and their slopes.
    expect(Math.abs(far.energy - near.energy)).toBeLessThan(1e-8);
    far.forces.forEach((f, k) => {
      expect(Math.abs(f - near.forces[k])).toBeLessThan(1e-7);
    });
  });

  it("keep the forces of a large crystal of one species those of its small cell", () => {
    // 4000 atoms, so that lists have many rows and bins: each must feel nothing.
    const n = 10;
    const a = 1.6;
    const basis: [string, Vec3][] = [];
    for (let x = 0; x < n; x++)
      for (let y = 0; y < n; y++)
        for (let z = 0; z < n; z++)
          for (const [u, v, w] of [
            [0, 0, 0],
            [0.5, 0.5, 0],
            [0.5, 0, 0.5],
            [0, 0.5, 0.5],
          ])
            basis.push(["A", [(x + u) / n, (y + v) / n, (z + w) / n]]);
    const edge = n * a;
    const big = crystal([edge, 0, 0, 0, edge, 0, 0, 0, edge], basis);
    const potential = lennardJonesPotential(lj({ to_A: 2.5, end: "truncated" }));
    const found = evaluated(potential, big);
    // fcc shells at a √(k/2), within 2.5/1.6 a: 12, 6, 24, 12 neighbours.
    let energy = 0;
    for (const [k, count] of [
      [1, 12],
      [2, 6],
      [3, 24],
      [4, 12],
    ]) {
      const s6 = (a * Math.sqrt(k / 2)) ** -6;
      energy += 0.5 * count * 4 * (s6 * s6 - s6);
    }
    expect(found.energy / 4000).toBeCloseTo(energy, 11);
    expect(Math.max(...found.forces.map(Math.abs))).toBeLessThan(1e-11);
  });
});

describe("Lennard-Jones", () => {
  it("has the lattice sums of fcc", () => {
    // Kittel: Σ (d/r)^12 = 12.13188, Σ (d/r)^6 = 14.45392; with the tail of even density beyond the cut-off.
    const cutoff = 12;
    const d = 1.09;
    const h = d / Math.SQRT2;
    const one = crystal([0, h, h, h, 0, h, h, h, 0], [["A", [0, 0, 0]]]);
    const density = Math.SQRT2 / d ** 3;
    const tail = 8 * Math.PI * density * (1 / (9 * cutoff ** 9) - 1 / (3 * cutoff ** 3));
    const { energy } = evaluated(lennardJonesPotential(lj({ to_A: cutoff, end: "truncated" })), one);
    // Shells end unevenly at the cut-off: some of its surface, 4π r² ρ^(2/3) atoms, times 4/r^6 each, about 5e-4.
    expect(Math.abs(energy + tail - 2 * (12.13188 / d ** 12 - 14.45392 / d ** 6))).toBeLessThan(5e-4);
  });

  it("mixes pairs that are not given, by Lorentz and Berthelot's rules", () => {
    const spec = lj(smooth);
    const given = spec.pairs.filter(({ species: [a, b] }) => a === b);
    const pair = { species: ["A", "B"] as const, epsilon_eV: Math.sqrt(0.5), sigma_A: 0.94 };
    const atoms = rattled(oblique, 0.1, new RandomStream(33, 0));
    const mixed = evaluated(
      lennardJonesPotential({ ...spec, pairs: given, mixing: "lorentz-berthelot" }),
      atoms,
    );
    expect(mixed).toEqual(evaluated(lennardJonesPotential({ ...spec, pairs: [...given, pair] }), atoms));
    // What is given stays.
    expect(evaluated(lennardJonesPotential({ ...spec, mixing: "lorentz-berthelot" }), atoms)).toEqual(
      evaluated(lennardJonesPotential(spec), atoms),
    );
    expect(() => lennardJonesPotential({ ...spec, pairs: given })).toThrow("A-B");
  });

  it("comes with published sets", () => {
    expect(lennardJonesSets()).toContain("argon-verlet-1967");
    const [argon] = lennardJonesSet("argon-verlet-1967", ["Ar"], "none").pairs;
    expect(argon.epsilon_eV / BOLTZMANN_EV_PER_K).toBeCloseTo(119.8, 3);
    // The rare gases' nearest-neighbour distances and cohesive energies (Kittel, tables 1 and 4 of chapter 3; without
    // zero-point motion the model binds more and shorter, most for neon).
    const set = "rare-gases-bernardes-1958";
    for (const [species, distance, energy] of [
      ["Ar", 3.76, 0.08],
      ["Kr", 4.01, 0.116],
      ["Xe", 4.35, 0.17],
    ] as const) {
      const [{ epsilon_eV, sigma_A }] = lennardJonesSet(set, [species], "none").pairs;
      expect(Math.abs((1.09 * sigma_A) / distance - 1)).toBeLessThan(0.02);
      expect((8.6 * epsilon_eV) / energy).toBeGreaterThan(1);
      expect((8.6 * epsilon_eV) / energy).toBeLessThan(1.15);
    }
    expect(lennardJonesPotential(lennardJonesSet(set, ["Ar", "Xe"], "usual")).species).toEqual(["Ar", "Xe"]);
    expect(() => lennardJonesSet(set, ["Cu"], "usual")).toThrow("Cu");
    expect(() => lennardJonesSet("nobody", ["Ar"], "usual")).toThrow("argon-verlet-1967");
  });

  it("refuses parameters and cut-offs that make no sense", () => {
    const spec = lj(null);
    for (const wrong of [0, -1, Number.NaN, Infinity])
      expect(() =>
        lennardJonesPotential({ ...spec, pairs: [{ species: ["A", "A"], epsilon_eV: 1, sigma_A: wrong }] }),
      ).toThrow("sigma_A");
    expect(() => lennardJonesPotential(lj({ from_A: 3, to_A: 2 }))).toThrow("cut-off");
    expect(() => lennardJonesPotential(lj({ to_A: 0, end: "shifted" }))).toThrow("cut-off");
  });
});

describe("Morse", () => {
  it("comes with Girifalco and Weizer's metals, which have their lattice constants and cohesive energies", () => {
    expect(morseSets()).toEqual(["girifalco-weizer-1959"]);
    // Experimental lattice constants (Å) and heats of sublimation (eV) that the fits were made to, by today's tables
    // (Kittel); aluminium's fit has 2.93 eV, the table 3.39.
    for (const [species, structure, constant, cohesion] of [
      ["Cu", "fcc", 3.61, 3.49],
      ["Ag", "fcc", 4.09, 2.95],
      ["Ni", "fcc", 3.52, 4.44],
      ["Al", "fcc", 4.05, null],
      ["Pb", "fcc", 4.95, 2.03],
      ["Ca", "fcc", 5.58, 1.84],
      ["Fe", "bcc", 2.87, 4.28],
      ["W", "bcc", 3.16, 8.9],
      ["Mo", "bcc", 3.15, 6.82],
      ["Cr", "bcc", 2.88, 4.1],
      ["Na", "bcc", 4.29, 1.113],
      ["K", "bcc", 5.225, 0.934],
      ["Rb", "bcc", 5.585, 0.852],
      ["Cs", "bcc", 6.05, 0.804],
      ["Ba", "bcc", 5.02, 1.9],
      ["Sr", "fcc", 6.08, 1.72],
    ] as const) {
      const h = constant / 2;
      const cell = structure === "fcc" ? [0, h, h, h, 0, h, h, h, 0] : [-h, h, h, h, -h, h, h, h, -h];
      const potential = morsePotential(morseSet("girifalco-weizer-1959", [species], "usual"));
      const at = (scale: number) =>
        evaluated(
          potential,
          crystal(
            cell.map((x) => scale * x),
            [[species, [0, 0, 0]]],
          ),
        );
      // The pressure changes sign within 1.5% of the lattice constant, and the energy there is that of sublimation to 8%.
      const pressures = [0.985, 1.015].map((scale) => at(scale).virial[0]);
      expect(pressures[0]).toBeGreaterThan(0);
      expect(pressures[1]).toBeLessThan(0);
      if (cohesion !== null) expect(Math.abs(at(1).energy / -cohesion - 1)).toBeLessThan(0.08);
    }
  });

  it("refuses parameters that make no sense", () => {
    const pair = { species: ["A", "A"], D_eV: 1, a_per_A: 6, r0_A: 1.1 } as const;
    expect(() => morsePotential({ ...morse(null), pairs: [{ ...pair, D_eV: 0 }] })).toThrow("D_eV");
    expect(() => morsePotential({ ...morse(null), pairs: [{ ...pair, a_per_A: 400 }] })).toThrow(
      "at most 300",
    );
  });
});
