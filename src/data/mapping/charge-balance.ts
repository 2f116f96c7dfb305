/** Charges of configurations. */
import { EcitonError } from "../../core/errors.ts";
import { type Configuration, speciesCounts } from "../configuration.ts";

export interface ChargeBalance {
  /** e, of the whole supercell. */
  readonly total: number;
  readonly balanced: boolean;
}

/** Sums of formal charges such as 1/3 e carry rounding only. */
const CHARGE_TOLERANCE = 1e-6;

/**
 * Sum of the charges on all sites, spectators included. A species without a charge counts as 0, so charges may be
 * the formal ones of a whole crystal or effective ones of the defects alone (V: 2, Ce3+: -1).
 * @param charges e, by species
 * @param required total, e
 * @throws {EcitonError} "study" for a charge of a species that the lattice does not have
 */
export function checkCharge(
  configuration: Pick<Configuration, "supercell" | "occupation">,
  charges: Readonly<Record<string, number>>,
  required = 0,
): ChargeBalance {
  const known = new Set(configuration.supercell.lattice.sites.flatMap((site) => site.species));
  for (const species of Object.keys(charges))
    if (!known.has(species))
      throw new EcitonError(
        "study",
        `charges: no site holds "${species}"; the lattice has ${[...known].join(", ")}`,
        { path: "charges", species },
      );
  let total = 0;
  for (const [species, count] of speciesCounts(configuration))
    if (Object.hasOwn(charges, species)) total += count * charges[species];
  return { total, balanced: Math.abs(total - required) < CHARGE_TOLERANCE };
}
