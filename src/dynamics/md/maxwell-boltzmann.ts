/** Velocities to start from. */
import type { RandomStream } from "../../core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../core/units.ts";
import type { Freedom } from "./freedom.ts";
import type { Particles } from "./particles.ts";

/**
 * Draws every velocity from the Maxwell-Boltzmann distribution and takes out the conserved momenta.
 * @param temperature K
 * @param energy "exact": scaled so that the kinetic energy is that of the temperature; "sampled": left as drawn, so that
 *   it is distributed over many starts as in the canonical ensemble, ½kT χ² with as many degrees as the atoms have
 */
export function drawVelocities(
  particles: Particles,
  freedom: Freedom,
  temperature: number,
  random: RandomStream,
  energy: "exact" | "sampled",
): void {
  const { velocities, inertia, moving } = particles;
  velocities.fill(0);
  for (const atom of moving) {
    const width = Math.sqrt((BOLTZMANN_EV_PER_K * temperature) / inertia[atom]);
    for (let k = 0; k < 3; k++) velocities[3 * atom + k] = width * random.nextNormal();
  }
  freedom.project();
  if (energy === "sampled") return;
  const wanted = (freedom.degrees * BOLTZMANN_EV_PER_K * temperature) / 2;
  particles.scaleVelocities(Math.sqrt(wanted / particles.kinetic()));
}
