/** The section `relax` of a study for the structures that it is going to relax. */
import { studyError } from "../../core/errors.ts";
import { GPA_EV_PER_A3 } from "../../core/units.ts";
import type { Structure } from "../../data/structure.ts";
import { type RelaxSection, USUAL_FORCE_TOLERANCE } from "../../data/study/relax-schema.ts";
import { MAX_DENSE } from "../../dynamics/minimise/descend.ts";
import type { RelaxSettings } from "../../dynamics/minimise/relax-settings.ts";

export function relaxSettings(section: RelaxSection): RelaxSettings {
  const { force_tolerance_eV_per_A: force, energy_tolerance_eV: energy } = section;
  return {
    method: section.method,
    forceTolerance: force ?? (energy === undefined ? USUAL_FORCE_TOLERANCE : null),
    energyTolerance: energy ?? null,
    maxEvaluations: section.max_evaluations,
    maxStep: section.max_step_A,
    cell: section.cell,
    pressure: section.pressure_GPa * GPA_EV_PER_A3,
  };
}

/** For people: "l-bfgs until no force exceeds 0.001 eV/Å". */
export function settingsText(settings: RelaxSettings): string {
  const { method, forceTolerance, energyTolerance, cell, pressure } = settings;
  const until = [
    ...(forceTolerance === null ? [] : [`no force exceeds ${forceTolerance} eV/Å`]),
    ...(energyTolerance === null ? [] : [`a step changes the energy by less than ${energyTolerance} eV`]),
  ].join(" or ");
  const at = pressure === 0 ? "" : ` at ${Number((pressure / GPA_EV_PER_A3).toPrecision(6))} GPa`;
  const strains = { fixed: "", isotropic: `, the cell's size too${at}`, full: `, the cell too${at}` }[cell];
  return `${method} until ${until}${strains}`;
}

/**
 * Whether the settings make sense for a structure.
 * @throws {EcitonError} "study" with the path of the key that does not
 */
export function checkRelaxable(structure: Structure, { method, cell, pressure }: RelaxSettings): void {
  const { name, species, periodic } = structure;
  const directions = periodic.filter(Boolean).length;
  if (method === "bfgs" && 3 * species.length > MAX_DENSE)
    throw studyError(
      "relax.method",
      `bfgs keeps a matrix of all coordinates, for up to ${MAX_DENSE / 3} atoms; ${name} has ${species.length}: take l-bfgs`,
    );
  if (cell !== "fixed" && directions === 0)
    throw studyError("relax.cell", `${name} is periodic in no direction, so there is no cell to relax`);
  if (pressure !== 0 && directions < 3)
    throw studyError(
      "relax.pressure_GPa",
      `${name} is periodic in ${directions} directions; a pressure needs three`,
    );
}
