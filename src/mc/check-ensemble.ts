/** Whether an ensemble and its moves are possible on a lattice, before anything runs. */
import { studyError } from "../core/errors.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { type Ensemble, type MoveWeights, resolveReplacements } from "./ensemble.ts";
import type { ExchangeGroup } from "./exchange-groups.ts";
import { wholeWeights } from "./moves/mixed-moves.ts";
import { groupNeighbours } from "./moves/neighbour-table.ts";

/** Where in the study things stand, for errors. */
export interface EnsemblePaths {
  /** Of the values of the ensemble: chemical potentials, phi, reservoir. */
  readonly ensemble: string;
  /** Of the weights of moves. */
  readonly moves: string;
}

export function ensemblePaths(ensemble: Ensemble): EnsemblePaths {
  const places = {
    canonical: "sample.ensemble",
    "semi-grand": "sample.chemical_potentials",
    "variance-constrained": "sample.variance_constraint",
    reservoir: "sample.reservoir",
  } as const;
  return { ensemble: places[ensemble.kind], moves: "sample.moves" };
}

/** Kinds of moves as the study names them. */
export type MoveName = "swap" | "neighbour_swap" | "flip" | "reaction";

/**
 * What may be tried in an ensemble, and what must be: the moves without which its averages would not be reached.
 */
const rules = {
  canonical: { allowed: ["swap", "neighbour_swap"], needed: null, usual: { swap: 1 } },
  "semi-grand": { allowed: ["swap", "neighbour_swap", "flip"], needed: "flip", usual: { flip: 1 } },
  "variance-constrained": { allowed: ["swap", "neighbour_swap", "flip"], needed: "flip", usual: { flip: 1 } },
  reservoir: {
    allowed: ["swap", "neighbour_swap", "reaction"],
    needed: "reaction",
    usual: { swap: 1, reaction: 1 },
  },
} as const satisfies Record<
  Ensemble["kind"],
  {
    allowed: readonly MoveName[];
    needed: MoveName | null;
    usual: Partial<Record<MoveName, number>>;
  }
>;

/**
 * Positive whole weights of the moves that are tried; the usual ones of the ensemble where none is given.
 * @param path of the weights in the study, for errors
 * @throws {EcitonError} "study" for moves that do not belong to the ensemble, that it cannot do without, or weights that
 *   are negative, not numbers or all zero
 */
export function movesOfEnsemble(
  ensemble: Ensemble,
  weights: MoveWeights | undefined,
  path: string,
): Partial<Record<MoveName, number>> {
  const { allowed, needed, usual } = rules[ensemble.kind];
  const { swap, neighbourSwap, flip, reaction, neighbourCutoff } = weights ?? {};
  const given = Object.fromEntries(
    Object.entries({ swap, neighbour_swap: neighbourSwap, flip, reaction }).filter(
      ([, w]) => w !== undefined,
    ),
  ) as Partial<Record<MoveName, number>>;
  const whole: Partial<Record<MoveName, number>> =
    Object.keys(given).length === 0 ? usual : wholeWeights(given as Record<string, number>, path);
  for (const name of Object.keys(whole) as MoveName[])
    if (!(allowed as readonly MoveName[]).includes(name))
      throw studyError(
        `${path}.${name}`,
        `not a move of the ${ensemble.kind} ensemble${ensemble.kind === "canonical" ? ", which keeps the numbers of all species" : ""}; ` +
          `possible are ${allowed.join(", ")}`,
      );
  if (needed && !whole[needed])
    throw studyError(
      `${path}.${needed}`,
      `the ${ensemble.kind} ensemble needs a weight above 0: other moves leave the numbers of the species as they are`,
    );
  if (neighbourCutoff !== undefined && !whole.neighbour_swap)
    throw studyError(`${path}.neighbour_cutoff_A`, "has no effect without a weight of neighbour_swap");
  return whole;
}

/**
 * Checks everything about an ensemble that can be known without a supercell.
 * @param charges e, by species; changes of composition must then leave the total as it is
 * @throws {EcitonError} "study" naming the entry
 */
export function checkEnsemble(
  ensemble: Ensemble,
  weights: MoveWeights | undefined,
  lattice: ParentLattice,
  groups: readonly ExchangeGroup[],
  charges?: Readonly<Record<string, number>>,
  paths: EnsemblePaths = ensemblePaths(ensemble),
): void {
  const moves = movesOfEnsemble(ensemble, weights, paths.moves);
  if (moves.neighbour_swap)
    groupNeighbours(lattice, groups, weights?.neighbourCutoff, `${paths.moves}.neighbour_cutoff_A`);
  const at = paths.ensemble;
  switch (ensemble.kind) {
    case "canonical":
      return;
    case "semi-grand":
      checkSpeciesValues(ensemble.chemicalPotentials, groups, at, "a chemical potential in eV");
      checkNoChargedFlips(groups, charges, paths);
      return;
    case "variance-constrained": {
      const { kappa, phi } = ensemble;
      if (!(Number.isFinite(kappa) && kappa > 0))
        throw studyError(`${at}.kappa`, `expected a number above 0, found ${kappa}`);
      checkSpeciesValues(phi, groups, `${at}.phi`, "a number, about -2 times the wanted concentration");
      for (const { name, species } of groups)
        if (!species.some((s) => phi[s] !== undefined || phi[`${s}@${name}`] !== undefined))
          throw studyError(
            `${at}.phi`,
            `nothing constrains the composition of ${name}; give a value for one of ${species.join(", ")}`,
          );
      checkNoChargedFlips(groups, charges, paths);
      return;
    }
    case "reservoir": {
      if (!Number.isFinite(ensemble.deltaMu))
        throw studyError(`${at}.delta_mu_eV`, `expected a number in eV, found ${ensemble.deltaMu}`);
      const replacements = resolveReplacements(ensemble.replace, groups, `${at}.replace`);
      if (!charges) return;
      const gains = replacements.map(
        ({ group, from, to, count }) =>
          count * ((charges[groups[group].species[to]] ?? 0) - (charges[groups[group].species[from]] ?? 0)),
      );
      const total = gains.reduce((a, b) => a + b, 0);
      if (Math.abs(total) > 1e-6)
        throw studyError(
          `${at}.replace`,
          `not neutral: ${ensemble.replace.map(({ from, to, count }, r) => `${count} ${from} by ${to} adds ${gains[r]} e`).join(", ")}, ` +
            `together ${Number(total.toFixed(6))} e`,
        );
      return;
    }
    default:
      ensemble satisfies never;
  }
}

function checkSpeciesValues(
  values: Readonly<Record<string, number>>,
  groups: readonly ExchangeGroup[],
  path: string,
  expected: string,
): void {
  const known = groups.flatMap(({ name, species }) => species.flatMap((s) => [s, `${s}@${name}`]));
  for (const [key, value] of Object.entries(values)) {
    if (!known.includes(key))
      throw studyError(
        `${path}.${key}`,
        `no site that can change holds "${key}"; there are ${groups.flatMap(({ species }) => species).join(", ")}`,
      );
    if (!Number.isFinite(value)) throw studyError(`${path}.${key}`, `expected ${expected}, found ${value}`);
  }
}

function checkNoChargedFlips(
  groups: readonly ExchangeGroup[],
  charges: Readonly<Record<string, number>> | undefined,
  paths: EnsemblePaths,
): void {
  if (!charges) return;
  for (const { species } of groups) {
    const other = species.find((s) => Math.abs((charges[s] ?? 0) - (charges[species[0]] ?? 0)) > 1e-6);
    if (other)
      throw studyError(
        `${paths.moves}.flip`,
        `a change of one site between ${species[0]} (${charges[species[0]] ?? 0} e) and ${other} (${charges[other] ?? 0} e) ` +
          "would not stay neutral; the reservoir ensemble replaces several species in one neutral move",
      );
  }
}
