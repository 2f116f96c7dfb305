/** Parameters that are given for pairs of species, looked up by index. */
import { EcitonError } from "../../core/errors.ts";

export interface PairTable<Pair> {
  /** In the order in which the parameters name them. */
  readonly species: readonly string[];
  at(a: number, b: number): Pair;
}

/**
 * @param what for messages: "Gupta"
 * @throws {EcitonError} "data" for no pairs at all, a pair given twice, or one that is missing
 */
export function pairTable<Pair extends { readonly species: readonly [string, string] }>(
  what: string,
  pairs: readonly Pair[],
): PairTable<Pair> {
  const species = [...new Set(pairs.flatMap((pair) => pair.species))];
  if (species.length === 0) throw new EcitonError("data", `${what} parameters: no pair of species is given`);
  const table: (Pair | undefined)[] = new Array(species.length ** 2).fill(undefined);
  for (const pair of pairs) {
    const [a, b] = pair.species.map((name) => species.indexOf(name));
    if (table[a * species.length + b] !== undefined)
      throw new EcitonError("data", `${what} parameters: the pair ${pair.species.join("-")} is given twice`, {
        pair: pair.species,
      });
    table[a * species.length + b] = pair;
    table[b * species.length + a] = pair;
  }
  const missing = species.flatMap((one, a) =>
    species
      .slice(a)
      .filter((_, d) => table[a * species.length + a + d] === undefined)
      .map((other) => `${one}-${other}`),
  );
  if (missing.length > 0)
    throw new EcitonError(
      "data",
      `${what} parameters: nothing is given for ${missing.join(", ")}; every species needs itself and every other one`,
      { missing },
    );
  return { species, at: (a, b) => table[a * species.length + b]! };
}

/** Where tables of pairs, as setfl files order them, have the pair of two species: (0,0), (1,0), (1,1), (2,0) ... */
export function pairIndex(a: number, b: number): number {
  return a >= b ? (a * (a + 1)) / 2 + b : (b * (b + 1)) / 2 + a;
}
