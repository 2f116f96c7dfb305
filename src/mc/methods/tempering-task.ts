/** One ladder of temperatures that exchange their states, run by one task or by several that meet. */
import { studyError } from "../../core/errors.ts";
import { type RandomState, RandomStream } from "../../core/random.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { fingerprint } from "../../exec/state-file.ts";
import type { Observers } from "../../lattice/observer.ts";
import type { EngineName } from "../engines/compiled-engine.ts";
import { ReducedPotential, type StateNumbers } from "../potential.ts";
import { checkRecords } from "../records/recorded-chain.ts";
import {
  type CheckpointPlan,
  expectWhole,
  prepareSystem,
  type System,
  type SystemPayload,
} from "../system.ts";
import type { FinishedChain, InterruptedChain } from "./chain-task.ts";
import { type BoardPlan, boardMemory, LadderBoard, shareOfRungs } from "./ladder-board.ts";
import { LadderFiles } from "./ladder-files.ts";
import { Rung, type RungPlan, type RungState } from "./rung.ts";
import {
  acceptsExchange,
  type FlowState,
  type LadderReport,
  pairsOfAttempt,
  ReplicaFlow,
} from "./tempering.ts";

export interface LadderPayload extends SystemPayload {
  /** Ascending in temperature, at least two. Ensembles of one kind, for the same moves must do. */
  readonly rungs: readonly RungPlan[];
  /** Proposals at each temperature. */
  readonly steps: number;
  /** Default: ten for each site that can change, at least 1000, but at least a hundred exchanges in all. */
  readonly exchangeEverySteps?: number;
  readonly seed: number;
  /** First of the random streams: one for each rung, then one for the exchanges. */
  readonly stream: number;
  /** Number of the ladder. */
  readonly index: number;
  readonly samples: number;
  readonly snapshots: number;
  /** By the observers; default 0. */
  readonly measurements?: number;
  readonly engine?: EngineName;
  readonly layers: readonly string[];
  /** Each rung has two files beside this path, written in turn. */
  readonly checkpoint: CheckpointPlan | null;
  /** Set by `ladderMembers` where several tasks run one ladder. */
  readonly member?: {
    readonly number: number;
    readonly members: number;
    readonly board: BoardPlan;
    readonly memory: SharedArrayBuffer;
  };
}

export interface FinishedLadder {
  readonly interrupted: false;
  readonly index: number;
  /** As a chain gives them, each with the number of its rung as index; of a member of a ladder its own rungs. */
  readonly chains: readonly FinishedChain[];
  readonly ladder: LadderReport;
}

export type LadderResult = FinishedLadder | InterruptedChain;

/** What an executor is given to run ladders. */
export const temperingTask: TaskFunction = { module: import.meta.url, name: "runLadder" };

const EXCHANGE_SWEEPS = 10;
const LEAST_EXCHANGE_STEPS = 1000;
/** Short runs exchange more often than that. */
const LEAST_EXCHANGES = 100;
/** Room for the state of moves: their lists hold each site once or twice. */
const MOVES_PER_SITE = 4;

/**
 * Shares a ladder out to several tasks, which must run at the same time: one thread for each. The result does not depend
 * on their number.
 * @param members threads that are there; no more than the rungs are used
 */
export function ladderMembers(payload: LadderPayload, members: number): LadderPayload[] {
  const used = Math.max(1, Math.min(members, payload.rungs.length));
  if (used === 1) return [payload];
  const { supercell, groups } = prepareSystem(payload);
  const board = boardPlan(used, payload.rungs.length, supercell.numSites, groups);
  const memory = boardMemory(board);
  return Array.from({ length: used }, (_, number) => ({
    ...payload,
    member: { number, members: used, board, memory },
  }));
}

function boardPlan(members: number, rungs: number, sites: number, groups: System["groups"]): BoardPlan {
  const counts = groups.reduce((sum, { species }) => sum + species.length, 0);
  return { members, rungs, counts, sites, moves: MOVES_PER_SITE * sites + 4 * counts };
}

/** One result from those of all members of a ladder. */
export function joinMembers(results: readonly LadderResult[]): LadderResult {
  const finished = results.flatMap((result) => (result.interrupted ? [] : [result]));
  const [first] = finished;
  if (finished.length < results.length || !first) {
    const [{ index }] = results;
    return {
      interrupted: true,
      index,
      step: Math.min(...results.map((r) => (r.interrupted ? r.step : Number.MAX_SAFE_INTEGER))),
    };
  }
  return { ...first, chains: finished.flatMap(({ chains }) => chains) };
}

/**
 * Runs a ladder, or a member's share of it. Exchanges are between rungs 0 and 1, 2 and 3, ... and, the next time, 1 and
 * 2, 3 and 4, ...: this fixed order lets states travel fastest. All members come to the same decisions from the same
 * numbers, and what an exchange moves is the arrangement of atoms alone; steps, random numbers and averages stay with
 * the temperature.
 * @throws {EcitonError} as runChain
 * @see Okabe, Kawata, Okamoto, Mikami, Chem. Phys. Lett. 335, 435 (2001);
 *   Syed, Bouchard-Côté, Deligiannidis, Doucet, J. R. Stat. Soc. B 84, 321 (2022)
 */
export function runLadder(
  payload: LadderPayload,
  context: TaskContext,
  observers: Observers = { series: [], maps: [] },
): LadderResult {
  checkPayload(payload);
  const { index, steps, seed, stream, checkpoint, rungs: plans } = payload;
  const { rungs, board, first, end, member, exchangeEvery, potentials } = prepareLadder(payload, observers);
  const flow = new ReplicaFlow(plans.map(({ temperature_K }) => temperature_K));
  let random = new RandomStream(seed, stream + plans.length);
  const files = checkpoint
    ? new LadderFiles<Saved>(checkpoint.path, fingerprintOf(payload), plans.length)
    : null;
  const goOn = checkpoint?.resume && files?.latest() !== null;
  rungs.forEach((rung, i) => {
    const saved = goOn && files ? files.read(first + i) : null;
    if (!goOn) files?.clear(first + i);
    rung.begin(saved?.rung ?? null);
    if (!saved) return;
    flow.restore(saved.flow);
    random = RandomStream.restore(saved.random);
  });
  const save = (rung: number) =>
    files?.write(rung, flow.attempts, {
      flow: flow.state(),
      random: random.state(),
      rung: rungs[rung - first].state(),
    });
  const leave = (): LadderResult => {
    board.breakUp();
    rungs.forEach((_, i) => void save(first + i));
    return { interrupted: true, index, step: Math.min(...rungs.map(({ step }) => step)) };
  };
  const everySave = checkpoint?.everySteps ?? Number.POSITIVE_INFINITY;
  try {
    for (;;) {
      const target = Math.min(steps, (flow.attempts + 1) * exchangeEvery);
      for (const [i, rung] of rungs.entries())
        if (!rung.advance(target, context.cancel, everySave, () => save(first + i), tellProgress))
          return leave();
      if (target === steps) break;
      if (!exchange(target)) return leave();
    }
    rungs.forEach((rung, i) => {
      rung.checkEnergy();
      save(first + i);
    });
  } catch (error) {
    board.breakUp();
    throw error;
  } finally {
    for (const rung of rungs) rung.close();
  }
  const { travelled } = flow;
  const chains = rungs.map((rung, i) => rung.result(first + i, flow.exchangesOf(first + i), travelled));
  return { interrupted: false, index, chains, ladder: flow.report(exchangeEvery) };

  function tellProgress(): void {
    const done = rungs.reduce((sum, { step }) => sum + step, 0);
    Atomics.store(context.progress, context.index, Math.floor((1000 * done) / (rungs.length * steps)));
  }

  /** @returns false where the meeting did not take place */
  function exchange(step: number): boolean {
    rungs.forEach((rung, i) => {
      rung.writeNumbers(board.coming(first + i));
    });
    const pairs = pairsOfAttempt(flow.attempts, plans.length);
    for (const low of pairs) {
      if (low + 1 === first) board.leave(member, 1, rungs[0].configuration());
      if (low + 1 === end) board.leave(member + 1, 0, rungs[low - first].configuration());
    }
    if (!board.meet(context.cancel)) return false;
    const numbersOf = (rung: number): StateNumbers => {
      const row = board.last(rung);
      return { energy: row[0], counts: row.subarray(1) };
    };
    const decisions = pairs.map((low) => ({
      low,
      accepted: acceptsExchange(
        [potentials[low], potentials[low + 1]],
        [numbersOf(low), numbersOf(low + 1)],
        random,
      ),
    }));
    for (const { low, accepted } of decisions) if (accepted) move(low);
    flow.seeHottest(numbersOf(plans.length - 1).energy);
    flow.record(step, decisions);
    return true;
  }

  /** Exchanges the states of two rungs, as far as they are this member's. */
  function move(low: number): void {
    const lower = rungs[low - first];
    const upper = rungs[low + 1 - first];
    if (lower && upper) {
      const state = lower.configuration();
      lower.put(upper.configuration());
      upper.put(state);
    } else if (lower) lower.put(board.take(member + 1, 1));
    else if (upper) upper.put(board.take(member, 0));
  }
}

interface Saved {
  readonly flow: FlowState;
  /** Of the exchanges. */
  readonly random: RandomState;
  readonly rung: RungState;
}

function prepareLadder(payload: LadderPayload, observers: Observers) {
  const { rungs: plans, steps, samples, snapshots, measurements = 0, seed, stream } = payload;
  const system = prepareSystem(payload);
  const { supercell, groups } = system;
  const { number, members, board, memory } = payload.member ?? alone(plans.length, system);
  const share = shareOfRungs(plans.length, members);
  const sites = groups.reduce((sum, { sublattices }) => sum + sublattices.length, 0) * supercell.numCells;
  const rungs = plans.slice(share[number], share[number + 1]).map((plan, i) => {
    const random = new RandomStream(seed, stream + share[number] + i);
    const records = { steps, samples, snapshots, measurements };
    return new Rung(system, plan, { ...payload, observers, records }, random);
  });
  return {
    rungs,
    board: new LadderBoard(board, memory),
    first: share[number],
    end: share[number + 1],
    member: number,
    exchangeEvery: payload.exchangeEverySteps ?? usualPeriod(steps, sites),
    potentials: plans.map((plan) => new ReducedPotential(plan.ensemble, plan.temperature_K, groups)),
  };
}

function usualPeriod(steps: number, sites: number): number {
  const usual = Math.max(LEAST_EXCHANGE_STEPS, EXCHANGE_SWEEPS * sites);
  return Math.max(1, Math.min(usual, Math.floor(steps / LEAST_EXCHANGES)));
}

function alone(rungs: number, { supercell, groups }: System): NonNullable<LadderPayload["member"]> {
  const board = boardPlan(1, rungs, supercell.numSites, groups);
  return { number: 0, members: 1, board, memory: boardMemory(board) };
}

function checkPayload(payload: LadderPayload): void {
  const { rungs, steps, samples, snapshots, measurements = 0, exchangeEverySteps } = payload;
  if (rungs.length < 2)
    throw studyError("sample.temperatures_K", "parallel tempering needs at least two temperatures");
  rungs.forEach(({ temperature_K, ensemble }, k) => {
    const below = rungs[k - 1];
    if (below && !(temperature_K > below.temperature_K))
      throw studyError(
        "sample.temperatures_K",
        `the temperatures of a ladder must ascend: ${temperature_K} K comes after ${below.temperature_K} K`,
      );
    if (below && ensemble.kind !== below.ensemble.kind)
      throw studyError(
        "sample.ensemble",
        `a ladder is of one kind of ensemble, found ${below.ensemble.kind} and ${ensemble.kind}`,
      );
  });
  if (payload.engine?.startsWith("nfold"))
    throw studyError(
      "sample.engine",
      "nfold is not for parallel tempering; the others give exact results with it, take auto",
    );
  checkRecords({ steps, samples, snapshots, measurements });
  if (exchangeEverySteps !== undefined) expectWhole("tempering.exchange_every_steps", exchangeEverySteps, 1);
  if (payload.checkpoint) expectWhole("checkpoint_every_steps", payload.checkpoint.everySteps, 1);
}

/** Engines, shared tables and members change no result. */
function fingerprintOf(payload: LadderPayload): string {
  const { checkpoint: _, shared: __, engine: ___, member: ____, rungs, ...task } = payload;
  return fingerprint({
    ...task,
    rungs: rungs.map(({ trajectory, ...rung }) => ({ ...rung, frames: trajectory?.frames ?? 0 })),
  });
}
