/** The moves of a chain, from its ensemble and the weights of the study. */
import { studyError } from "../../core/errors.ts";
import type { Supercell } from "../../lattice/supercell.ts";
import { checkEnsemble, ensemblePaths, type MoveName, movesOfEnsemble } from "../check-ensemble.ts";
import {
  type Ensemble,
  type MoveWeights,
  type ResolvedReplacement,
  resolveReplacements,
} from "../ensemble.ts";
import { type ExchangeGroup, groupSites } from "../exchange-groups.ts";
import type { LatticeModel, Moves } from "../lattice-model.ts";
import { FlipMoves } from "./flip-moves.ts";
import { ListSwaps } from "./list-swaps.ts";
import { MixedMoves, type Proposals, type WeightedProposals } from "./mixed-moves.ts";
import { NeighbourSwaps } from "./neighbour-swaps.ts";
import { groupNeighbours, NeighbourTable } from "./neighbour-table.ts";
import { ReactionMoves } from "./reaction-moves.ts";
import { SiteLists } from "./site-lists.ts";
import { SwapMoves } from "./swap-moves.ts";
import { VarianceConstrainedFlips } from "./variance-constrained-flips.ts";

/**
 * Moves that sample the ensemble. Swaps alone in the canonical ensemble are SwapMoves, flips alone in the semi-grand
 * one are FlipMoves; everything else shares lists of sites.
 * @param weights undefined: swap in the canonical, flip in the semi-grand ensembles, reaction and swap with a reservoir
 * @param occupation the state that the chain begins with
 * @throws {EcitonError} "study" for an ensemble, moves or weights that are not possible, or moves that cannot reach
 *   every arrangement
 */
export function createMoves(
  ensemble: Ensemble,
  weights: MoveWeights | undefined,
  model: LatticeModel,
  supercell: Supercell,
  groups: readonly ExchangeGroup[],
  occupation: Uint8Array,
): Moves {
  const { lattice } = supercell;
  const paths = ensemblePaths(ensemble);
  checkEnsemble(ensemble, weights, lattice, groups, undefined, paths);
  const tried = movesOfEnsemble(ensemble, weights, paths.moves);
  const names = Object.keys(tried) as MoveName[];
  if (ensemble.kind === "canonical" && names.join() === "swap")
    return new SwapMoves(model, supercell, groups, occupation);
  if (ensemble.kind === "semi-grand" && names.join() === "flip")
    return new FlipMoves(model, supercell, groups, ensemble.chemicalPotentials);

  const lists = new SiteLists(supercell, groups, occupation);
  const cutoffPath = `${paths.moves}.neighbour_cutoff_A`;
  const table = tried.neighbour_swap
    ? new NeighbourTable(supercell, groupNeighbours(lattice, groups, weights?.neighbourCutoff, cutoffPath))
    : null;
  const replacements =
    ensemble.kind === "reservoir"
      ? resolveReplacements(ensemble.replace, groups, `${paths.ensemble}.replace`)
      : [];
  if (ensemble.kind === "canonical" && groups.every((_, g) => presentSpecies(groups, lists, g).length < 2))
    throw studyError("composition", "nothing can exchange: every group of sites holds a single species");
  if (!tried.swap && !tried.flip) checkReach(supercell, groups, lists, table, replacements, paths.moves);

  const parts = names.map((name): WeightedProposals => {
    const weight = tried[name] ?? 0;
    return { proposals: proposalsOf(name), weight };
  });
  return new MixedMoves(lists, parts);

  function proposalsOf(name: MoveName): Proposals {
    if (name === "flip" && ensemble.kind === "semi-grand")
      return new FlipMoves(model, supercell, groups, ensemble.chemicalPotentials, lists);
    if (name === "flip" && ensemble.kind === "variance-constrained")
      return new VarianceConstrainedFlips(model, supercell, groups, ensemble, lists);
    if (name === "reaction" && ensemble.kind === "reservoir")
      return new ReactionMoves(model, lists, replacements, ensemble.deltaMu);
    if (name === "neighbour_swap" && table) return new NeighbourSwaps(model, groups, lists, table);
    return new ListSwaps(model, groups, lists);
  }
}

function presentSpecies(groups: readonly ExchangeGroup[], lists: SiteLists, g: number): number[] {
  return groups[g].species.flatMap((_, k) => (lists.count(g, k) > 0 ? [k] : []));
}

/**
 * Without exchanges over any distance some arrangements may be out of reach. Exchanges of neighbours reach all of
 * them where every two sites of a group are connected by a chain of neighbours, replacements where they turn all
 * species that are there into each other.
 */
function checkReach(
  supercell: Supercell,
  groups: readonly ExchangeGroup[],
  lists: SiteLists,
  table: NeighbourTable | null,
  replacements: readonly ResolvedReplacement[],
  path: string,
): void {
  groups.forEach((group, g) => {
    const present = presentSpecies(groups, lists, g);
    const linked = new Partition(group.species.length);
    for (const { group: of, from, to } of replacements) if (of === g) linked.join(from, to);
    if (present.every((k) => linked.find(k) === linked.find(present[0]))) return;
    const names = present.map((k) => group.species[k]).join(", ");
    if (!table)
      throw studyError(
        `${path}.swap`,
        `needs a weight above 0: the replacements alone never exchange ${names} on the sites of ${group.name}`,
      );
    const sites = groupSites(group, supercell);
    const connected = new Partition(supercell.numSites);
    for (const site of sites)
      for (let k = 0; k < table.count(site); k++) connected.join(site, table.neighbour(site, k));
    const apart = sites.find((site) => connected.find(site) !== connected.find(sites[0]));
    if (apart !== undefined) {
      const nameOf = (site: number) => supercell.lattice.sites[supercell.sublatticeOf(site)].name;
      throw studyError(
        `${path}.neighbour_cutoff_A`,
        `exchanges of neighbours never carry ${names} from some sites of ${group.name} to others ` +
          `(${nameOf(sites[0])}, ${nameOf(apart)}); take a larger distance, add swap, or keep them apart in sample.exchange`,
      );
    }
  });
}

/** Sets that are joined step by step. */
class Partition {
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i);
  }

  find(i: number): number {
    const parent = this.#parent;
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  }

  join(i: number, j: number): void {
    this.#parent[this.find(i)] = this.find(j);
  }
}
