/** One path of basin hopping, from its payload to its minima. */

import type { KeptState, Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { RandomStream } from "../../core/random.ts";
import { fixedAtoms } from "../../data/fixed-atoms.ts";
import { openAtoms } from "../../data/generators/create-atoms.ts";
import type { AtomsSpec } from "../../data/study/atoms-schema.ts";
import type { RelaxSection } from "../../data/study/relax-schema.ts";
import type { TaskContext } from "../../exec/executor.ts";
import { fingerprint, readState, writeState } from "../../exec/state-file.ts";
import { type MovingAtoms, movingAtoms } from "../moving-atoms.ts";
import { stoppable } from "../stoppable.ts";
import type { Minimum } from "./archive.ts";
import type { HopCountsState } from "./hop-counts.ts";
import type { HopSettings } from "./hop-settings.ts";
import { Hopper, type HopState, type Improvement, type Starts } from "./hopper.ts";
import { QuenchRecord, type SavePlan } from "./quench-record.ts";

export interface HopPayload<Spec> {
  /** Plain data that decides the potential. */
  readonly potential: Spec;
  readonly atoms: {
    readonly spec: AtomsSpec;
    /** The study's. */
    readonly seed: number;
    /** Folder that files are named from. */
    readonly folder: string;
  };
  /** Which atoms of each start stay where they are. */
  readonly fix: RelaxSection["fix"];
  readonly settings: HopSettings;
  /** Number of the path, and how many there are. */
  readonly path: number;
  readonly paths: number;
  readonly seed: number;
  /** Number of the random stream. */
  readonly stream: number;
  /** Structures to keep in a file; null: none. */
  readonly save: SavePlan | null;
  readonly checkpoint: {
    readonly path: string;
    readonly resume: boolean;
    /** Only what a kill would lose depends on it. */
    readonly everySeconds: number;
  } | null;
}

export interface FinishedPath {
  readonly interrupted: false;
  readonly path: number;
  /** Quenches that were done. */
  readonly steps: number;
  /** eV; null where no quench led to a minimum. */
  readonly best: number | null;
  readonly improvements: readonly Improvement[];
  readonly reachedTarget: boolean;
  /** Largest displacement at the end, Å. */
  readonly stepLength: number | null;
  readonly counts: HopCountsState;
  readonly minima: readonly Minimum[];
  /** What the potential has to say of the path, and the states that it wants labels for. */
  readonly notes: readonly string[];
  readonly kept: readonly KeptState[];
}

export interface InterruptedPath {
  readonly interrupted: true;
  readonly path: number;
  readonly step: number;
}

export type PathResult = FinishedPath | InterruptedPath;

/** What a checkpoint of a path holds. */
interface Saved {
  readonly hop: HopState;
  /** Of the file of structures. */
  readonly bytes: number;
}

/**
 * Runs a path from its start, or goes on from its checkpoint. The result depends on the payload alone: how often it was
 * interrupted and resumed leaves no trace in it.
 * @throws {EcitonError} "study" for moves that the atoms do not allow, "data" for atoms that lead to no minimum or a
 *   checkpoint that cannot be used, "io" when a file cannot be written
 */
export function runPath<Spec>(
  payload: HopPayload<Spec>,
  context: TaskContext,
  create: (spec: Spec) => Potential,
): PathResult {
  const { settings, path, checkpoint } = payload;
  const task = checkpoint ? fingerprintOf(payload) : "";
  const saved = checkpoint?.resume ? readState<Saved>(checkpoint.path, task) : null;
  const record = payload.save ? QuenchRecord.open(payload.save, path, saved?.bytes ?? null) : null;
  try {
    const hopper = new Hopper(
      create(payload.potential),
      startsOf(payload),
      settings,
      new RandomStream(payload.seed, payload.stream),
      path,
      (calculator) => stoppable(record ? record.watch(calculator) : calculator, context.cancel),
    );
    if (saved) hopper.restore(saved.hop);
    const snapshot = (): Saved => ({ hop: hopper.state(), bytes: record?.bytes ?? 0 });
    const save = (state: Saved) => {
      record?.sync();
      if (checkpoint) writeState(checkpoint.path, task, state);
    };
    let last = snapshot();
    let taken = Date.now();
    let written = taken;
    const ended = () => hopper.step >= settings.steps || hopper.reachedTarget;
    while (!ended()) {
      const stopped = Atomics.load(context.cancel, 0) !== 0;
      const trial = stopped ? null : hopOrNull(hopper);
      if (trial === null) {
        if (stopped) last = snapshot();
        save(last);
        return { interrupted: true, path, step: last.hop.step };
      }
      record?.record(hopper, trial);
      const now = Date.now();
      if (now - taken > SNAPSHOT_MS || checkpoint?.everySeconds === 0) {
        last = snapshot();
        taken = now;
      }
      if (checkpoint && now - written >= 1000 * checkpoint.everySeconds) {
        save(last);
        written = now;
      }
      Atomics.store(context.progress, context.index, Math.floor((1000 * hopper.step) / settings.steps));
    }
    save(snapshot());
    Atomics.store(context.progress, context.index, 1000);
    return {
      interrupted: false,
      path,
      steps: hopper.step,
      best: hopper.best,
      improvements: hopper.improvements,
      reachedTarget: hopper.reachedTarget,
      stepLength: hopper.stepLength,
      counts: hopper.counts,
      minima: hopper.minima,
      notes: hopper.notes,
      kept: hopper.kept,
    };
  } finally {
    record?.close();
  }
}

/** A quench that is interrupted is lost back to the last of these. */
const SNAPSHOT_MS = 250;

/** @returns null if the quench was interrupted */
function hopOrNull(hopper: Hopper) {
  try {
    return hopper.hop();
  } catch (error) {
    if (error instanceof EcitonError && error.code === "cancelled") return null;
    throw error;
  }
}

/**
 * The starts of a path: of a file its structures in turn, path p beginning with number p; of a generator structures that
 * no other path gets.
 */
function startsOf<Spec>({ atoms, fix, path, paths, settings }: HopPayload<Spec>): Starts {
  const { spec, seed, folder } = atoms;
  const bases = openAtoms({ ...spec, count: 1 }, { seed, folder }).count;
  // No path needs more starts than it has quenches.
  const copies = paths * settings.steps;
  const source = openAtoms({ ...spec, count: copies }, { seed, folder });
  const start = (number: number) => {
    const structure = source.create(number);
    return { name: structure.name, atoms: movingAtoms(structure, fixedAtoms(structure, fix)) };
  };
  // That of all paths: minima of one are compared with those of others.
  const first = start(0).atoms;
  return (index) => {
    const base = (path + index) % bases;
    const { name, atoms: own } = start(base * copies + path * settings.steps + index);
    return inOrderOf(first, own, name);
  };
}

/** The atoms of a start in an order in which species and fixed atoms are where the first start of all has them. */
function inOrderOf(first: MovingAtoms, start: MovingAtoms, name: string): MovingAtoms {
  const kindOf = ({ species, fixed }: MovingAtoms, i: number) => `${species[i]} ${fixed?.[i] ?? 0}`;
  const waiting = new Map<string, number[]>();
  for (const i of start.species.keys()) {
    const kind = kindOf(start, i);
    const list = waiting.get(kind);
    if (list) list.push(i);
    else waiting.set(kind, [i]);
  }
  const order = first.species.map((_, i) => waiting.get(kindOf(first, i))?.shift());
  if (start.species.length !== first.species.length || order.includes(undefined))
    throw new EcitonError(
      "data",
      `${name}: expected the atoms of the first start (${first.species.length} atoms), found others, or others of them fixed; ` +
        "all starts of a search need the same",
    );
  const { positions, cell } = start;
  return {
    ...first,
    positions: Float64Array.from(order.flatMap((i) => Array.from(positions.subarray(3 * i!, 3 * i! + 3)))),
    cell,
  };
}

/** Of what decides the result; the content of files that the atoms come from is guarded by the provenance of the run. */
function fingerprintOf({ checkpoint: _, save, atoms, ...task }: HopPayload<unknown>): string {
  const { spec, seed } = atoms;
  return fingerprint({ ...task, spec, atomsSeed: seed, save: save?.what ?? null });
}
