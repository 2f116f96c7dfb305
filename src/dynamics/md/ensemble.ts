/** Ensembles by name, and the integrators that sample them. */
import { EcitonError } from "../../core/errors.ts";
import { det3 } from "../../core/linalg.ts";
import type { RandomStream } from "../../core/random.ts";
import { GPA_EV_PER_A3 } from "../../core/units.ts";
import type { Freedom } from "./freedom.ts";
import { type Integrator, VelocityVerlet } from "./integrator.ts";
import { Langevin } from "./langevin.ts";
import { type CellFreedom, MartynaTobiasKlein } from "./martyna-tobias-klein.ts";
import { NoseHoover } from "./nose-hoover.ts";
import type { Particles } from "./particles.ts";
import { StochasticCell } from "./stochastic-cell.ts";
import { VelocityRescaling } from "./velocity-rescaling.ts";

/** Plain data, so that it can be handed to another thread. */
export type EnsembleSpec =
  | { readonly kind: "nve" }
  | { readonly kind: "langevin"; readonly time_fs: number }
  | { readonly kind: "nose-hoover"; readonly time_fs: number; readonly chain: number }
  | { readonly kind: "velocity-rescaling"; readonly time_fs: number }
  | {
      readonly kind: "martyna-tobias-klein";
      readonly cell: CellFreedom;
      readonly time_fs: number;
      readonly chain: number;
      readonly barostat_time_fs: number;
    }
  | {
      readonly kind: "stochastic-cell";
      readonly time_fs: number;
      readonly barostat_time_fs: number;
      readonly compressibility_per_GPa: number;
    };

/** Whether the cell changes. */
export function hasBarostat(ensemble: EnsembleSpec): boolean {
  return ensemble.kind === "martyna-tobias-klein" || ensemble.kind === "stochastic-cell";
}

/**
 * @param timeStep fs
 * @throws {EcitonError} "study" for free momenta without Langevin's thermostat, and for a barostat on atoms that are not
 *   periodic in three directions or some of which are fixed
 */
export function createIntegrator(
  ensemble: EnsembleSpec,
  particles: Particles,
  freedom: Freedom,
  random: RandomStream,
  timeStep: number,
): Integrator {
  const allMove = particles.moving.length === particles.numAtoms;
  if (ensemble.kind !== "langevin" && allMove && !freedom.removed)
    throw new EcitonError(
      "study",
      "dynamics.momentum: only a Langevin thermostat brings a free total momentum to the temperature; choose momentum: removed",
      { path: "dynamics.momentum" },
    );
  if (hasBarostat(ensemble)) checkCell(particles, allMove);
  switch (ensemble.kind) {
    case "nve":
      return new VelocityVerlet(particles, timeStep);
    case "langevin":
      return new Langevin(particles, freedom, random, timeStep, ensemble.time_fs);
    case "nose-hoover":
      return new NoseHoover(particles, freedom, timeStep, ensemble.time_fs, ensemble.chain);
    case "velocity-rescaling":
      return new VelocityRescaling(particles, freedom, random, timeStep, ensemble.time_fs);
    case "martyna-tobias-klein": {
      const { cell, time_fs, chain, barostat_time_fs } = ensemble;
      const thermostat = { time: time_fs, length: chain };
      return new MartynaTobiasKlein(particles, freedom, cell, timeStep, thermostat, barostat_time_fs);
    }
    case "stochastic-cell": {
      const { time_fs, barostat_time_fs, compressibility_per_GPa } = ensemble;
      const compressibility = compressibility_per_GPa / GPA_EV_PER_A3;
      return new StochasticCell(
        particles,
        freedom,
        random,
        timeStep,
        time_fs,
        barostat_time_fs,
        compressibility,
      );
    }
    default:
      return ensemble satisfies never;
  }
}

function checkCell({ atoms, cell }: Particles, allMove: boolean): void {
  const fail = (message: string): never => {
    throw new EcitonError("study", `dynamics.ensemble: ${message}`, { path: "dynamics.ensemble" });
  };
  if (!atoms.periodic.every(Boolean) || det3(cell) === 0)
    fail(
      "constant pressure needs atoms that are periodic in three directions; clusters and slabs take nvt or nve",
    );
  if (!allMove) fail("fixed atoms have no place in a cell that changes; fix none, or take nvt");
}
