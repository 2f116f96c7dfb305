/** What every Potential and its Calculators must do, whatever they compute. */
import { describe, expect, it } from "vitest";
import { evaluationFor } from "../../src/core/calculator.ts";
import { faceSpacings, inv3, mul3, rowTimes, transpose3 } from "../../src/core/linalg.ts";
import { RandomStream } from "../../src/core/random.ts";
import { randomRotation } from "../rotations.ts";
import {
  fullCell,
  type Periodicity,
  permuted,
  supercell,
  timesMatrix,
  transformed,
  translated,
} from "./atoms.ts";
import { type CalculatorCase, contractOf, evaluated, everything, farthest } from "./calculator-case.ts";
import { conductOfCalculator, conductOfPotential } from "./calculator-conduct.ts";

export { evaluated, everyPeriodicity, everything } from "./calculator-case.ts";

const label = (periodic: Periodicity) => periodic.map((p) => (p ? "p" : "-")).join("");

/** Runs the contract against one potential. */
export function calculatorContract(subject: CalculatorCase): void {
  const contract = contractOf(subject);
  const { name, potential, accuracy, count, lever, bond, step, differences, rounding, forceRounding } =
    contract;

  for (const periodic of subject.periodicities)
    describe(`Potential: ${name}, ${label(periodic)}`, () => {
      const atoms = contract.atomsOf(periodic);
      const found = evaluated(potential, atoms);

      it("gives forces that are the slopes of the energy", () => {
        const calculator = potential.calculator(atoms);
        const positions = atoms.positions.slice();
        const out = everything(count);
        const energyAt = (n: number, x: number) => {
          const before = positions[n];
          positions[n] = x;
          calculator.evaluate(positions, atoms.cell, out);
          positions[n] = before;
          return out.energy;
        };
        for (let n = 0; n < 3 * count; n++) {
          const x = positions[n];
          const near = energyAt(n, x + step) - energyAt(n, x - step);
          const far = energyAt(n, x + 2 * step) - energyAt(n, x - 2 * step);
          const slope = (8 * near - far) / (12 * step);
          expect(
            Math.abs(slope + found.forces[n]),
            `atom ${Math.floor(n / 3)}, ${"xyz"[n % 3]}: ${-slope} by differences, ${found.forces[n]}`,
          ).toBeLessThan(differences / bond);
        }
        // The comparison means something only where there are forces.
        expect(Math.max(...found.forces.map(Math.abs))).toBeGreaterThan((1e4 * differences) / bond);
      });

      it("gives the virial that is the slope of the energy under strain", () => {
        // Atoms at the end of interactions move as far as in the test of forces.
        const strain = step / lever;
        const calculator = potential.calculator(atoms);
        const out = everything(count);
        const energyAt = (k: number, amount: number) => {
          const matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];
          matrix[k] += amount;
          const strained = transformed(atoms, matrix);
          calculator.evaluate(strained.positions, strained.cell, out);
          return out.energy;
        };
        const tolerance = (differences * lever * count) / bond;
        for (let k = 0; k < 9; k++) {
          const near = energyAt(k, strain) - energyAt(k, -strain);
          const far = energyAt(k, 2 * strain) - energyAt(k, -2 * strain);
          const slope = (8 * near - far) / (12 * strain);
          expect(
            Math.abs(slope + found.virial[k]),
            `component ${k}: ${-slope} by differences, ${found.virial[k]}`,
          ).toBeLessThan(tolerance);
        }
        expect(farthest(found.virial, transpose3(found.virial))).toBeLessThanOrEqual(20 * rounding);
        expect(Math.max(...found.virial.map(Math.abs))).toBeGreaterThan(1e3 * tolerance);
      });

      it("shares the energy among the atoms, who push each other and not themselves", () => {
        const sum = found.energies.reduce((total, x) => total + x, 0);
        expect(Math.abs(sum - found.energy)).toBeLessThanOrEqual(rounding);
        for (let d = 0; d < 3; d++) {
          let total = 0;
          for (let n = d; n < 3 * count; n += 3) total += found.forces[n];
          expect(Math.abs(total)).toBeLessThanOrEqual(forceRounding * count + (accuracy * count) / bond);
        }
      });

      it("gives the same energy and forces where less is asked for", () => {
        const out = evaluationFor(count);
        out.forces.fill(1e3);
        const [positions, cell] = [atoms.positions.slice(), atoms.cell.slice()];
        potential.calculator(atoms).evaluate(positions, cell, out);
        expect(Math.abs(out.energy - found.energy)).toBeLessThanOrEqual(rounding);
        expect(farthest(out.forces, found.forces)).toBeLessThanOrEqual(forceRounding);
        expect(positions).toEqual(atoms.positions);
        expect(cell).toEqual(atoms.cell);
      });

      it("does not see translations, nor atoms moved by lattice vectors", () => {
        const random = new RandomStream(3, 0);
        const vectors = fullCell(atoms.cell, periodic);
        const shifted = translated(atoms, [1.234, -2.345, 0.777]);
        for (let i = 0; i < count; i++) {
          const images = [0, 1, 2].map((d) => (periodic[d] ? random.nextIndex(7) - 3 : 0));
          rowTimes(images, vectors).forEach((x, d) => {
            shifted.positions[3 * i + d] += x;
          });
        }
        const moved = evaluated(potential, shifted);
        expect(Math.abs(moved.energy - found.energy)).toBeLessThanOrEqual(rounding + 2 * accuracy * count);
        expect(farthest(moved.energies, found.energies)).toBeLessThanOrEqual(rounding + 2 * accuracy);
        expect(farthest(moved.forces, found.forces)).toBeLessThanOrEqual(
          forceRounding + (2 * accuracy) / bond,
        );
        expect(farthest(moved.virial, found.virial)).toBeLessThanOrEqual(
          20 * rounding + 2 * accuracy * count,
        );
      });

      it("turns with the atoms and their cell", () => {
        const matrix = randomRotation(new RandomStream(3, 1));
        const turned = evaluated(potential, transformed(atoms, matrix));
        expect(Math.abs(turned.energy - found.energy)).toBeLessThanOrEqual(rounding + 2 * accuracy * count);
        expect(farthest(turned.forces, timesMatrix(found.forces, matrix))).toBeLessThanOrEqual(
          forceRounding + (2 * accuracy) / bond,
        );
        const virial = mul3(mul3(transpose3(matrix), found.virial), matrix);
        expect(farthest(turned.virial, virial)).toBeLessThanOrEqual(20 * rounding + 2 * accuracy * count);
      });

      it("does not depend on the order of the atoms", () => {
        const order = Array.from({ length: count }, (_, i) => i);
        new RandomStream(3, 2).shuffle(order);
        const other = evaluated(potential, permuted(atoms, order));
        expect(Math.abs(other.energy - found.energy)).toBeLessThanOrEqual(rounding);
        order.forEach((n, k) => {
          expect(Math.abs(other.energies[k] - found.energies[n])).toBeLessThanOrEqual(rounding);
          for (let d = 0; d < 3; d++)
            expect(Math.abs(other.forces[3 * k + d] - found.forces[3 * n + d])).toBeLessThanOrEqual(
              forceRounding,
            );
        });
        expect(farthest(other.virial, found.virial)).toBeLessThanOrEqual(20 * rounding);
      });

      it("is extensive: two cells in every periodic direction have so many times the energy", () => {
        // Cells smaller than the range make each atom see several images of another, and of itself.
        if (Number.isFinite(potential.cutoff) && periodic.every(Boolean))
          expect(Math.min(...faceSpacings(atoms.cell))).toBeLessThan(potential.cutoff);
        const copies = periodic.map((p) => (p ? 2 : 1)) as [number, number, number];
        const times = copies[0] * copies[1] * copies[2];
        const large = evaluated(potential, supercell(atoms, copies));
        expect(Math.abs(large.energy - times * found.energy)).toBeLessThanOrEqual(
          times * (rounding + 2 * accuracy * count),
        );
        for (let n = 0; n < times; n++) {
          const forces = large.forces.subarray(3 * count * n, 3 * count * (n + 1));
          expect(farthest(forces, found.forces)).toBeLessThanOrEqual(forceRounding + (2 * accuracy) / bond);
        }
        expect(
          farthest(
            large.virial,
            found.virial.map((x) => times * x),
          ),
        ).toBeLessThanOrEqual(times * (20 * rounding + 2 * accuracy * count));
      });

      if (contract.finiteRange && !periodic.every(Boolean) && Number.isFinite(potential.cutoff))
        it("equals the same atoms in a cell with vacuum wider than the cut-off", () => {
          const vectors = fullCell(atoms.cell, periodic);
          const inverse = inv3(vectors);
          for (let d = 0; d < 3; d++) {
            if (periodic[d]) continue;
            // Along a unit vector normal to the others, coordinates are heights.
            const heights = Array.from(
              { length: count },
              (_, i) => rowTimes(atoms.positions.subarray(3 * i, 3 * i + 3), inverse)[d],
            );
            const height = Math.max(...heights) - Math.min(...heights) + 1.05 * potential.cutoff;
            for (let c = 0; c < 3; c++) vectors[3 * d + c] *= height;
          }
          const inCell = evaluated(potential, { ...atoms, cell: vectors, periodic: [true, true, true] });
          expect(Math.abs(inCell.energy - found.energy)).toBeLessThanOrEqual(rounding);
          expect(farthest(inCell.forces, found.forces)).toBeLessThanOrEqual(forceRounding);
          expect(farthest(inCell.virial, found.virial)).toBeLessThanOrEqual(20 * rounding);
        });

      conductOfCalculator(contract, atoms, found);
    });

  conductOfPotential(contract);
}
