/** What every Monte Carlo task begins with: a model on a supercell, and a state with moves. */
import { CompiledExpansion } from "../clusters/compiled-expansion.ts";
import { type ExpansionRecord, expansionFromRecord } from "../clusters/expansion.ts";
import type { SharedModel } from "../clusters/shared-model.ts";
import { studyError } from "../core/errors.ts";
import type { RandomStream } from "../core/random.ts";
import { Supercell } from "../lattice/supercell.ts";
import { type Composition, countsByGroup, randomOccupation } from "./composition.ts";
import type { Ensemble, MoveWeights } from "./ensemble.ts";
import { type ExchangeGroup, exchangeGroups } from "./exchange-groups.ts";
import type { LatticeModel, Moves } from "./lattice-model.ts";
import { createMoves } from "./moves/create-moves.ts";

export interface SystemPayload {
  readonly expansion: ExpansionRecord;
  /** Three or nine integers. */
  readonly supercell: readonly number[];
  /** Whole numbers in the supercell; what a chain begins with where the ensemble lets it change. */
  readonly composition: Composition;
  /** Names of the sites of each exchange group; default: by equal species. */
  readonly exchange?: Readonly<Record<string, readonly string[]>>;
  /** Default: what the ensemble needs. */
  readonly moves?: MoveWeights;
  /** Tables that all threads use together; it changes no result. */
  readonly shared?: SharedModel;
}

/** Where a task keeps its state. */
export interface CheckpointPlan {
  readonly path: string;
  /** Written each time so many steps are done, and at the end. */
  readonly everySteps: number;
  /** Go on from the file if it is there; otherwise it is overwritten. */
  readonly resume: boolean;
}

export interface System {
  readonly supercell: Supercell;
  readonly model: LatticeModel;
  readonly groups: readonly ExchangeGroup[];
  /** By group and species, at the start. */
  readonly counts: readonly (readonly number[])[];
}

/** The cancel flag is looked at after so many steps: some milliseconds. */
export const POLL_STEPS = 4096;

/** @throws {EcitonError} "study" for an impossible composition, "data" for a model that cannot be used */
export function prepareSystem(payload: SystemPayload): System {
  const expansion = expansionFromRecord(payload.expansion, "model");
  const supercell = new Supercell(expansion.lattice, payload.supercell);
  const groups = exchangeGroups(expansion.lattice, payload.exchange);
  return {
    supercell,
    model: new CompiledExpansion(expansion, supercell, payload.shared),
    groups,
    counts: countsByGroup(payload.composition, groups, supercell, "sample.composition"),
  };
}

/** A random arrangement of the starting composition, and the moves that change it. */
export function startState(
  { supercell, model, groups, counts }: System,
  ensemble: Ensemble,
  weights: MoveWeights | undefined,
  random: RandomStream,
): { readonly occupation: Uint8Array; readonly moves: Moves } {
  const occupation = randomOccupation(supercell, groups, counts, random);
  return { occupation, moves: createMoves(ensemble, weights, model, supercell, groups, occupation) };
}

/** @throws {EcitonError} "study" unless the value of a key of the section is a whole number of at least `least` */
export function expectWhole(key: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw studyError(`sample.${key}`, `expected a whole number of at least ${least}, found ${value}`);
}
