/** Small changes of atoms: vacancies, random displacements, empty space around them. */
import { studyError } from "../../core/errors.ts";
import { inv3, rowTimes } from "../../core/linalg.ts";
import { completedCell } from "../../core/periodic-cell.ts";
import type { RandomStream } from "../../core/random.ts";
import { type Built, keepAtoms } from "./built.ts";

/**
 * So many atoms of each species taken away at random.
 * @throws {EcitonError} "study" at `atoms.vacancies` where there are not so many
 */
export function withoutAtoms(
  built: Built,
  vacancies: Readonly<Record<string, number>>,
  random: RandomStream,
): Built {
  const gone = new Set<number>();
  for (const [name, number] of Object.entries(vacancies)) {
    const own = built.species.flatMap((s, i) => (s === name ? [i] : []));
    if (number > own.length)
      throw studyError(`atoms.vacancies.${name}`, `${number} of ${own.length} atoms cannot be taken away`);
    random.shuffle(own);
    for (const atom of own.slice(0, number)) gone.add(atom);
  }
  if (gone.size === built.species.length) throw studyError("atoms.vacancies", "no atom would be left");
  return keepAtoms(built, (atom) => !gone.has(atom));
}

/** Every coordinate moved by a Gaussian number. @param deviation standard deviation, Å */
export function rattled(built: Built, deviation: number, random: RandomStream): Built {
  return { ...built, positions: built.positions.map((x) => x + deviation * random.nextNormal()) };
}

/** Every atom moved to a uniformly random point of a sphere around it. @param farthest radius, Å */
export function displaced(built: Built, farthest: number, random: RandomStream): Built {
  const positions = built.positions.slice();
  for (let i = 0; i < positions.length; i += 3) {
    for (;;) {
      const x = 2 * random.nextFloat() - 1;
      const y = 2 * random.nextFloat() - 1;
      const z = 2 * random.nextFloat() - 1;
      if (x * x + y * y + z * z > 1) continue;
      positions[i] += farthest * x;
      positions[i + 1] += farthest * y;
      positions[i + 2] += farthest * z;
      break;
    }
  }
  return { ...built, positions };
}

/**
 * A cell that leaves so much empty space along the directions without periodicity, the atoms in its middle. Those
 * directions become normal to each other and to the periodic ones.
 * @param vacuum Å between the outermost atoms and those of an image
 */
export function withVacuum(built: Built, vacuum: number): Built {
  const { periodic } = built;
  const axes = completedCell(built.cell, periodic);
  const inverse = inv3(axes);
  const positions = built.positions.slice();
  const cell = Float64Array.from(axes);
  for (let k = 0; k < 3; k++) {
    if (periodic[k]) continue;
    // Along a unit vector that is normal to the others the fraction is a length.
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < positions.length; i += 3) {
      const height = rowTimes(positions.subarray(i, i + 3), inverse)[k];
      low = Math.min(low, height);
      high = Math.max(high, height);
    }
    const axis = axes.slice(3 * k, 3 * k + 3);
    const length = high - low + vacuum;
    const shift = vacuum / 2 - low;
    for (let i = 0; i < positions.length; i++) positions[i] += shift * axis[i % 3];
    for (let x = 0; x < 3; x++) cell[3 * k + x] = length * axis[x];
  }
  return { ...built, positions, cell };
}
