/** Statements of a study, held against the sampled states. */
import { studyError } from "../core/errors.ts";
import type { Study } from "../data/study/schema.ts";
import type { ValueWithError } from "../mc/chain-summary.ts";
import type { Claim, ClaimOutcome, ClaimSummary } from "../report/sampling-model.ts";
import { conditionsOfStudy } from "./conditions.ts";
import type { SampledState } from "./sample-states.ts";

type Claims = NonNullable<NonNullable<Study["report"]>["claims"]>;
type Statement = Claims["statements"][number];

/** A difference smaller than so many standard errors does not tell. */
const TELLING_ERRORS = 2;

/**
 * What can be known of the claims before anything runs.
 * @throws {EcitonError} "study" naming the entry
 */
export function checkClaims(study: Study): void {
  const claims = study.report?.claims;
  if (!claims) return;
  if (!study.sample) throw studyError("report.claims", "nothing is sampled: the section sample is missing");
  const labels = new Set(conditionsOfStudy(study.sample).map(({ label }) => label));
  claims.statements.forEach(({ where }, i) => {
    where.conditions?.forEach((label, k) => {
      if (!labels.has(label))
        throw studyError(
          `report.claims.statements[${i}].where.conditions[${k}]`,
          `no condition is called "${label}"; there are ${[...labels].join(", ")}`,
        );
    });
  });
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

function judge(statement: Statement, states: readonly SampledState[], path: string): Claim {
  const chosen = states.filter((state) => isMeant(statement.where, state));
  const measured = chosen.map((state): Claim["measured"][number] => {
    const value = measuredValue(statement, statement.layer, state, path);
    const name = `${state.conditionLabel}, ${state.temperature_K} K, ${state.supercellText}${state.equilibrated ? "" : " (not settled)"}`;
    if (statement.above_layer !== undefined) {
      const other = measuredValue(statement, statement.above_layer, state, path);
      return {
        state: name,
        name: `${statement.quantity} in ${statement.layer}`,
        value: estimate(value),
        against: { ...estimate(other), name: `${statement.quantity} in ${statement.above_layer}` },
        // Layers share the same atoms, so their errors may add up fully.
        outcome: compare(value.value - other.value, value.error + other.error),
      };
    }
    const limits = [
      ...(statement.above === undefined ? [] : [value.value - statement.above]),
      ...(statement.below === undefined ? [] : [statement.below - value.value]),
      ...(statement.between ? [value.value - statement.between[0], statement.between[1] - value.value] : []),
    ];
    const outcome = compare(Math.min(...limits), value.error);
    return { state: name, value: estimate(value), outcome };
  });
  return {
    text: statement.text,
    relation: relationOf(statement),
    outcome: overall(measured.map((m) => m.outcome)),
    measured,
    ...(statement.note === undefined ? {} : { note: statement.note }),
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

/** @throws {EcitonError} "study" for a layer, species or observation that was not measured */
function measuredValue(
  { quantity, species, observation }: Statement,
  layer: string | undefined,
  state: SampledState,
  path: string,
): ValueWithError {
  switch (quantity) {
    case "energy_eV_per_cell":
      return {
        value: state.energy_eV.value / state.numCells,
        error: state.energy_eV.error / state.numCells,
      };
    case "observation": {
      const found = state.observations.find(({ name }) => name === observation);
      if (!found)
        throw studyError(
          `${path}.observation`,
          `nothing was observed under the name "${observation}"; there are ${state.observations.map(({ name }) => name).join(", ") || "no observations"}`,
        );
      return found;
    }
    case "share":
    case "occupancy": {
      const row = state.layers.find((l) => l.species === species && l.layer === layer);
      const value = row?.[quantity];
      if (!value)
        throw studyError(
          path,
          `there is no ${quantity} of ${species} in ${layer}; there are ${state.layers.map((l) => `${l.species} in ${l.layer}`).join(", ")}`,
        );
      return value;
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
