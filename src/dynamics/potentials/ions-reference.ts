/** Energy and derivatives of ions by the plain formulas: what the kernels compute fast. */

import type { Evaluation } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { det3 } from "../../core/linalg.ts";
import { COULOMB_EV_A } from "../../core/units.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";
import { screenedCoulomb } from "./coulomb.ts";
import { type IonModel, type Ions, type WaveFrame, waveCell, waveFrame } from "./ion-model.ts";
import { shortRange } from "./ion-pairs.ts";
import { COINCIDENT } from "./ion-tables.ts";
import { addSlabCorrection } from "./slab-correction.ts";
import { cutOff } from "./smooth-cutoff.ts";
import { addWaveVirial, eachWave } from "./wave-vectors.ts";

/**
 * @param frame of the reciprocal sum; chosen for these positions if absent
 * @throws {EcitonError} "data" where two ions are nearer than the barrier of their interaction, naming them
 */
export function evaluateIons(
  model: IonModel,
  ions: Ions,
  positions: Float64Array,
  cell: Float64Array,
  out: Evaluation,
  frame: WaveFrame | null = waveFrame(ions, model.cutoff?.to_A ?? 0, positions, cell),
): void {
  out.energy = 0;
  for (const part of [out.forces, out.energies, out.virial]) part?.fill(0);
  addPairs(model, ions, positions, cell, out);
  addSelf(ions, frame === null ? 0 : Math.abs(det3(waveCell(ions, cell, frame.height))), out);
  if (frame !== null && ions.ewald) {
    const box = waveCell(ions, cell, frame.height);
    addWaves(ions, frame, positions, box, out);
    if (ions.ewald.slab !== null)
      addSlabCorrection(positions, ions.charges, box, ions.ewald.slab, ions.periodic[ions.ewald.slab], out);
  }
}

/** Every pair twice, once from each end. */
function addPairs(
  model: IonModel,
  ions: Ions,
  positions: Float64Array,
  cell: Float64Array,
  out: Evaluation,
): void {
  const { kinds, charges, periodic } = ions;
  const count = model.species.length;
  const reach = model.cutoff?.to_A ?? 0;
  const range = ions.bare ? farthestApart(positions) : reach;
  if (kinds.length === 0) return;
  const list = neighbourList(positions, cell, periodic, range);
  for (let i = 0; i < kinds.length; i++)
    for (let at = list.first[i]; at < list.first[i + 1]; at++) {
      const j = list.index[at];
      const r = list.distances[at];
      const place = kinds[i] * count + kinds[j];
      if (r < Math.max(COINCIDENT, model.barriers[place])) throw tooNear(model, ions, i, j, r);
      let [energy, slope] = screenedCoulomb(ions.screening, r);
      const strength = COULOMB_EV_A * charges[i] * charges[j];
      energy *= strength;
      slope *= strength;
      const pair = model.pairs[place];
      if (pair && r < (pair.to_A ?? Number.POSITIVE_INFINITY)) {
        const [value, derivative] = shortRange(pair, r);
        const ended = cutOff([value, derivative], r, model.cutoff);
        energy += ended[0];
        slope += ended[1];
      }
      out.energy += energy / 2;
      if (out.energies) out.energies[i] += energy / 2;
      for (let a = 0; a < 3; a++) {
        const pull = (slope * list.vectors[3 * at + a]) / r;
        out.forces[3 * i + a] += pull;
        if (out.virial)
          for (let b = 0; b < 3; b++) out.virial[3 * a + b] -= (pull * list.vectors[3 * at + b]) / 2;
      }
    }
}

/** A distance that no two atoms exceed. */
function farthestApart(positions: Float64Array): number {
  let square = 1;
  for (let d = 0; d < 3; d++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let n = d; n < positions.length; n += 3) {
      low = Math.min(low, positions[n]);
      high = Math.max(high, positions[n]);
    }
    if (high > low) square += (high - low) ** 2;
  }
  return 1.01 * Math.sqrt(square);
}

/** The charges in their own screening, and in a background. */
export function addSelf(ions: Ions, volume: number, out: Evaluation): void {
  const { charges, screening, ewald } = ions;
  const each = COULOMB_EV_A * screening.self;
  for (let i = 0; i < charges.length; i++) {
    const energy = each * charges[i] * charges[i];
    out.energy += energy;
    if (out.energies) out.energies[i] += energy;
  }
  if (!ewald || ewald.charge === 0) return;
  // The screened charges that the background holds: −π k Q² / 2 V α².
  const factor = (-Math.PI * COULOMB_EV_A * ewald.charge) / (2 * volume * screening.alpha ** 2);
  out.energy += factor * ewald.charge;
  for (let i = 0; i < charges.length; i++) if (out.energies) out.energies[i] += factor * charges[i];
  if (out.virial) for (const d of [0, 4, 8]) out.virial[d] += factor * ewald.charge;
}

function addWaves(
  { charges, screening: { alpha } }: Ions,
  { rows }: WaveFrame,
  positions: Float64Array,
  cell: ArrayLike<number>,
  out: Evaluation,
): void {
  eachWave(rows, cell, alpha, (x, y, z, coefficient, square) => {
    let real = 0;
    let imaginary = 0;
    for (let i = 0; i < charges.length; i++) {
      const phase = x * positions[3 * i] + y * positions[3 * i + 1] + z * positions[3 * i + 2];
      real += charges[i] * Math.cos(phase);
      imaginary += charges[i] * Math.sin(phase);
    }
    const energy = coefficient * (real * real + imaginary * imaginary);
    out.energy += energy;
    if (out.virial) addWaveVirial(out.virial, energy, x, y, z, square, alpha);
    for (let i = 0; i < charges.length; i++) {
      const phase = x * positions[3 * i] + y * positions[3 * i + 1] + z * positions[3 * i + 2];
      const [c, s] = [charges[i] * Math.cos(phase), charges[i] * Math.sin(phase)];
      if (out.energies) out.energies[i] += coefficient * (real * c + imaginary * s);
      const push = 2 * coefficient * (real * s - imaginary * c);
      out.forces[3 * i] += push * x;
      out.forces[3 * i + 1] += push * y;
      out.forces[3 * i + 2] += push * z;
    }
  });
}

/** Two ions inside the barrier of their interaction, or at the same place. */
export function tooNear(model: IonModel, ions: Ions, i: number, j: number, distance: number): EcitonError {
  const [a, b] = [ions.kinds[i], ions.kinds[j]];
  const barrier = model.barriers[a * model.species.length + b];
  const names = `${model.species[a]} (atom ${i + 1}) and ${model.species[b]} (atom ${j + 1})`;
  const message =
    distance < barrier && distance > 1e-6
      ? `${model.name}: ${names} are ${distance.toPrecision(5)} Å apart, inside the barrier of their interaction at ` +
        `${barrier.toPrecision(4)} Å: nearer than that the attraction has no end. The starting structure has atoms too near, ` +
        "or the time step is too long"
      : `${model.name}: ${names} coincide, they are ${distance.toPrecision(3)} Å apart`;
  return new EcitonError("data", message, { atoms: [i, j], distance_A: distance, barrier_A: barrier });
}
