/** Momenta that the forces conserve: they are taken out at the start, and do not count as degrees of freedom. */
import { EcitonError } from "../../core/errors.ts";
import { eigenSymmetric3 } from "../../core/symmetric3.ts";
import type { Particles } from "./particles.ts";

/** Moments of inertia below this part of the largest belong to an axis that all atoms lie on. */
const LINEAR = 1e-10;

/**
 * Total momentum is conserved where no atom is fixed; angular momentum too, about all axes of a cluster that is not
 * periodic, and about its axis for a wire that is periodic in one direction. With fixed atoms nothing is conserved:
 * nothing is taken out and every coordinate of the others counts.
 */
export class Freedom {
  /**
   * Number of independent velocities: 3M for M atoms that move, less 3 for the total momentum and less 3 for the angular
   * momentum of a cluster (2 of a dimer, 1 of a wire).
   */
  readonly degrees: number;
  /** Whether momenta are kept at zero. */
  readonly removed: boolean;
  readonly #particles: Particles;
  readonly #axes: "none" | "all" | 0 | 1 | 2;
  readonly #inertia = new Float64Array(9);
  readonly #moments = new Float64Array(3);
  readonly #directions = new Float64Array(9);

  /**
   * @param remove false: momenta are as free as the rest, which needs a thermostat that acts on them (Langevin)
   * @throws {EcitonError} "study" where nothing is left that moves
   */
  constructor(particles: Particles, remove: boolean) {
    this.#particles = particles;
    const { periodic } = particles.atoms;
    const count = particles.moving.length;
    this.removed = remove && count === particles.numAtoms;
    const periodicCount = periodic.filter(Boolean).length;
    this.#axes =
      !this.removed || periodicCount > 1 || count === 1
        ? "none"
        : periodicCount === 1
          ? (periodic.indexOf(true) as 0 | 1 | 2)
          : "all";
    const rotations = this.#axes === "none" ? 0 : this.#axes === "all" ? Math.min(3, count) : 1;
    this.degrees = 3 * count - (this.removed ? 3 + rotations : 0);
    if (this.degrees < 1)
      throw new EcitonError(
        "study",
        count === 0
          ? "dynamics.fix: all atoms are fixed, so that nothing moves"
          : "dynamics.momentum: one atom without its momentum does not move; choose momentum: free with a Langevin thermostat",
        { path: count === 0 ? "dynamics.fix" : "dynamics.momentum" },
      );
  }

  /**
   * Takes the conserved momenta out of the velocities: the nearest velocities without them, by the masses, so that
   * velocities drawn from the Maxwell-Boltzmann distribution follow it still, in the degrees that remain.
   */
  project(): void {
    if (!this.removed) return;
    const { velocities, positions, inertia, numAtoms } = this.#particles;
    let mass = 0;
    let px = 0;
    let py = 0;
    let pz = 0;
    let cx = 0;
    let cy = 0;
    let cz = 0;
    for (let atom = 0, at = 0; atom < numAtoms; atom++, at += 3) {
      const m = inertia[atom];
      mass += m;
      px += m * velocities[at];
      py += m * velocities[at + 1];
      pz += m * velocities[at + 2];
      cx += m * positions[at];
      cy += m * positions[at + 1];
      cz += m * positions[at + 2];
    }
    px /= mass;
    py /= mass;
    pz /= mass;
    for (let at = 0; at < 3 * numAtoms; at += 3) {
      velocities[at] -= px;
      velocities[at + 1] -= py;
      velocities[at + 2] -= pz;
    }
    if (this.#axes !== "none") this.#stopRotation(cx / mass, cy / mass, cz / mass);
  }

  /** v −= ω × (r − c), with the angular velocity ω = I⁻¹ L; about an axis, L·n / n·I n times n. */
  #stopRotation(cx: number, cy: number, cz: number): void {
    const { velocities, positions, inertia, numAtoms, cell } = this.#particles;
    const tensor = this.#inertia.fill(0);
    let lx = 0;
    let ly = 0;
    let lz = 0;
    for (let atom = 0, at = 0; atom < numAtoms; atom++, at += 3) {
      const m = inertia[atom];
      const x = positions[at] - cx;
      const y = positions[at + 1] - cy;
      const z = positions[at + 2] - cz;
      lx += m * (y * velocities[at + 2] - z * velocities[at + 1]);
      ly += m * (z * velocities[at] - x * velocities[at + 2]);
      lz += m * (x * velocities[at + 1] - y * velocities[at]);
      tensor[0] += m * (y * y + z * z);
      tensor[4] += m * (x * x + z * z);
      tensor[8] += m * (x * x + y * y);
      tensor[1] -= m * x * y;
      tensor[2] -= m * x * z;
      tensor[5] -= m * y * z;
    }
    tensor[3] = tensor[1];
    tensor[6] = tensor[2];
    tensor[7] = tensor[5];
    const axes = this.#directions;
    if (this.#axes === "all") eigenSymmetric3(tensor, this.#moments, axes);
    else {
      const row = 3 * (this.#axes as number);
      const length = Math.hypot(cell[row], cell[row + 1], cell[row + 2]);
      for (let k = 0; k < 3; k++) axes[k] = cell[row + k] / length;
      const x = axes[0];
      const y = axes[1];
      const z = axes[2];
      this.#moments.fill(0);
      this.#moments[0] =
        x * (tensor[0] * x + tensor[1] * y + tensor[2] * z) +
        y * (tensor[3] * x + tensor[4] * y + tensor[5] * z) +
        z * (tensor[6] * x + tensor[7] * y + tensor[8] * z);
    }
    const smallest = LINEAR * Math.max(tensor[0], tensor[4], tensor[8]);
    let wx = 0;
    let wy = 0;
    let wz = 0;
    for (let i = 0; i < 3; i++) {
      const moment = this.#moments[i];
      if (!(moment > smallest)) continue;
      const x = axes[3 * i];
      const y = axes[3 * i + 1];
      const z = axes[3 * i + 2];
      const rate = (lx * x + ly * y + lz * z) / moment;
      wx += rate * x;
      wy += rate * y;
      wz += rate * z;
    }
    for (let at = 0; at < 3 * numAtoms; at += 3) {
      const x = positions[at] - cx;
      const y = positions[at + 1] - cy;
      const z = positions[at + 2] - cz;
      velocities[at] -= wy * z - wz * y;
      velocities[at + 1] -= wz * x - wx * z;
      velocities[at + 2] -= wx * y - wy * x;
    }
  }
}
