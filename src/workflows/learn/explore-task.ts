/** One task of an executor: a structure relaxed and heated with a committee, and what its members disagree about on the way. */
import type { Calculator, Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { prepare } from "../../dynamics/md/replica.ts";
import { relax } from "../../dynamics/minimise/relax.ts";
import type { RelaxSettings } from "../../dynamics/minimise/relax-settings.ts";
import type { MovingAtoms } from "../../dynamics/moving-atoms.ts";
import { stoppable } from "../../dynamics/stoppable.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { fingerprint, readState, writeState } from "../../exec/state-file.ts";
import { committeeEvaluator, hdnnpPotential } from "../../nn/hdnnp/hdnnp-potential.ts";
import type { HdnnpSpec } from "../../nn/hdnnp/model.ts";

export interface ExploreSettings {
  readonly relax: RelaxSettings;
  readonly temperature_K: number;
  /** Time steps after the relaxation. */
  readonly steps: number;
  /** Evaluations between structures that are looked at. */
  readonly every: number;
  /** Largest standard deviation of a force component, eV/Å: below nothing to learn, above nothing to trust. */
  readonly trust: { readonly low: number; readonly high: number };
}

export interface ExplorePayload {
  readonly spec: HdnnpSpec;
  /** Tells committees apart. */
  readonly model: string;
  /** For messages. */
  readonly name: string;
  readonly atoms: MovingAtoms;
  readonly settings: ExploreSettings;
  readonly seed: number;
  /** Of the velocities and the thermostat. */
  readonly stream: number;
  readonly checkpoint: { readonly path: string; readonly resume: boolean };
}

export interface Candidate {
  readonly positions: Float64Array;
  readonly cell: Float64Array;
  /** eV/Å */
  readonly deviation: number;
  /** Values of symmetry functions outside the training set. */
  readonly outside: number;
  /** eV/Å, mean of the members. */
  readonly forces: Float64Array;
}

export interface ExploredMinimum {
  readonly positions: Float64Array;
  readonly cell: Float64Array;
  /** eV, mean of the members. */
  readonly energy: number;
  readonly forces: Float64Array;
  /** eV/Å */
  readonly deviation: number;
}

/** Why an exploration ended. */
export const explorationEnds = ["done", "not trusted", "gone wrong"] as const;
export type ExplorationEnd = (typeof explorationEnds)[number];

export interface Exploration {
  readonly interrupted: false;
  /** In order of appearance. */
  readonly candidates: readonly Candidate[];
  /** null where the relaxation did not come to its end. */
  readonly minimum: ExploredMinimum | null;
  readonly ended: ExplorationEnd;
}

export const exploreTask: TaskFunction = { module: import.meta.url, name: "explore" };

/** Ends an exploration from inside a calculator; no failure. */
class NotTrusted extends Error {}

/**
 * The result depends on the payload alone.
 * @throws {EcitonError} "data" for a checkpoint of another exploration, "io" when it cannot be written
 */
export function explore(
  payload: ExplorePayload,
  context: TaskContext,
): Exploration | { readonly interrupted: true } {
  const { checkpoint } = payload;
  const task = fingerprintOf(payload);
  const saved = checkpoint.resume ? readState<Exploration>(checkpoint.path, task) : null;
  if (saved) return saved;
  const found = exploreAtoms(payload, context.cancel);
  if (found === null) return { interrupted: true };
  writeState(checkpoint.path, task, found);
  Atomics.store(context.progress, context.index, 1000);
  return found;
}

/** @returns null if it was cancelled */
function exploreAtoms(payload: ExplorePayload, cancel: Int32Array): Exploration | null {
  const { spec, atoms, settings } = payload;
  const potential = hdnnpPotential({ ...spec, extrapolation: "ignore" });
  const candidates: Candidate[] = [];
  const committee = committeeEvaluator(spec, atoms);
  const watched = watchedPotential(potential, settings, committee, candidates, cancel);
  let minimum: ExploredMinimum | null = null;
  const end = (ended: ExplorationEnd): Exploration => ({ interrupted: false, candidates, minimum, ended });
  try {
    const moving = { ...atoms, positions: atoms.positions.slice(), cell: atoms.cell.slice() };
    relax(watched.calculator(moving), moving, settings.relax);
    minimum = minimumOf(moving, potential, committee);
    if (settings.steps > 0) heat(payload, moving, watched);
    return end("done");
  } catch (error) {
    if (error instanceof NotTrusted) return end("not trusted");
    if (!(error instanceof EcitonError)) throw error;
    if (error.code === "cancelled") return null;
    return end("gone wrong");
  }
}

type Committee = ReturnType<typeof committeeEvaluator>;

/** A potential whose calculators look at every n-th structure, and leave where its members disagree too much. */
function watchedPotential(
  potential: ReturnType<typeof hdnnpPotential>,
  { every, trust }: ExploreSettings,
  committee: Committee,
  candidates: Candidate[],
  cancel: Int32Array,
): Potential {
  return {
    ...potential,
    calculator: (atoms) => {
      const calculator = potential.calculator(atoms);
      let evaluations = 0;
      const watched: Calculator = {
        numAtoms: calculator.numAtoms,
        evaluate: (positions, cell, out) => {
          calculator.evaluate(positions, cell, out);
          if (evaluations++ % every !== 0) return;
          const { forceDeviation: deviation } = committee(positions, cell);
          const outside = calculator.numExtrapolations;
          if (deviation < trust.low && outside === 0) return;
          const [at, box, forces] = [positions, cell, out.forces].map((numbers) => numbers.slice());
          candidates.push({ positions: at, cell: box, deviation, outside, forces });
          if (deviation > trust.high) throw new NotTrusted();
        },
        state: () => calculator.state(),
        restore: (state) => calculator.restore(state),
      };
      return stoppable(watched, cancel);
    },
  };
}

function minimumOf(atoms: MovingAtoms, potential: Potential, committee: Committee): ExploredMinimum {
  const out = { energy: 0, forces: new Float64Array(atoms.positions.length) };
  potential.calculator(atoms).evaluate(atoms.positions, atoms.cell, out);
  const { forceDeviation: deviation } = committee(atoms.positions, atoms.cell);
  const { positions, cell } = atoms;
  return { positions: positions.slice(), cell: cell.slice(), ...out, deviation };
}

/** 1 fs suits all but the lightest atoms; a tenth of a picosecond brings the heat in fast. */
const TIME_STEP_FS = 1;
const THERMOSTAT_FS = 100;
/** A longer move of an atom in one step is no motion, Å. */
const MAX_DISPLACEMENT_A = 0.5;

function heat(
  { name, settings, seed, stream }: ExplorePayload,
  atoms: MovingAtoms,
  potential: Potential,
): void {
  const { temperature_K, steps } = settings;
  const { dynamics } = prepare(
    {
      atoms: {
        name,
        species: atoms.species,
        periodic: atoms.periodic,
        cell: [...atoms.cell],
        positions: [...atoms.positions],
        velocities: null,
        fixed: atoms.fixed ? [...atoms.species.keys()].filter((i) => atoms.fixed![i] === 1) : [],
      },
      ensemble: { kind: "langevin", time_fs: THERMOSTAT_FS },
      timeStep_fs: TIME_STEP_FS,
      segments: [
        { steps, temperature_K: [temperature_K, temperature_K], pressure_GPa: [0, 0], measured: false },
      ],
      start: { temperature_K, energy: "exact" },
      momentum: "removed",
      masses_amu: {},
      seed,
      index: stream,
      sampleEvery: steps,
      maxDisplacement_A: MAX_DISPLACEMENT_A,
      maxTemperature_K: null,
      trajectory: null,
      series: null,
      checkpoint: null,
    },
    potential,
  );
  while (!dynamics.ended) dynamics.advance(false);
}

function fingerprintOf({ model, name, atoms, settings, seed, stream }: ExplorePayload): string {
  const { species, periodic } = atoms;
  const [positions, cell, fixed] = [atoms.positions, atoms.cell, atoms.fixed ?? []].map((numbers) => [
    ...numbers,
  ]);
  return fingerprint({ model, name, species, periodic, positions, cell, fixed, settings, seed, stream });
}
