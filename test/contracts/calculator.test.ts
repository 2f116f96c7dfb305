import type { AtomKinds, Calculator, Evaluation, Potential } from "../../src/core/calculator.ts";
import { dataError, EcitonError } from "../../src/core/errors.ts";
import { crystal, eachPair } from "./atoms.ts";
import { calculatorContract, everyPeriodicity } from "./calculator.ts";

/** E = Σ_pairs a (1 − r²/c²)³ with a of the product of two charges: the contract itself is tried on it. */
function softSpheres(cutoff: number): Potential {
  const strengths = new Map([
    ["A", 1],
    ["B", 1.4],
  ]);
  const evaluate = (atoms: AtomKinds, positions: Float64Array, cell: Float64Array, out: Evaluation) => {
    out.energy = 0;
    for (const part of [out.forces, out.energies, out.virial]) part?.fill(0);
    if (!positions.every(Number.isFinite)) throw dataError("soft spheres", null, "a position is not finite");
    eachPair({ ...atoms, positions, cell }, cutoff, (i, j, vector, distance) => {
      if (distance < 1e-6)
        throw new EcitonError("data", "atoms coincide", { atoms: [i, j], distance_A: distance });
      const strength =
        (strengths.get(atoms.species[i]) as number) * (strengths.get(atoms.species[j]) as number);
      const rest = 1 - (distance / cutoff) ** 2;
      // Every pair comes twice.
      const energy = 0.5 * strength * rest ** 3;
      const push = (3 * strength * rest ** 2 * 2) / cutoff ** 2;
      out.energy += energy;
      if (out.energies) out.energies[i] += energy;
      for (let a = 0; a < 3; a++) {
        out.forces[3 * i + a] -= push * vector[a];
        for (let b = 0; b < 3; b++)
          if (out.virial) out.virial[3 * a + b] += 0.5 * push * vector[a] * vector[b];
      }
    });
  };
  return {
    name: "soft spheres",
    species: [...strengths.keys()],
    cutoff,
    calculator(atoms): Calculator {
      for (const name of atoms.species)
        if (!strengths.has(name)) throw new EcitonError("data", `no ${name}: soft spheres know A and B`);
      return {
        numAtoms: atoms.species.length,
        evaluate(positions, cell, out) {
          const volume = Math.abs(
            cell[0] * (cell[4] * cell[8] - cell[5] * cell[7]) -
              cell[1] * (cell[3] * cell[8] - cell[5] * cell[6]) +
              cell[2] * (cell[3] * cell[7] - cell[4] * cell[6]),
          );
          if (atoms.periodic.every(Boolean) && volume < 1e-3 * cutoff ** 3)
            throw new EcitonError("memory", `${volume} Å³ hold too many neighbours`);
          evaluate(atoms, positions, cell, out);
        },
        state: () => null,
        restore: () => {},
      };
    },
  };
}

/** An oblique cell with a few atoms at about a bond from each other. */
const oblique = crystal(
  [2.3, 0.1, 0, 0.4, 2.2, 0.1, -0.3, 0.2, 2.4],
  [
    ["A", [0, 0, 0]],
    ["B", [0.5, 0.48, 0.03]],
    ["A", [0.52, 0, 0.5]],
    ["B", [0.04, 0.5, 0.5]],
  ],
);

calculatorContract({
  name: "soft spheres of the test",
  potential: softSpheres(2.6),
  crystal: oblique,
  periodicities: everyPeriodicity,
  scale: 10,
  smooth: true,
});
