/** The way back from atoms on the ideal lattice, as `structureOfConfiguration` writes them, to an occupation. */
import { EcitonError } from "../core/errors.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { DUMMY_SPECIES, splitCharge } from "./configuration-structure.ts";
import type { Structure } from "./structure.ts";

/** Places of a lattice lie much farther apart, numbers in files much closer, Å. */
const GRID_A = 1e-3;

/**
 * @param vacancies species that the file shows as X
 * @returns Uint8Array(numSites)
 * @throws {EcitonError} "data" for an atom that is on no site or not allowed on its site, and for a site without an atom
 */
export function occupationOfAtoms(
  structure: Structure,
  supercell: Supercell,
  vacancies: readonly string[],
): Uint8Array {
  const { file } = structure.source;
  const fault = (message: string) =>
    new EcitonError("data", `${file}: ${structure.name}: ${message}`, { file });
  const { numSites } = supercell;
  if (structure.species.length !== numSites)
    throw fault(`expected ${numSites} atoms, absent ones written as X, found ${structure.species.length}`);
  const siteAt = new Map<string, number>();
  const places = supercell.positions();
  const key = (positions: Float64Array, i: number) =>
    [0, 1, 2].map((k) => Math.round(positions[3 * i + k] / GRID_A)).join();
  for (let i = 0; i < numSites; i++) siteAt.set(key(places, i), i);
  const occupation = new Uint8Array(numSites);
  structure.species.forEach((symbol, atom) => {
    const site = siteAt.get(key(structure.positions, atom));
    if (site === undefined) throw fault(`atom ${atom + 1} (${symbol}) stands on no site of the lattice`);
    siteAt.delete(key(places, site));
    const { species, name } = supercell.lattice.sites[supercell.sublatticeOf(site)];
    const charge = structure.charges?.[atom] ?? 0;
    const found = species.findIndex((candidate) => {
      if (symbol === DUMMY_SPECIES && vacancies.includes(candidate)) return true;
      const known = splitCharge(candidate);
      return known.element === symbol && (known.charge ?? 0) === charge;
    });
    if (found < 0)
      throw fault(`atom ${atom + 1} (${symbol}) is on the site ${name}, which allows ${species.join(", ")}`);
    occupation[site] = found;
  });
  return occupation;
}
