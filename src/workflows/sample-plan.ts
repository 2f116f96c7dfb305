/** What a study asks Monte Carlo to do, checked before anything runs. */
import { type ClusterExpansion, type ExpansionRecord, expansionRecord } from "../clusters/expansion.ts";
import { compileSharedModel, type SharedModel } from "../clusters/shared-model.ts";
import { EcitonError, studyError } from "../core/errors.ts";
import { USUAL_MEASUREMENTS, usualAnneal } from "../data/study/sample-schema.ts";
import type { Study } from "../data/study/schema.ts";
import type { Executor } from "../exec/executor.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import { checkEnsemble } from "../mc/check-ensemble.ts";
import type { Composition } from "../mc/composition.ts";
import type { Ensemble, MoveWeights } from "../mc/ensemble.ts";
import { exchangeGroups } from "../mc/exchange-groups.ts";
import { expandGrid, type GridPoint } from "../mc/grid.ts";
import { OXYGEN_RANGE_K } from "../mc/oxygen-potential.ts";
import { layerNames } from "../mc/records/layer-counts.ts";
import { columnOf } from "../mc/records/stop-rule.ts";
import { conditionsOfStudy } from "./conditions.ts";
import { makeObservers, type ObserverPlan, observerPlan } from "./observers.ts";

export type SampleSection = NonNullable<Study["sample"]>;

/** Everything about the grid that can be wrong, checked before anything runs. */
export function gridOfStudy(study: Study, expansion: ClusterExpansion): GridPoint[] {
  const section = sampleSection(study);
  const { lattice } = expansion;
  const charges = study.lattice?.charges;
  const groups = exchangeGroups(lattice, section.exchange);
  const weights = section.moves && moveWeights(section.moves);
  checkEngine(section);
  if (section.method === "tempering" && section.temperatures_K.length < 2)
    throw studyError("sample.temperatures_K", "parallel tempering needs at least two temperatures");
  checkLabels(section);
  checkGas(section);
  refuseTooMany(section);
  for (const { ensemble } of conditionsOfStudy(section))
    checkEnsemble(ensemble(section.temperatures_K[0]), weights, lattice, groups, charges);
  return expandGrid(lattice, {
    temperatures_K: section.temperatures_K,
    conditions: conditionsOfStudy(section),
    supercells: section.supercells,
    replicas: section.replicas,
    exchange: section.exchange,
    charges,
  });
}

/** @throws {EcitonError} "study" for rejection-free steps where there is no engine for them */
function checkEngine({ engine, method, ensemble, moves }: SampleSection): void {
  if (engine !== "nfold") return;
  if (method !== "metropolis" && method !== "anneal")
    throw studyError(
      "sample.engine",
      `nfold works with method: metropolis or anneal, but the method is ${method}; take auto`,
    );
  if (ensemble !== "canonical" || (moves?.neighbour_swap ?? 0) > 0)
    throw studyError(
      "sample.engine",
      "nfold skips the rejections of swaps over any distance in the canonical ensemble only; take auto",
    );
}

/** @throws {EcitonError} "study" for two conditions that tables and figures would not tell apart */
function checkLabels(section: SampleSection): void {
  const labels = conditionsOfStudy(section).map(({ label }) => label);
  const twice = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (twice < 0) return;
  throw studyError(
    `sample.${conditionList(section)}[${twice}]`,
    `it reads "${labels[twice]}", as entry ${labels.indexOf(labels[twice]) + 1} of the list does, and results could not be told ` +
      `apart; ${section.ensemble === "reservoir" ? "leave one out" : "leave one out, or give each a label of its own"}`,
  );
}

function conditionList({ ensemble, reservoir }: SampleSection): string {
  switch (ensemble) {
    case "canonical":
      return "compositions";
    case "semi-grand":
      return "chemical_potentials";
    case "variance-constrained":
      return "variance_constraint.phi";
    case "reservoir":
      return `reservoir.${reservoir!.delta_mu_eV ? "delta_mu_eV" : "oxygen_pressures_bar"}`;
    default:
      throw ensemble satisfies never;
  }
}

/** @throws {EcitonError} "study" for a temperature at which the chemical potential of the gas is not known */
function checkGas({ reservoir, temperatures_K }: SampleSection): void {
  if (!reservoir?.oxygen_pressures_bar) return;
  const { from, to } = OXYGEN_RANGE_K;
  temperatures_K.forEach((temperature, t) => {
    if (temperature < from || temperature > to)
      throw studyError(
        `sample.temperatures_K[${t}]`,
        `the chemical potential of oxygen is known from ${from} to ${to} K, found ${temperature} K; give delta_mu_eV instead of a pressure`,
      );
  });
}

/** Every task is an entry of tables and a file while it runs. */
const MOST_TASKS = 1_000_000;

/** @throws {EcitonError} "study" before lists of so many entries are made */
function refuseTooMany(section: SampleSection): void {
  const { method, supercells, temperatures_K, replicas } = section;
  const each = method === "anneal" ? annealPlan(section).restarts : replicas;
  const temperatures = method === "anneal" || method === "wang-landau" ? 1 : temperatures_K.length;
  const conditions = conditionsOfStudy(section).length;
  const tasks = supercells.length * conditions * temperatures * each;
  if (tasks > MOST_TASKS)
    throw studyError(
      method === "anneal" ? "sample.anneal.restarts" : "sample.replicas",
      `cells, conditions, ${temperatures > 1 ? "temperatures, " : ""}and these ${each} make ${tasks} chains; at most ${MOST_TASKS} are possible in a study`,
    );
}

export function sampleSection(study: Study): SampleSection {
  if (!study.sample)
    throw studyError("sample", "this command needs the section sample (temperatures_K, ...)");
  return study.sample;
}

/**
 * What is to be measured, checked on every supercell before anything runs.
 * @param files users' modules
 * @throws {EcitonError} "study", "data" or "usage" for what cannot be measured or is not measured but waited for
 */
export async function checkedObservers(
  study: Study,
  lattice: ParentLattice,
  files: readonly string[],
): Promise<ObserverPlan> {
  const section = sampleSection(study);
  const { method } = section;
  if (files.length > 0 && (method === "anneal" || method === "wang-landau"))
    throw new EcitonError(
      "usage",
      `--observer: method: ${method} averages energies alone; method: metropolis or tempering measures with modules`,
    );
  const plan = observerPlan(study, files);
  for (const matrix of section.supercells) {
    const { series } = await makeObservers(plan, new Supercell(lattice, matrix));
    if (section.until)
      columnOf(
        section.until,
        series.flatMap(({ columns }) => columns),
      );
  }
  return plan;
}

/** A cell and condition of methods that know no single temperature. */
export interface AthermalState {
  readonly supercell: readonly number[];
  readonly supercellIndex: number;
  readonly conditionLabel: string;
  readonly composition: Composition;
  readonly ensemble: Ensemble;
}

/**
 * The states that annealing and Wang-Landau sampling look at: the grid without its temperatures.
 * @throws {EcitonError} "study" for a pressure, whose chemical potential is another one at each temperature
 */
export function athermalStates(study: Study, expansion: ClusterExpansion): AthermalState[] {
  const section = sampleSection(study);
  if (section.reservoir?.oxygen_pressures_bar)
    throw studyError(
      "sample.reservoir.oxygen_pressures_bar",
      `with method: ${section.method} give delta_mu_eV: at one pressure each temperature has another chemical potential`,
    );
  refuseTooMany(section);
  const conditions = conditionsOfStudy(section);
  return gridOfStudy({ ...study, sample: { ...section, temperatures_K: [1], replicas: 1 } }, expansion).map(
    ({ supercell, supercellIndex, conditionIndex, composition, ensemble }) => ({
      supercell,
      supercellIndex,
      conditionLabel: conditions[conditionIndex].label,
      composition,
      ensemble,
    }),
  );
}

/** From where to where annealing cools, and how often. */
export function annealPlan({ anneal }: SampleSection) {
  return anneal ?? usualAnneal;
}

/** How many tasks a study asks for, everything about them checked. */
export function countTasks(study: Study, expansion: ClusterExpansion): number {
  const section = sampleSection(study);
  switch (section.method) {
    case "metropolis":
    case "tempering":
      return gridOfStudy(study, expansion).length;
    case "wang-landau":
      return athermalStates(study, expansion).length * section.replicas;
    case "anneal":
      return athermalStates(study, expansion).length * annealPlan(section).restarts;
    default:
      throw section.method satisfies never;
  }
}

/** What every task on one supercell is told. */
export interface SystemPart {
  readonly expansion: ExpansionRecord;
  readonly supercell: readonly number[];
  readonly shared?: SharedModel;
  readonly exchange?: Readonly<Record<string, readonly string[]>>;
  readonly moves?: MoveWeights;
  readonly layers: readonly string[];
}

/** @returns one for each supercell of the study; tables are compiled once for all tasks of this process */
export function systemParts(study: Study, expansion: ClusterExpansion, executor: Executor): SystemPart[] {
  const section = sampleSection(study);
  const record = expansionRecord(expansion);
  const groups = exchangeGroups(expansion.lattice, section.exchange);
  return section.supercells.map((matrix) => {
    const supercell = new Supercell(expansion.lattice, matrix);
    return {
      expansion: record,
      supercell: matrix,
      ...(executor.sharesMemory ? { shared: compileSharedModel(expansion, supercell) } : {}),
      ...(section.exchange ? { exchange: section.exchange } : {}),
      ...(section.moves ? { moves: moveWeights(section.moves) } : {}),
      layers: layerNames(groups, supercell),
    };
  });
}

function moveWeights({
  neighbour_swap,
  neighbour_cutoff_A,
  ...rest
}: NonNullable<SampleSection["moves"]>): MoveWeights {
  return {
    ...rest,
    ...(neighbour_swap === undefined ? {} : { neighbourSwap: neighbour_swap }),
    ...(neighbour_cutoff_A === undefined ? {} : { neighbourCutoff: neighbour_cutoff_A }),
  };
}

/** A user's module is measured where the study itself observes nothing, too. */
export function measurementsOf({ observe }: SampleSection, { modules }: ObserverPlan): number {
  return observe?.measurements ?? (modules.length > 0 ? USUAL_MEASUREMENTS : 0);
}
