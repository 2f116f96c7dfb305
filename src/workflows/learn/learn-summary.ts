/** What a report shows of active learning, from its records. */
import { BondLengths } from "../../analysis/atoms/bond-lengths.ts";
import { BondCutoffs } from "../../analysis/atoms/bonds.ts";
import { CoordinationDistribution } from "../../analysis/atoms/coordination.ts";
import type { Structure } from "../../data/structure.ts";
import type {
  CheckedPoint,
  CheckedSystem,
  LearningRound,
  LearningSummary,
} from "../../report/learning-model.ts";
import { count } from "../../report/numbers.ts";
import type { TrainingOutcome } from "../train/train-report.ts";
import { bestOf, type CheckedMinimum, errorOf } from "./check-minima.ts";
import { failureText } from "./label-round.ts";
import type { LearnPlan } from "./learn-plan.ts";
import { energyError, type RoundRecord } from "./round-record.ts";
import type { LearnedRounds } from "./rounds.ts";
import type { SettledMotion } from "./settled-motion.ts";

/** What has come out, once everything is done. */
export interface Learned extends Omit<LearnedRounds, "outcome"> {
  readonly outcome: TrainingOutcome;
  /** The labeler's lowest of each system. */
  readonly best: readonly CheckedMinimum[];
  readonly motions: readonly SettledMotion[];
}

export function learningSummary(plan: LearnPlan, learned: Learned): LearningSummary {
  const { section, systems, labeler } = plan;
  const { rounds, structures, checked, motions, startFailures } = learned;
  const names = systems.map(({ name }) => name);
  return {
    method:
      `${names.join(", ")}. Labels: ${labeler.labeler.name}. ${count(rounds.length, "round")} of at most ${section.rounds}, each a training, ` +
      `then ${count(section.explore.starts, "fresh structure")} of each system relaxed with the committee` +
      `${section.explore.steps === 0 ? "" : ` and moved for ${section.explore.steps} fs at ${section.explore.temperature_K} K`}`,
    target_meV: section.target_meV_per_atom,
    rounds: rounds.map((record) => roundOf(record, names)),
    doubts: rounds.flatMap(({ round, doubted }) => doubted.map((one) => ({ round, ...one }))),
    trust: section.trust,
    labels: [
      {
        name: "starts",
        labeled: structures.filter(({ round }) => round === 0).length,
        failures: failureText(startFailures),
      },
      ...rounds.map(({ round, labeled, failures }) => ({
        name: `round ${round}`,
        labeled,
        failures: failureText(failures),
      })),
    ],
    checked: names.flatMap((name) => {
      const own = checked.filter(({ system }) => system === name);
      return own.length === 0 ? [] : [checkedSystem(name, own)];
    }),
    motions: motions.map(({ above, rmsd, ...rest }) => ({ ...rest, above_eV: above, rmsd_A: rmsd })),
  };
}

function roundOf(record: RoundRecord, names: readonly string[]): LearningRound {
  const { round, training, explorations, notTrusted, goneWrong, minima, error, candidates, labeled } = record;
  return {
    round,
    training,
    explorations,
    notTrusted,
    goneWrong,
    minima: minima.length,
    ...inMilli(error),
    systems: names.map((name) => {
      const own = minima.filter(({ system }) => system === name);
      return { name, minima: own.length, ...inMilli(energyError(own)) };
    }),
    candidates,
    labeled,
    ...(record.search?.error == null ? {} : { search_meV: 1000 * record.search.error }),
  };
}

const inMilli = (error: number | null) => (error === null ? {} : { error_meV: 1000 * error });

function checkedSystem(name: string, own: readonly CheckedMinimum[]): CheckedSystem {
  const best = bestOf(own);
  const atoms = best.structure.species.length;
  const labeled = own.filter(({ reference }) => reference !== null);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length);
  const zero = best.reference ?? best.structure.energy!;
  const shift = mean(labeled.map(({ structure, reference }) => reference! - structure.energy!));
  const lowest = Math.min(...own.map(({ relaxed }) => relaxed?.energy ?? Number.POSITIVE_INFINITY));
  const error = errorOf(own);
  return {
    name,
    atoms,
    minima: own.map(
      ({ rank, structure, reference, pointGroup, relaxed }): CheckedPoint => ({
        rank,
        predicted_eV: structure.energy! + shift - zero,
        ...(reference === null
          ? {}
          : { reference_eV: reference - zero, error_meV: (1000 * (structure.energy! - reference)) / atoms }),
        ...(pointGroup === null ? {} : { pointGroup }),
        ...(relaxed === null ? {} : { relaxed_eV: relaxed.energy - lowest, moved_A: relaxed.moved_A }),
      }),
    ),
    ...inMilli(error),
    best: {
      rank: best.rank,
      ...(best.pointGroup === null ? {} : { pointGroup: best.pointGroup }),
      ...bondsOf(best.structure),
    },
  };
}

/** Of each pair of species, by the usual bond lengths. */
function bondsOf(structure: Structure): Pick<CheckedSystem["best"], "bonds" | "coordination"> {
  const cutoffs = new BondCutoffs();
  const lengths = new BondLengths(cutoffs);
  const coordination = new CoordinationDistribution(cutoffs);
  lengths.add(structure);
  coordination.add(structure);
  return {
    bonds: lengths.result().map(({ pair, bonds, mean, shortest, longest }) => ({
      pair,
      bonds: bonds.mean,
      mean_A: mean.mean,
      shortest_A: shortest.mean,
      longest_A: longest.mean,
    })),
    coordination: coordination
      .result()
      .filter(({ species }) => species !== "all")
      .map(
        ({ species, partners }) =>
          `${species}: ${Object.entries(partners)
            .map(([partner, { mean }]) => `${mean.toFixed(1)} ${partner}`)
            .join(" and ")}`,
      )
      .join("; "),
  };
}
