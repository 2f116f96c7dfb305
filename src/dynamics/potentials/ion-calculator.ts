/** Ions by the compiled kernels: pairs over a neighbour list, waves of Ewald's sum. */

import type { Calculator, CalculatorState, Evaluation } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { det3, inv3, type Mat3, transpose3 } from "../../core/linalg.ts";
import { EwaldKernel } from "../../kernels/ewald.ts";
import { WITH_ENERGIES, WITH_VIRIAL } from "../../kernels/neighbour-block.ts";
import { NeighbourKernel } from "../../kernels/neighbours.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";
import { type IonModel, type Ions, type WaveFrame, waveCell, waveFrame } from "./ion-model.ts";
import { COINCIDENT } from "./ion-tables.ts";
import { addSelf, tooNear } from "./ions-reference.ts";
import { addSlabCorrection } from "./slab-correction.ts";
import { addWaveVirial, eachWave, reciprocalCell } from "./wave-vectors.ts";

/** Å; lists are long, and atoms of oxides move little. */
const SKIN = 0.6;

export class IonCalculator implements Calculator {
  readonly numAtoms: number;
  readonly #model: IonModel;
  readonly #ions: Ions;
  readonly #pairs: NeighbourKernel;
  readonly #waves: EwaldKernel | null;
  #frame: WaveFrame | null = null;
  /** List for which the frame was chosen. */
  #builds = 0;
  /** Cell that the coefficients of the waves are for. */
  #waveCell: Mat3 | null = null;

  /** @param parameters of the kernel for this model and these ions, see ion-tables.ts */
  constructor(model: IonModel, ions: Ions, parameters: Float64Array) {
    this.numAtoms = ions.kinds.length;
    this.#model = model;
    this.#ions = ions;
    this.#pairs = new NeighbourKernel({
      kernel: "ions",
      kinds: ions.kinds,
      periodic: ions.periodic,
      cutoff: ions.bare ? Number.POSITIVE_INFINITY : (model.cutoff?.to_A as number),
      skin: SKIN,
      list: "half",
      parameters,
    });
    this.#waves = ions.ewald ? new EwaldKernel(ions.charges) : null;
  }

  /** Neighbour lists built so far. */
  get builds(): number {
    return this.#pairs.builds;
  }

  evaluate(positions: Float64Array, cell: Float64Array, out: Evaluation): void {
    this.#sum(positions, cell, out);
    // A sum is finite only if all its terms are.
    let total = out.energy;
    for (const force of out.forces) total += force;
    if (!Number.isFinite(total)) throw this.#tooNear(positions, cell, out.energy);
  }

  #sum(positions: Float64Array, cell: Float64Array, out: Evaluation): void {
    if (positions.length !== 3 * this.numAtoms)
      throw new EcitonError(
        "shape",
        `positions: expected 3 x ${this.numAtoms}, found ${positions.length} numbers`,
      );
    const pairs = this.#pairs;
    pairs.place(positions, cell);
    const energy = pairs.compute((out.energies ? WITH_ENERGIES : 0) | (out.virial ? WITH_VIRIAL : 0));
    if (!Number.isFinite(energy)) throw this.#tooNear(positions, cell, energy);
    out.energy = energy;
    pairs.readForces(out.forces);
    if (out.energies) pairs.readEnergies(out.energies);
    if (out.virial) pairs.readVirial(out.virial);
    if (this.#waves === null || !this.#ions.ewald) {
      addSelf(this.#ions, 0, out);
      return;
    }
    if (this.#builds !== pairs.builds) this.#setFrame();
    const box = waveCell(this.#ions, cell, this.#frame?.height ?? 0);
    addSelf(this.#ions, Math.abs(det3(box)), out);
    this.#addWaves(this.#waves, positions, box, out);
    const { slab } = this.#ions.ewald;
    if (slab !== null)
      addSlabCorrection(positions, this.#ions.charges, box, slab, this.#ions.periodic[slab], out);
  }

  state(): CalculatorState | null {
    return this.#pairs.reference();
  }

  restore(state: CalculatorState): void {
    this.#pairs.build(state.positions, state.cell);
    if (this.#waves) this.#setFrame();
  }

  /** Waves are chosen where the list is built, and only there: as the list does, they follow from state(). */
  #setFrame(): void {
    const built = this.#pairs.reference();
    if (built === null) return;
    this.#builds = this.#pairs.builds;
    this.#frame = waveFrame(this.#ions, this.#model.cutoff?.to_A ?? 0, built.positions, built.cell);
    this.#waves?.setRows(this.#frame?.rows ?? []);
    this.#waveCell = null;
  }

  #addWaves(waves: EwaldKernel, positions: Float64Array, box: Mat3, out: Evaluation): void {
    const rows = this.#frame?.rows ?? [];
    const { alpha } = this.#ions.screening;
    if (this.#waveCell === null || box.some((x, n) => x !== this.#waveCell?.[n])) {
      const coefficients = waves.coefficients();
      let n = 0;
      eachWave(rows, box, alpha, (_x, _y, _z, coefficient) => {
        coefficients[n++] = coefficient;
      });
      this.#waveCell = box;
    }
    out.energy += waves.compute(positions, transpose3(inv3(box)), Boolean(out.energies));
    waves.addForces(reciprocalCell(box), out.forces);
    if (out.energies) waves.addEnergies(out.energies);
    const { virial } = out;
    if (!virial) return;
    const squares = waves.squares();
    let n = 0;
    eachWave(rows, box, alpha, (x, y, z, coefficient, square) => {
      addWaveVirial(virial, coefficient * squares[n++], x, y, z, square, alpha);
    });
  }

  /** The kernel says only that there is such a pair. */
  #tooNear(positions: Float64Array, cell: Float64Array, energy: number): EcitonError {
    const { barriers, species } = this.#model;
    const { kinds, periodic } = this.#ions;
    const list = neighbourList(positions, cell, periodic, Math.max(COINCIDENT, ...barriers), "half");
    for (let i = 0; i < kinds.length; i++)
      for (let at = list.first[i]; at < list.first[i + 1]; at++) {
        const j = list.index[at];
        const least = Math.max(COINCIDENT, barriers[kinds[i] * species.length + kinds[j]]);
        if (list.distances[at] < least) return tooNear(this.#model, this.#ions, i, j, list.distances[at]);
      }
    const what = Number.isFinite(energy) ? "a force is not finite" : `the energy is ${energy}`;
    return new EcitonError("data", `${this.#model.name}: ${what}`);
  }
}
