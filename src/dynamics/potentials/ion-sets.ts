/** Published sets of rigid ions that come with the package, in potentials/ceria.yaml. */
import { z } from "zod";
import type { BuckinghamSpec } from "./buckingham.ts";
import type { CoulombSpec } from "./coulomb.ts";
import { readParameterFile, requireSpecies, setNamed } from "./parameter-sets.ts";

const ionFile = z.strictObject({
  sets: z.array(
    z.strictObject({
      name: z.string(),
      source: z.string(),
      lattice_constant_A: z.number().optional(),
      bulk_modulus_GPa: z.number().optional(),
      charges_e: z.record(z.string(), z.number()),
      cutoff: z.strictObject({ from_A: z.number(), to_A: z.number() }),
      pairs: z.array(
        z.strictObject({
          species: z.tuple([z.string(), z.string()]),
          A_eV: z.number(),
          rho_A: z.number(),
          C_eV_A6: z.number(),
          E_eV_A12: z.number().optional(),
          morse: z.strictObject({ D_eV: z.number(), a_per_A: z.number(), r0_A: z.number() }).optional(),
          constant_eV: z.number().optional(),
          to_A: z.number().optional(),
        }),
      ),
    }),
  ),
});

export interface IonSet {
  readonly name: string;
  readonly source: string;
  /** Of the fluorite crystal, Å and GPa, where they could be found published. */
  readonly latticeConstant: number | null;
  readonly bulkModulus: number | null;
  /** Species that it describes: "Ce4+", "Ce3+", "O2-". */
  readonly species: readonly string[];
}

export function ionSets(): IonSet[] {
  return readParameterFile("ceria", ionFile).sets.map((set) => ({
    name: set.name,
    source: set.source,
    latticeConstant: set.lattice_constant_A ?? null,
    bulkModulus: set.bulk_modulus_GPa ?? null,
    species: Object.keys(set.charges_e),
  }));
}

/**
 * A published set of ions, with its own cut-off.
 * @param species those of the set that are wanted; all if absent
 * @throws {EcitonError} "data" for an unknown set or species
 */
export function ionSet(name: string, coulomb: CoulombSpec, species?: readonly string[]): BuckinghamSpec {
  const set = setNamed("ion", readParameterFile("ceria", ionFile).sets, name);
  const known = Object.keys(set.charges_e);
  const wanted = species ?? known;
  requireSpecies(`ions of the set ${name}`, known, wanted);
  return {
    kind: "buckingham",
    title: name,
    charges_e: Object.fromEntries(wanted.map((one) => [one, set.charges_e[one]])),
    pairs: set.pairs.filter((pair) => pair.species.every((one) => wanted.includes(one))),
    cutoff: set.cutoff,
    coulomb,
  };
}
