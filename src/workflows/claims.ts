/** Statements of a study, held against the sampled states. */
import { join } from "node:path";
import { studyError } from "../core/errors.ts";
import type { Study } from "../data/study/schema.ts";
import { writeFileAtomic } from "../exec/atomic-file.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import { exchangeGroups } from "../mc/exchange-groups.ts";
import type { ValueWithError } from "../mc/records/chain-summary.ts";
import { LayerCounter, layerNames } from "../mc/records/layer-counts.ts";
import { toCsv } from "../report/csv.ts";
import type { Claim, ClaimOutcome, ClaimSummary } from "../report/sampling-model.ts";
import { conditionsOfStudy } from "./conditions.ts";
import { makeObservers, type ObserverPlan } from "./observers.ts";
import { layerSpecies, type SampledState } from "./sample-states.ts";

type Claims = NonNullable<NonNullable<Study["report"]>["claims"]>;
type Statement = Claims["statements"][number];

/** A difference smaller than so many standard errors does not tell. */
const TELLING_ERRORS = 2;

/**
 * Whether every statement is about something that will be measured: who finds out after a long run has no report of it.
 * @throws {EcitonError} "study" naming the entry
 */
export async function checkClaims(
  study: Study,
  lattice: ParentLattice,
  observers: ObserverPlan,
): Promise<void> {
  const claims = study.report?.claims;
  if (!claims) return;
  if (!study.sample) throw studyError("report.claims", "nothing is sampled: the section sample is missing");
  const labels = new Set(conditionsOfStudy(study.sample).map(({ label }) => label));
  const groups = exchangeGroups(lattice, study.sample.exchange);
  const cell = new Supercell(lattice, [1, 1, 1]);
  const { rows } = new LayerCounter(cell, groups, null, layerNames(groups, cell));
  const layers = rows.map((row) => ({ species: layerSpecies(row, rows), layer: row.layer }));
  const { series } = await makeObservers(observers, new Supercell(lattice, study.sample.supercells[0]));
  const columns = series.flatMap((observer) => observer.columns.map(({ name }) => name));
  claims.statements.forEach((statement, i) => {
    const { where, quantity, species, layer, above_layer, observation } = statement;
    const path = `report.claims.statements[${i}]`;
    for (const name of [layer, above_layer])
      if (name !== undefined && !layers.some((row) => row.species === species && row.layer === name))
        throw noSuchLayer(path, quantity, species, name, layers);
    if (observation !== undefined && !columns.includes(observation))
      throw noSuchObservation(path, observation, columns);
    where.conditions?.forEach((label, k) => {
      if (!labels.has(label))
        throw studyError(
          `${path}.where.conditions[${k}]`,
          `no condition is called "${label}"; there are ${[...labels].join(", ")}`,
        );
    });
  });
}

function noSuchLayer(
  path: string,
  quantity: string,
  species: string | undefined,
  layer: string | undefined,
  rows: readonly { readonly species: string; readonly layer: string }[],
) {
  return studyError(
    path,
    `there is no ${quantity} of ${species} in ${layer}; there are ${rows.map((l) => `${l.species} in ${l.layer}`).join(", ")}`,
  );
}

function noSuchObservation(path: string, name: string | undefined, columns: readonly string[]) {
  return studyError(
    `${path}.observation`,
    `nothing was observed under the name "${name}"; there are ${columns.join(", ") || "no observations"}`,
  );
}

export function claimSummary(study: Study, states: readonly SampledState[]): ClaimSummary | null {
  const claims = study.report?.claims;
  if (!claims) return null;
  return {
    source: claims.source,
    claims: claims.statements.map((statement, i) =>
      judge(statement, states, `report.claims.statements[${i}]`),
    ),
  };
}

/** claims.csv: every state of every statement. */
export function writeClaims({ claims }: ClaimSummary, outDir: string): void {
  const columns = ["statement", "demanded", "state", "value", "error", "against", "against_error", "outcome"];
  const rows = claims.flatMap(({ text, relation, measured }) =>
    measured.map((m) => [
      text,
      relation,
      m.state,
      m.value.mean,
      m.value.error,
      m.against?.mean,
      m.against?.error,
      m.outcome,
    ]),
  );
  writeFileAtomic(join(outDir, "claims.csv"), toCsv("claims.csv", columns, rows));
}

function judge(statement: Statement, states: readonly SampledState[], path: string): Claim {
  const chosen = states.filter((state) => isMeant(statement.where, state));
  const silent: string[] = [];
  const measured = chosen.flatMap((state): Claim["measured"] => {
    const value = measuredValue(statement, statement.layer, state, path);
    const name = `${state.conditionLabel}, ${state.temperature_K} K, ${state.supercellText}${state.equilibrated ? "" : " (not settled)"}`;
    const other =
      statement.above_layer === undefined
        ? undefined
        : measuredValue(statement, statement.above_layer, state, path);
    if (value === null || other === null) {
      silent.push(name);
      return [];
    }
    if (other) {
      const difference = {
        state: name,
        name: `${statement.quantity} in ${statement.layer}`,
        value: estimate(value),
        against: { ...estimate(other), name: `${statement.quantity} in ${statement.above_layer}` },
        // Layers share the same atoms, so their errors may add up fully.
        outcome: trusted(state, compare(value.value - other.value, value.error + other.error)),
      };
      return [difference];
    }
    const limits = [
      ...(statement.above === undefined ? [] : [value.value - statement.above]),
      ...(statement.below === undefined ? [] : [statement.below - value.value]),
      ...(statement.between ? [value.value - statement.between[0], statement.between[1] - value.value] : []),
    ];
    const outcome = trusted(state, compare(Math.min(...limits), value.error));
    return [{ state: name, value: estimate(value), outcome }];
  });
  const notes = [
    ...(statement.note === undefined ? [] : [statement.note]),
    ...(chosen.length === 0 ? ["No state of this study is meant."] : []),
    ...(silent.length === 0 ? [] : [`Not measured: ${silent.join("; ")}.`]),
  ];
  return {
    text: statement.text,
    relation: relationOf(statement),
    outcome: overall([...measured.map((m) => m.outcome), ...silent.map(() => "open" as const)]),
    measured,
    ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
  };
}

function isMeant(where: Statement["where"], state: SampledState): boolean {
  return (
    (where.conditions?.includes(state.conditionLabel) ?? true) &&
    state.temperature_K >= (where.from_K ?? 0) &&
    state.temperature_K <= (where.to_K ?? Number.POSITIVE_INFINITY) &&
    (where.supercells?.some((matrix) => matrix.join() === state.supercell.join()) ?? true)
  );
}

/**
 * @returns null where a state has no such number: the share of a species that it never held, or observations of a chain
 *   that had nothing left after its equilibration
 * @throws {EcitonError} "study" for a layer, species or observation that is none of the study's
 */
function measuredValue(
  { quantity, species, observation }: Statement,
  layer: string | undefined,
  state: SampledState,
  path: string,
): ValueWithError | null {
  switch (quantity) {
    case "energy_eV_per_cell":
      return {
        value: state.energy_eV.value / state.numCells,
        error: state.energy_eV.error / state.numCells,
      };
    case "observation": {
      if (state.observations.length === 0) return null;
      const found = state.observations.find(({ name }) => name === observation);
      if (!found)
        throw noSuchObservation(
          path,
          observation,
          state.observations.map(({ name }) => name),
        );
      return found;
    }
    case "share":
    case "occupancy": {
      const row = state.layers.find((l) => l.species === species && l.layer === layer);
      if (!row) throw noSuchLayer(path, quantity, species, layer, state.layers);
      return row[quantity];
    }
    default:
      throw quantity satisfies never;
  }
}

function estimate({ value, error }: ValueWithError) {
  return { mean: value, error };
}

/** @param margin how far on the right side, negative on the wrong one */
function compare(margin: number, error: number): ClaimOutcome {
  if (margin > TELLING_ERRORS * error) return "holds";
  return margin < -TELLING_ERRORS * error ? "fails" : "open";
}

/** Averages and error bars of a chain that has not settled tell nothing. */
function trusted({ equilibrated }: SampledState, outcome: ClaimOutcome): ClaimOutcome {
  return equilibrated ? outcome : "open";
}

function overall(outcomes: readonly ClaimOutcome[]): ClaimOutcome {
  if (outcomes.includes("fails")) return "fails";
  return outcomes.length === 0 || outcomes.includes("open") ? "open" : "holds";
}

function relationOf(s: Statement): string {
  const subject =
    s.quantity === "observation"
      ? s.observation
      : s.layer === undefined
        ? s.quantity
        : `${s.quantity} of ${s.species} in ${s.layer}`;
  if (s.above !== undefined) return `${subject} > ${s.above}`;
  if (s.below !== undefined) return `${subject} < ${s.below}`;
  if (s.between) return `${s.between[0]} < ${subject} < ${s.between[1]}`;
  return `${subject} > ${s.quantity} in ${s.above_layer}`;
}
