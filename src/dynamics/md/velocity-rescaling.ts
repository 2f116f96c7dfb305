/** NVT by stochastic velocity rescaling. */
import type { RandomStream } from "../../core/random.ts";
import type { Freedom } from "./freedom.ts";
import { type Integrator, type Target, verletStep } from "./integrator.ts";
import type { Particles } from "./particles.ts";

/**
 * Factor for all velocities after which the kinetic energy has relaxed for a while towards its canonical distribution.
 * @param kinetic eV, above zero
 * @param degrees that the kinetic energy is shared by
 * @param thermal kT, eV
 * @param kept exp(−time / relaxation time)
 * @see Bussi, Donadio, Parrinello, J. Chem. Phys. 126, 014101 (2007), eq. A7; the sign is that of Bussi, Parrinello,
 *   Comput. Phys. Commun. 179, 26 (2008)
 */
export function rescalingFactor(
  kinetic: number,
  degrees: number,
  thermal: number,
  kept: number,
  random: RandomStream,
): number {
  const first = random.nextNormal();
  const others = chiSquare(degrees - 1, random);
  const ratio = ((1 - kept) * thermal) / (2 * kinetic);
  const square = kept + ratio * (first * first + others) + 2 * first * Math.sqrt(kept * ratio);
  const factor = Math.sqrt(Math.max(0, square));
  return first + Math.sqrt(kept / ratio) < 0 ? -factor : factor;
}

/**
 * Sum of squares of so many standard normal deviates; many of them by a gamma deviate.
 * @see Marsaglia, Tsang, ACM Trans. Math. Softw. 26, 363 (2000)
 */
function chiSquare(degrees: number, random: RandomStream): number {
  if (degrees <= 6) {
    let sum = 0;
    for (let i = 0; i < degrees; i++) {
      const x = random.nextNormal();
      sum += x * x;
    }
    return sum;
  }
  const d = degrees / 2 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.nextNormal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    // 1 − u is never zero.
    if (Math.log(1 - random.nextFloat()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return 2 * d * v;
  }
}

/** Velocity Verlet, then a rescaling; the conserved energy is kinetic + potential less what the rescalings gave. */
export class VelocityRescaling implements Integrator {
  readonly conserves = true;
  readonly #particles: Particles;
  readonly #freedom: Freedom;
  readonly #random: RandomStream;
  readonly #timeStep: number;
  readonly #kept: number;
  #heat = 0;

  /**
   * @param timeStep fs
   * @param time in which the kinetic energy relaxes, fs
   */
  constructor(particles: Particles, freedom: Freedom, random: RandomStream, timeStep: number, time: number) {
    this.#particles = particles;
    this.#freedom = freedom;
    this.#random = random;
    this.#timeStep = timeStep;
    this.#kept = Math.exp(-timeStep / time);
  }

  stored(): number {
    return this.#heat;
  }

  begin(): void {}

  step(target: Target, withVirial: boolean): void {
    verletStep(this.#particles, this.#timeStep, withVirial);
    const kinetic = this.#particles.kinetic();
    const factor = rescalingFactor(kinetic, this.#freedom.degrees, target.thermal, this.#kept, this.#random);
    this.#particles.scaleVelocities(factor);
    this.#heat += kinetic - this.#particles.kinetic();
  }

  state(): Float64Array {
    return Float64Array.of(this.#heat);
  }

  restore(state: Float64Array): void {
    this.#heat = state[0];
  }
}
