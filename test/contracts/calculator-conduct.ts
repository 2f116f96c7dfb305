/** How calculators behave from one call to the next, and what they refuse. */
import { describe, expect, it } from "vitest";
import type { Calculator } from "../../src/core/calculator.ts";
import { RandomStream } from "../../src/core/random.ts";
import { type Atoms, rattled, transformed, withPeriodic } from "./atoms.ts";
import {
  type Contract,
  errorOf,
  evaluated,
  everyPeriodicity,
  everything,
  type Full,
  farthest,
} from "./calculator-case.ts";

/** @param found what a fresh calculator gives for the atoms */
export function conductOfCalculator(contract: Contract, atoms: Atoms, found: Full): void {
  const { potential, accuracy, count, bond, rounding, forceRounding } = contract;
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
}

/** What belongs to the potential, whatever is periodic. */
export function conductOfPotential(contract: Contract): void {
  const { name, potential, count, bond, ends, rounding, forceRounding, scale } = contract;
  describe(`Potential: ${name}`, () => {
    const atoms = contract.atomsOf(contract.periodicities[0]);

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
          { ...contract.crystal, periodic: contract.periodicities[0] },
          [1e-4, 0, 0, 0, 1e-4, 0, 0, 0, 1e-4],
        );
        if (scaled.periodic.some(Boolean))
          expect(["memory", "data"]).toContain(errorOf(() => evaluated(potential, scaled)).code);
      });

    if (contract.smooth)
      it("ends without a step in energy or force", () => {
        const kinds = [...new Set(contract.crystal.species)];
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

    if (contract.periodicities.some((periodic) => !periodic.some(Boolean)))
      it("lets atoms fly far apart, and be alone", () => {
        const [a, b] = [contract.crystal.species[0], contract.crystal.species[count - 1]];
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
          contract.finiteRange ? rounding : 1e-3 * scale,
        );
      });
  });
}
