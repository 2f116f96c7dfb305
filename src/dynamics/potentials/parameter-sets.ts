/** Published parameters that come with the package, in potentials/*.yaml. */
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { EcitonError } from "../../core/errors.ts";
import { readTextFile } from "../../data/read-text.ts";
import { fifthShellCutoff, type GuptaSpec } from "./gupta.ts";
import { type SuttonChenSpec, twoLatticeConstants } from "./sutton-chen.ts";

const guptaFile = z.strictObject({
  sets: z.array(
    z.strictObject({
      name: z.string(),
      source: z.string(),
      shells: z.number().int().nullable(),
      by_name_only: z.boolean().optional(),
      pairs: z.array(
        z.strictObject({
          species: z.tuple([z.string(), z.string()]),
          A_eV: z.number(),
          xi_eV: z.number(),
          p: z.number(),
          q: z.number(),
          r0_A: z.number(),
        }),
      ),
    }),
  ),
});

const suttonChenFile = z.strictObject({
  sets: z.array(
    z.strictObject({
      name: z.string(),
      source: z.string(),
      elements: z.array(
        z.strictObject({
          species: z.string(),
          n: z.number(),
          m: z.number(),
          epsilon_eV: z.number(),
          c: z.number(),
          a_A: z.number(),
        }),
      ),
    }),
  ),
});

/** The parsed content of potentials/NAME.yaml. */
export function readParameterFile<T>(name: string, schema: z.ZodType<T>): T {
  // src/dynamics/potentials and dist/dynamics/potentials lie at the same depth below the package's root.
  const path = fileURLToPath(new URL(`../../../potentials/${name}.yaml`, import.meta.url));
  const result = schema.safeParse(parse(readTextFile(path)));
  if (!result.success) throw new EcitonError("data", `${path}: ${z.prettifyError(result.error)}`, { path });
  return result.data;
}

/** Names of the sets that come with the package; the usual ones are those that nobody has to ask for by name. */
export function guptaSets(which: "all" | "usual" = "all"): string[] {
  const { sets } = readParameterFile("gupta", guptaFile);
  return sets.filter((set) => which === "all" || set.by_name_only !== true).map((set) => set.name);
}

/**
 * A published set of Gupta parameters, for some of its species.
 * @param cutoff "shells": as the fit was made, see fifthShellCutoff; "none": for clusters
 * @throws {EcitonError} "data" for an unknown set or species, or "shells" where the fit had no such sum
 */
export function guptaSet(name: string, species: readonly string[], cutoff: "shells" | "none"): GuptaSpec {
  const set = setNamed("Gupta", readParameterFile("gupta", guptaFile).sets, name);
  const pairs = pairsAmong(`Gupta set ${name}`, set.pairs, species);
  if (cutoff === "shells" && set.shells !== 5)
    throw new EcitonError(
      "data",
      `Gupta set ${name} was not fitted to shells of a crystal: give a cut-off or none`,
    );
  return {
    kind: "gupta",
    title: name,
    pairs,
    cutoff: cutoff === "shells" ? fifthShellCutoff(pairs) : null,
  };
}

export function suttonChenSets(): string[] {
  return readParameterFile("sutton-chen", suttonChenFile).sets.map((set) => set.name);
}

/**
 * A published set of Sutton-Chen parameters, for some of its species.
 * @param cutoff "two-lattice-constants": see twoLatticeConstants; "none": for clusters
 * @throws {EcitonError} "data" for an unknown set or species
 */
export function suttonChenSet(
  name: string,
  species: readonly string[],
  cutoff: "two-lattice-constants" | "none",
): SuttonChenSpec {
  const set = setNamed("Sutton-Chen", readParameterFile("sutton-chen", suttonChenFile).sets, name);
  const known = set.elements.map((one) => one.species);
  requireSpecies(`Sutton-Chen set ${name}`, known, species);
  const elements = set.elements.filter((element) => species.includes(element.species));
  return {
    kind: "sutton-chen",
    title: name,
    elements,
    cutoff: cutoff === "none" ? null : twoLatticeConstants(elements),
  };
}

/** @throws {EcitonError} "data" for an unknown name, with those that there are */
export function setNamed<T extends { readonly name: string }>(
  what: string,
  sets: readonly T[],
  name: string,
): T {
  const set = sets.find((one) => one.name === name);
  if (!set)
    throw new EcitonError(
      "data",
      `${what} parameters: no set is named ${name}; there are ${sets.map((one) => one.name).join(", ")}`,
      { name },
    );
  return set;
}

/** @throws {EcitonError} "data" where none is wanted, or one that is not known */
export function requireSpecies(what: string, known: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((one) => !known.includes(one));
  if (wanted.length === 0 || missing.length > 0)
    throw new EcitonError(
      "data",
      `${what}: ${missing.length > 0 ? `${missing.join(", ")} not in it` : "no species is asked for"}; it has ${known.join(", ")}`,
      { missing },
    );
}

/**
 * The pairs of a set that lie among the species.
 * @throws {EcitonError} "data" for a species that no pair has
 */
export function pairsAmong<Pair extends { readonly species: readonly [string, string] }>(
  what: string,
  pairs: readonly Pair[],
  species: readonly string[],
): Pair[] {
  requireSpecies(what, [...new Set(pairs.flatMap((pair) => pair.species))], species);
  return pairs.filter((pair) => pair.species.every((one) => species.includes(one)));
}
