/** Published parameters of pair potentials that come with the package, in potentials/lennard-jones.yaml and morse.yaml. */
import { z } from "zod";
import type { LennardJonesPair, LennardJonesSpec } from "./lennard-jones.ts";
import type { MorsePair, MorseSpec } from "./morse.ts";
import { pairsAmong, readParameterFile, setNamed } from "./parameter-sets.ts";
import type { SmoothCutoff } from "./smooth-cutoff.ts";

const species = z.tuple([z.string(), z.string()]);
const fileOf = <Pair extends z.ZodType>(pair: Pair) =>
  z.strictObject({
    sets: z.array(z.strictObject({ name: z.string(), source: z.string(), pairs: z.array(pair) })),
  });
const lennardJonesFile = fileOf(z.strictObject({ species, epsilon_eV: z.number(), sigma_A: z.number() }));
const morseFile = fileOf(
  z.strictObject({ species, D_eV: z.number(), a_per_A: z.number(), r0_A: z.number() }),
);

/** Interactions fade out over the last tenth of their reach. */
const FADE = 0.9;

/** Three σ of the largest species: half a per cent of the depth is left there. */
export function usualLennardJonesCutoff(pairs: readonly LennardJonesPair[]): SmoothCutoff {
  const to = 3 * Math.max(...pairs.map((pair) => pair.sigma_A));
  return { from_A: FADE * to, to_A: to };
}

/** Where 2 D exp(−a (r − r0)) has fallen to 1e-4 D: the sums that fits to crystals were made with reach that far. */
export function usualMorseCutoff(pairs: readonly MorsePair[]): SmoothCutoff {
  const to = Math.max(...pairs.map((pair) => pair.r0_A + Math.log(2e4) / pair.a_per_A));
  return { from_A: FADE * to, to_A: to };
}

export function lennardJonesSets(): string[] {
  return readParameterFile("lennard-jones", lennardJonesFile).sets.map((set) => set.name);
}

/**
 * A published set of Lennard-Jones parameters, for some of its species.
 * @param cutoff "usual": see usualLennardJonesCutoff; "none": for clusters
 * @throws {EcitonError} "data" for an unknown set or species
 */
export function lennardJonesSet(
  name: string,
  wanted: readonly string[],
  cutoff: "usual" | "none",
): LennardJonesSpec {
  const pairs = pairsOf(
    "Lennard-Jones",
    readParameterFile("lennard-jones", lennardJonesFile).sets,
    name,
    wanted,
  );
  return {
    kind: "lennard-jones",
    title: name,
    pairs,
    mixing: "lorentz-berthelot",
    cutoff: cutoff === "usual" ? usualLennardJonesCutoff(pairs) : null,
  };
}

export function morseSets(): string[] {
  return readParameterFile("morse", morseFile).sets.map((set) => set.name);
}

/**
 * A published set of Morse parameters, for some of its species.
 * @param cutoff "usual": see usualMorseCutoff; "none": for clusters
 * @throws {EcitonError} "data" for an unknown set or species
 */
export function morseSet(name: string, wanted: readonly string[], cutoff: "usual" | "none"): MorseSpec {
  const pairs = pairsOf("Morse", readParameterFile("morse", morseFile).sets, name, wanted);
  return { kind: "morse", title: name, pairs, cutoff: cutoff === "usual" ? usualMorseCutoff(pairs) : null };
}

function pairsOf<Pair extends { readonly species: readonly [string, string] }>(
  what: string,
  sets: readonly { readonly name: string; readonly pairs: readonly Pair[] }[],
  name: string,
  wanted: readonly string[],
): Pair[] {
  return pairsAmong(`${what} set ${name}`, setNamed(what, sets, name).pairs, wanted);
}
