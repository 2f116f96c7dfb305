/** What a potential calls the elements of a structure: potentials of ions know Ce4+ and O2-, not Ce and O. */
import { EcitonError } from "../core/errors.ts";

/** Name in the potential of each species of a structure. */
export type SpeciesMap = Readonly<Record<string, string>>;

/**
 * A species that the potential knows by its name keeps it. An element that it knows as ions only is taken as the one of
 * the highest charge, the usual ion of an oxide (Ce4+, O2-), for every atom and composition: each structure then has one
 * energy, and this energy is as smooth as the potential.
 * @param known species of the potential
 * @param given what a person decided
 * @throws {EcitonError} "data" for a species that has no name in the potential
 */
export function speciesMap(
  species: readonly string[],
  known: readonly string[],
  given: SpeciesMap = {},
): SpeciesMap {
  return Object.fromEntries(
    [...new Set(species)].map((one) => {
      const name = given[one] ?? (known.includes(one) ? one : usualIon(one, known));
      if (name === undefined || !known.includes(name))
        throw new EcitonError(
          "data",
          name === undefined
            ? `the potential has no species for ${one}; it has ${known.join(", ")}; say which stands for it: species: {${one}: ${known[0]}}`
            : `${one} is to be ${name}, which the potential does not have; it has ${known.join(", ")}`,
          { species: one },
        );
      return [one, name];
    }),
  );
}

function usualIon(element: string, known: readonly string[]): string | undefined {
  const charges = known.flatMap((name) => {
    const found = /^([A-Z][a-z]?)(\d*)[+-]$/.exec(name);
    return found?.[1] === element ? [{ name, charge: Number(found[2] || 1) }] : [];
  });
  return charges.sort((a, b) => b.charge - a.charge)[0]?.name;
}
