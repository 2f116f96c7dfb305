/** What every Potential and its Calculators must do, whatever they compute. */
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { faceSpacings, inv3, mul3, rowTimes, transpose3 } from "../../src/core/linalg.ts";
import { RandomStream } from "../../src/core/random.ts";
import {
  type Calculator,
  type Evaluation,
  evaluationFor,
  type Potential,
} from "../../src/dynamics/calculator.ts";
import {
  type Atoms,
  fullCell,
  nearestDistance,
  type Periodicity,
  permuted,
  randomRotation,
  rattled,
  rattledClear,
  supercell,
  timesMatrix,
  transformed,
  translated,
  withPeriodic,
} from "./atoms.ts";

export interface CalculatorCase {
  readonly name: string;
  readonly potential: Potential;
  /** A few atoms near equilibrium in a small cell, best an oblique one; the contract rattles them. */
  readonly crystal: Atoms;
  /** Which subsets of directions the potential can have periodic. */
  readonly periodicities: readonly Periodicity[];
  /** Sum of the magnitudes of all terms that one atom takes part in, eV: the scale of errors. */
  readonly scale: number;
  /** Distances at which an interaction ends or a derivative of it has a step, Å; the potential's cut-off if absent. */
  readonly ends?: readonly number[];
  /** Whether energy and forces are continuous where interactions end. */
  readonly smooth: boolean;
  /** What a sum that is cut off by accuracy (Ewald) may be wrong by, eV an atom; 0 if absent. */
  readonly accuracy?: number;
  /** Whether atoms beyond the cut-off feel nothing, so that a slab equals a slab in a large cell; true if absent. */
  readonly finiteRange?: boolean;
}

export const everyPeriodicity: readonly Periodicity[] = [
  [true, true, true],
  [true, true, false],
  [false, true, true],
  [true, false, false],
  [false, false, true],
  [false, false, false],
];
export const threeDimensional: readonly Periodicity[] = [[true, true, true]];

interface Full extends Evaluation {
  readonly energies: Float64Array;
  readonly virial: Float64Array;
}

export function everything(numAtoms: number): Full {
  return evaluationFor(numAtoms, { energies: true, virial: true }) as Full;
}

export function evaluated(potential: Potential, atoms: Atoms): Full {
  const out = everything(atoms.species.length);
  potential.calculator(atoms).evaluate(atoms.positions, atoms.cell, out);
  return out;
}

function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let n = 0; n < a.length; n++) largest = Math.max(largest, Math.abs(a[n] - b[n]));
  return largest;
}

/** What the call throws, which has to be an error of the project. */
function errorOf(call: () => unknown): EcitonError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(EcitonError);
    return error as EcitonError;
  }
  throw new Error("nothing was thrown");
}

const label = (periodic: Periodicity) => periodic.map((p) => (p ? "p" : "-")).join("");

/** Runs the contract against one potential. */
export function calculatorContract(subject: CalculatorCase): void {
  const { name, potential, scale } = subject;
  const accuracy = subject.accuracy ?? 0;
  const ends = subject.ends ?? [potential.cutoff];
  const longest = Math.max(...ends.filter(Number.isFinite), 0);
  const count = subject.crystal.species.length;
  const cellLength = Math.max(...faceSpacings(subject.crystal.cell));
  const bond = nearestDistance(subject.crystal, 3 * cellLength);
  // Repulsions fall as steeply as r^-12 or exp(-8 r / bond), so that n-th derivatives are within (20 / bond)^n of the
  // terms themselves. Steps of 1e-4 bonds and differences of fourth order are then wrong by (1e-4)^4 20^5 / 30 = 1e-11
  // of scale / bond; the rounding of energies, say 30 units in the last place of the sum, by 5e-11 for each atom.
  const step = 1e-4 * bond;
  const differences = 1e-9 * scale * Math.max(1, count / 8);
  // Sums of thousands of terms taken in another order, at positions rounded otherwise: hundreds of units.
  const rounding = 1e-13 * scale * count;
  const forceRounding = (20 * rounding) / bond;

  const atomsOf = (periodic: Periodicity) =>
    rattledClear(withPeriodic(subject.crystal, periodic), 0.06 * bond, ends, 3 * step);

  for (const periodic of subject.periodicities)
    describe(`Potential: ${name}, ${label(periodic)}`, () => {
      const atoms = atomsOf(periodic);
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
        const strain = step / Math.max(longest, cellLength);
        const calculator = potential.calculator(atoms);
        const out = everything(count);
        const energyAt = (k: number, amount: number) => {
          const matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];
          matrix[k] += amount;
          const strained = transformed(atoms, matrix);
          calculator.evaluate(strained.positions, strained.cell, out);
          return out.energy;
        };
        const tolerance = (differences * Math.max(longest, cellLength) * count) / bond;
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

      if ((subject.finiteRange ?? true) && !periodic.every(Boolean) && Number.isFinite(potential.cutoff))
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

      it("along a walk gives what a fresh calculator gives, and goes on to the bit from its state", () => {
        const random = new RandomStream(5, 0);
        const calculator = potential.calculator(atoms);
        expect(calculator.state()).toBeNull();
        const positions = atoms.positions.slice();
        const cell = atoms.cell.slice();
        const out = everything(count);
        let resumed: Calculator | null = null;
        const again = everything(count);
        const resumptions = [3, 11, 24];
        for (let at = 0; at < 30; at++) {
          // Mostly short moves that a list survives, now and then one that it does not, and cells that change.
          const length = at % 7 === 6 ? 0.2 * bond : 0.02 * bond;
          for (let n = 0; n < 3 * count; n++)
            positions[n] = atoms.positions[n] + 0.5 * (positions[n] - atoms.positions[n]);
          for (let n = 0; n < 3 * count; n++) positions[n] += length * (random.nextFloat() - 0.5);
          if (at % 5 === 4) for (let n = 0; n < 9; n++) cell[n] *= 1 + 1e-3 * (random.nextFloat() - 0.5);
          calculator.evaluate(positions, cell, out);
          const fresh = evaluated(potential, { ...atoms, positions, cell });
          expect(Math.abs(out.energy - fresh.energy)).toBeLessThanOrEqual(rounding + 2 * accuracy * count);
          expect(farthest(out.forces, fresh.forces)).toBeLessThanOrEqual(
            // Steps of 0.2 bonds make forces some times larger.
            10 * forceRounding + (2 * accuracy) / bond,
          );
          if (resumed !== null) {
            resumed.evaluate(positions, cell, again);
            expect(again.energy).toBe(out.energy);
            expect(again.forces).toEqual(out.forces);
            expect(again.energies).toEqual(out.energies);
            expect(again.virial).toEqual(out.virial);
          }
          if (resumptions.includes(at)) {
            const state = calculator.state();
            resumed = null;
            if (state !== null) {
              resumed = potential.calculator(atoms);
              resumed.restore({
                positions: Float64Array.from(JSON.parse(JSON.stringify([...state.positions]))),
                cell: Float64Array.from(JSON.parse(JSON.stringify([...state.cell]))),
              });
            }
          }
        }
      });

      it("names atoms that coincide", () => {
        const together = { ...atoms, positions: atoms.positions.slice() };
        together.positions.set(together.positions.subarray(0, 3), 3 * (count - 1));
        const error = errorOf(() => evaluated(potential, together));
        expect(error.code).toBe("data");
        expect([...(error.details.atoms as number[])].sort((a, b) => a - b)).toEqual([0, count - 1]);
        expect(error.details.distance_A as number).toBeLessThan(1e-6);
      });

      it("refuses positions that are no numbers", () => {
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
          const broken = { ...atoms, positions: atoms.positions.slice() };
          broken.positions[4] = bad;
          expect(errorOf(() => evaluated(potential, broken)).code).toBe("data");
        }
      });

      it("works on after an error", () => {
        const calculator = potential.calculator(atoms);
        const out = everything(count);
        const broken = atoms.positions.slice();
        broken.set(broken.subarray(0, 3), 3 * (count - 1));
        errorOf(() => calculator.evaluate(broken, atoms.cell, out));
        calculator.evaluate(atoms.positions, atoms.cell, out);
        expect(Math.abs(out.energy - found.energy)).toBeLessThanOrEqual(rounding + 2 * accuracy * count);
        expect(farthest(out.forces, found.forces)).toBeLessThanOrEqual(forceRounding + (2 * accuracy) / bond);
      });
    });

  describe(`Potential: ${name}`, () => {
    const atoms = atomsOf(subject.periodicities[0]);

    it("keeps calculators apart", () => {
      const first = potential.calculator(atoms);
      const second = potential.calculator(atoms);
      const [a, b] = [everything(count), everything(count)];
      first.evaluate(atoms.positions, atoms.cell, a);
      const other = rattled(atoms, 0.05 * bond, new RandomStream(6, 0));
      second.evaluate(other.positions, other.cell, b);
      const again = everything(count);
      first.evaluate(atoms.positions, atoms.cell, again);
      expect(again).toEqual(a);
      expect(b.energy).not.toBe(a.energy);
    });

    if (potential.species !== null)
      it("names a species that it does not describe, and those that it does", () => {
        const species = [...atoms.species];
        species[1] = "Xx";
        const error = errorOf(() => potential.calculator({ ...atoms, species }));
        expect(error.code).toBe("data");
        expect(error.message).toContain("Xx");
        for (const known of potential.species ?? []) expect(error.message).toContain(known);
      });

    if (!Number.isFinite(potential.cutoff))
      it("refuses periodic atoms, as it has no cut-off", () => {
        for (const periodic of everyPeriodicity.slice(0, -1))
          expect(errorOf(() => potential.calculator(withPeriodic(atoms, periodic))).code).toBe("data");
      });

    if (Number.isFinite(potential.cutoff))
      it("refuses a cell in which atoms have too many neighbours to keep", () => {
        const scaled = transformed(
          { ...subject.crystal, periodic: subject.periodicities[0] },
          [1e-4, 0, 0, 0, 1e-4, 0, 0, 0, 1e-4],
        );
        if (scaled.periodic.some(Boolean))
          expect(["memory", "data"]).toContain(errorOf(() => evaluated(potential, scaled)).code);
      });

    if (subject.smooth)
      it("ends without a step in energy or force", () => {
        const kinds = [...new Set(subject.crystal.species)];
        for (const end of ends)
          for (const a of kinds)
            for (const b of kinds) {
              // Each end of the pair has a neighbour, so that terms of more than two atoms are there too.
              const at = (distance: number) =>
                evaluated(potential, {
                  species: [a, b, a, b],
                  periodic: [false, false, false],
                  cell: new Float64Array(9),
                  positions: Float64Array.from([0, 0, 0, distance, 0, 0, 0, bond, 0, distance, 0, bond]),
                });
              const jump = (width: number) => {
                const [inside, outside] = [at(end - width), at(end + width)];
                return {
                  energy: Math.abs(inside.energy - outside.energy),
                  force: farthest(inside.forces, outside.forces),
                };
              };
              // A step stays as it is when the ends come a hundred times nearer; what is continuous shrinks with them.
              const [wide, narrow] = [jump(1e-3 * bond), jump(1e-5 * bond)];
              expect(narrow.energy).toBeLessThanOrEqual(0.1 * wide.energy + rounding);
              expect(narrow.force).toBeLessThanOrEqual(0.1 * wide.force + forceRounding);
            }
      });

    if (subject.periodicities.some((periodic) => !periodic.some(Boolean)))
      it("lets atoms fly far apart, and be alone", () => {
        const [a, b] = [subject.crystal.species[0], subject.crystal.species[count - 1]];
        const alone = (species: string) =>
          evaluated(potential, {
            species: [species],
            periodic: [false, false, false],
            cell: new Float64Array(9),
            positions: Float64Array.from([0.1, 0.2, 0.3]),
          });
        const far = evaluated(potential, {
          species: [a, b],
          periodic: [false, false, false],
          cell: new Float64Array(9),
          positions: Float64Array.from([0, 0, 0, 3e5, -2e5, 1e5]),
        });
        expect(Math.max(...alone(a).forces.map(Math.abs))).toBe(0);
        // Charges still feel each other over 37 μm, by 1e-4 eV for each e².
        const separate = alone(a).energy + alone(b).energy;
        expect(Math.abs(far.energy - separate)).toBeLessThanOrEqual(
          (subject.finiteRange ?? true) ? rounding : 1e-3 * scale,
        );
      });
  });
}
