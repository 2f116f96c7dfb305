/** Ions, their charges and pairs as calculators use them, and the cell in which their Coulomb energy is summed. */

import type { AtomKinds } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import type { Mat3 } from "../../core/linalg.ts";
import { completedCell } from "../../core/periodic-cell.ts";
import { COULOMB_EV_A } from "../../core/units.ts";
import type { WaveRow } from "../../kernels/ewald.ts";
import {
  bareCharges,
  type CoulombSpec,
  EWALD_ACCURACY,
  ewaldSplitting,
  type Screening,
  screeningOf,
} from "./coulomb.ts";
import { barrierOf, type IonPair } from "./ion-pairs.ts";
import { slabHeight } from "./slab-correction.ts";
import type { SmoothCutoff } from "./smooth-cutoff.ts";
import { waveRows } from "./wave-vectors.ts";

export interface IonModel {
  readonly name: string;
  readonly species: readonly string[];
  /** e, of each species. */
  readonly charges: readonly number[];
  /** Of species a and b at a * species.length + b; null where two ions have no short-range interaction. */
  readonly pairs: readonly (IonPair | null)[];
  /** Inside this distance two ions fall into each other, Å; at the same place as the pair. */
  readonly barriers: readonly number[];
  /** null where nothing ends: clusters only. */
  readonly cutoff: SmoothCutoff | null;
  readonly coulomb: CoulombSpec;
}

export function ionModel(parts: Omit<IonModel, "barriers">): IonModel {
  const { species, charges, pairs } = parts;
  const barriers = pairs.map((pair, at) =>
    barrierOf(pair, COULOMB_EV_A * charges[Math.floor(at / species.length)] * charges[at % species.length]),
  );
  return { ...parts, barriers };
}

/** The ions of one calculator. */
export interface Ions {
  readonly periodic: AtomKinds["periodic"];
  /** Species of each atom, as indices into the model's. */
  readonly kinds: Uint8Array;
  /** e, Float64Array(N) */
  readonly charges: Float64Array;
  /** Every pair of charges as it is, without a cut-off. */
  readonly bare: boolean;
  readonly screening: Screening;
  /** Absent where nothing is summed in reciprocal space. */
  readonly ewald?: {
    readonly accuracy: number;
    readonly longest: number;
    /** Direction of the vacuum of a slab; null for a bulk. */
    readonly slab: number | null;
    /** Net charge, e. */
    readonly charge: number;
  };
}

/** Net charges below this part of all charges are rounding. */
const NEUTRAL = 1e-9;

/**
 * @param kinds species of each atom as indices into the model's
 * @throws {EcitonError} "data" for a net charge, and for directions that cannot be periodic
 */
export function ionsOf(model: IonModel, kinds: Uint8Array, periodic: AtomKinds["periodic"]): Ions {
  const { coulomb, cutoff } = model;
  const charges = Float64Array.from(kinds, (kind) => model.charges[kind]);
  const some = { periodic, kinds, charges };
  const directions = periodic.filter(Boolean).length;
  if (directions === 0 && coulomb.method !== "wolf") return { ...some, bare: true, screening: bareCharges };
  if (cutoff === null || coulomb.method === "bare")
    throw new EcitonError(
      "data",
      `${model.name}: bare charges without a cut-off are for clusters; the atoms are periodic: take Ewald's or Wolf's sum`,
      { periodic },
    );
  const charge = charges.reduce((sum, q) => sum + q, 0);
  const all = charges.reduce((sum, q) => sum + Math.abs(q), 0);
  const background = coulomb.method === "ewald" && coulomb.background === true && directions === 3;
  if (directions > 0 && Math.abs(charge) > NEUTRAL * all && !background)
    throw new EcitonError(
      "data",
      `${model.name}: the charges of the cell sum to ${charge.toPrecision(6)} e, but the energy of a periodic crystal is ` +
        `finite only for neutral cells: ${describeCharges(model, kinds)}`,
      { charge_e: charge },
    );
  if (coulomb.method === "wolf")
    return { ...some, bare: false, screening: screeningOf(coulomb.damping_per_A, cutoff.to_A) };
  if (directions === 1)
    throw new EcitonError(
      "data",
      `${model.name}: Ewald's sum is for three periodic directions, or two; for a wire take a cell with vacuum around it that is ` +
        "periodic in three, or Wolf's sum",
      { periodic },
    );
  const { accuracy = EWALD_ACCURACY } = coulomb;
  const { alpha, longest } = ewaldSplitting(accuracy, cutoff.to_A);
  const slab = directions === 2 ? periodic.indexOf(false) : coulomb.slab ? 2 : null;
  return {
    ...some,
    bare: false,
    screening: screeningOf(alpha, cutoff.to_A),
    ewald: { accuracy, longest, slab, charge: background ? charge : 0 },
  };
}

function describeCharges(model: IonModel, kinds: Uint8Array): string {
  return model.species
    .map((name, k) => ({ name, count: kinds.filter((kind) => kind === k).length, charge: model.charges[k] }))
    .filter(({ count }) => count > 0)
    .map(({ name, count, charge }) => `${count} ${name} of ${charge} e`)
    .join(", ");
}

/** What the reciprocal sum keeps until the list of neighbours is built anew: energies stay continuous in between. */
export interface WaveFrame {
  readonly rows: readonly WaveRow[];
  /** Å, of the cell that is put around a slab periodic in two directions. */
  readonly height: number;
}

/** The frame for atoms as they are at positions and cell. */
export function waveFrame(
  ions: Ions,
  cutoff: number,
  positions: Float64Array,
  cell: Float64Array,
): WaveFrame | null {
  if (!ions.ewald) return null;
  const { accuracy, longest } = ions.ewald;
  const height = ions.periodic.every(Boolean)
    ? 0
    : slabHeight(positions, cell, ions.periodic, cutoff, accuracy);
  return { rows: waveRows(waveCell(ions, cell, height), longest), height };
}

/** The cell of three dimensions whose wave vectors are summed over. */
export function waveCell(ions: Ions, cell: Float64Array, height: number): Mat3 {
  const full = completedCell(cell, ions.periodic);
  const direction = ions.periodic.indexOf(false);
  if (direction >= 0) for (let d = 0; d < 3; d++) full[3 * direction + d] *= height;
  return full;
}
