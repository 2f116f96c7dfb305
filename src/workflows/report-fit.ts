/** The parts of the report on data and fit. */
import type { ClusterExpansion } from "../clusters/expansion.ts";
import { speciesCounts } from "../data/configuration.ts";
import type { Study } from "../data/study/schema.ts";
import { predictRows } from "../fitting/problem.ts";
import type { DataSummary, EciRow, ErrorRow, FitSummary, StructureLine } from "../report/model.ts";
import { fixed } from "../report/numbers.ts";
import type { TrainingData } from "./configurations.ts";
import { type FitResult, schemeText } from "./fit.ts";
import { cvCurve, errorsAt, type ModelErrors, refitErrors } from "./fit-errors.ts";
import { formationHull } from "./formation-hull.ts";
import { readableDependencies } from "./readable-dependencies.ts";

export function dataSummary(study: Study, data: TrainingData): DataSummary {
  const rejected = data.mapping.filter((result) => !result.accepted).length;
  return {
    source: data.source,
    ...(data.synthetic === null ? {} : { syntheticNotice: data.synthetic }),
    accepted: data.configurations.length,
    rejected,
    structures: data.mapping.map(
      ({ report, ...result }): StructureLine => ({
        name: report.id,
        ...(result.accepted ? {} : { rejection: `${result.code}: ${result.reason}` }),
        displacementMax_A: report.largestDisplacement_A ?? undefined,
        displacementMean_A: report.meanDisplacement_A ?? undefined,
        strain: report.strain?.shape,
        charge: report.charge ?? undefined,
        note: [
          ...(report.strain ? [`volume × ${report.strain.volumeRatio.toFixed(3)}`] : []),
          ...report.notes,
        ].join("; "),
      }),
    ),
    coverage: coverage(study, data),
  };
}

/** Number of configurations at each composition of the species that are not background. */
function coverage(study: Study, data: TrainingData): DataSummary["coverage"] {
  const hull = study.fit?.hull?.species;
  const backgrounds = new Set(study.lattice?.sites.map((site) => site.species[0]));
  const first = data.configurations[0].supercell.lattice.sites.flatMap((site) => site.species);
  const species = hull ?? first.find((name) => !backgrounds.has(name));
  if (species === undefined) return undefined;
  const bins = new Map<number, number>();
  for (const configuration of data.configurations) {
    const perCell = (speciesCounts(configuration).get(species) ?? 0) / configuration.supercell.numCells;
    const bin = Math.round(perCell * 16) / 16;
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return {
    label: `${species} per cell (nearest 1/16)`,
    bins: [...bins].sort((a, b) => a[0] - b[0]).map(([bin, count]) => ({ label: String(bin), count })),
  };
}

/** @param known the model behind a synthetic table, to compare with */
export function fitSummary(
  study: Study,
  data: TrainingData,
  fit: FitResult,
  known: ClusterExpansion | null,
): FitSummary {
  const section = study.fit!;
  const { setup, cv, path } = fit;
  const final = finalErrors(fit);
  const curve = cvCurve(fit);
  const positive = cv.path.values.every((value) => value > 0);
  const { problem, normaliser, errorScale } = setup;
  const total = predictRows(problem, fit.coefficients).map((e, i) => e * normaliser[i]);
  return {
    method: methodText(study, fit) + missedTerms(fit, known),
    energyUnit: setup.errorUnit,
    eciUnit: "eV",
    ...(positive && cv.path.values.length > 1
      ? {
          path: {
            points: Array.from(cv.path.values, (lambda, k) => ({
              lambda,
              cvRmse: curve[k].rmse,
              standardError: curve[k].standardError,
              nonZero: path.fits[k].selected.length,
            })),
            minimum: cv.minimum,
            oneStandardError: cv.oneStandardError,
            ...(cv.path.name === "lambda" ? {} : { symbol: cv.path.name }),
            ...penaltyUnit(study.fit!),
          },
        }
      : {}),
    parity: data.configurations.flatMap((configuration, i) => {
      if (errorScale[i] === 0) return [];
      const reference = problem.y[i] * errorScale[i];
      const left = final.cv.get(i);
      return [
        {
          name: configuration.id,
          reference,
          training: reference - final.training[i] * errorScale[i],
          ...(left === undefined ? {} : { cv: reference - left * errorScale[i] }),
        },
      ];
    }),
    errors: errorRows(methodNames[section.method], fit),
    ecis: eciRows(study, fit, known),
    unsampled: path.unsampled.map((j) => ({
      label: setup.orbits[j].label,
      points: setup.orbits[j].size,
      diameter_A: setup.orbits[j].diameter,
    })),
    ...(fit.refit ? { errorsByTerms: termTable(study, fit) } : {}),
    dependencies: dependencyLines(study, fit),
    aliases: aliasGroups(fit),
    ...(section.hull ? { hull: formationHull(section.hull.species, data.configurations, total) } : {}),
  };
}

/** The methods as people write them. */
const methodNames: Readonly<Record<NonNullable<Study["fit"]>["method"], string>> = {
  lasso: "LASSO",
  "adaptive-lasso": "Adaptive LASSO",
  "elastic-net": "Elastic net",
  ridge: "Ridge regression",
  ard: "Automatic relevance determination (ARD)",
  "orthogonal-matching-pursuit": "Orthogonal matching pursuit",
  "recursive-elimination": "Recursive feature elimination",
  "ordinary-least-squares": "Ordinary least squares",
};

/**
 * In (1/2n) Σ (y - Σ x β)² + λ Σ |β| the unit of λ is that of y²/β: y is an energy for each `per`, β one of an instance,
 * or an energy for each `per` too where columns are scaled. Other penalties mix units.
 */
function penaltyUnit({ method, per, standardise }: NonNullable<Study["fit"]>): { lambdaUnit?: string } {
  if (method !== "lasso") return {};
  if (per === "configuration") return { lambdaUnit: "eV" };
  return { lambdaUnit: standardise ? `eV per ${per}` : `eV per ${per}²` };
}

export function methodText(study: Study, fit: FitResult): string {
  const section = study.fit!;
  const { path, value } = { path: fit.cv.path, value: fit.cv.path.values[fit.chosen] };
  const choice = section.choice === "minimum" ? "at the minimum" : "by the one-standard-error rule";
  const hyper =
    path.name === "none"
      ? ""
      : ` (${path.name === "lambda" ? "λ" : path.name} = ${Number(value.toPrecision(4))}, ${choice})`;
  const second = fit.refit
    ? `, then least squares on the ${fit.refit.kept.length} dominant clusters (${fit.refit.chosenBy.replaceAll("-", " ")}); ` +
      (fit.refit.reselected
        ? "its cross-validation selects the clusters anew for each structure left out"
        : "its cross-validation keeps the clusters that all structures selected, so it is a little optimistic")
    : "";
  return `${methodNames[section.method]} with ${schemeText(section)}${hyper}${second}.`;
}

/** Known terms that the fit did not keep: a table of kept terms alone would hide them. */
function missedTerms(fit: FitResult, known: ClusterExpansion | null): string {
  const kept = new Set(fit.kept.map((j) => fit.setup.orbits[j].label));
  const missed = (known?.terms ?? []).filter((term) => !kept.has(term.label));
  if (missed.length === 0) return "";
  const names = missed.map((term) => `${term.label} (${fixed(term.coefficient, 4)} eV)`);
  return ` Terms of the model behind the table that the fit did not keep: ${names.join(", ")}.`;
}

/** Errors of the model that the study ends with. */
export function finalErrors(fit: FitResult): ModelErrors {
  return fit.refit ? refitErrors(fit) : errorsAt(fit, fit.chosen);
}

function errorRows(method: string, fit: FitResult): ErrorRow[] {
  const row = (model: string, terms: number, errors: ModelErrors): ErrorRow => ({
    model,
    terms,
    ...errors.trainingSizes,
    cvRmse: errors.cvSizes.rmse,
    cvMae: errors.cvSizes.mae,
    cvMax: errors.cvSizes.max,
  });
  const free = fit.setup.problem.unpenalised.filter(Boolean).length;
  const at = (k: number) => free + fit.path.fits[k].selected.length;
  const rows = [row(`${method}, minimum of CV`, at(fit.cv.minimum), errorsAt(fit, fit.cv.minimum))];
  if (fit.cv.oneStandardError !== fit.cv.minimum)
    rows.push(
      row(
        `${method}, one standard error`,
        at(fit.cv.oneStandardError),
        errorsAt(fit, fit.cv.oneStandardError),
      ),
    );
  if (fit.refit) rows.push(row(`least squares after ${method}`, fit.kept.length, refitErrors(fit)));
  return rows;
}

function eciRows(study: Study, fit: FitResult, known: ClusterExpansion | null): EciRow[] {
  const notes = new Map(study.model?.terms?.map((term) => [term.label, term]));
  return fit.kept.map((j): EciRow => {
    const orbit = fit.setup.orbits[j];
    const found = fit.intervals?.coefficients.find(({ column }) => column === j)?.interval;
    const reference = known?.terms.find((term) => term.label === orbit.label)?.coefficient;
    const remarks = [
      ...(found && !found.determined ? ["not determined by the data alone"] : []),
      ...(known && notes.get(orbit.label)?.assumed ? ["assumed in the underlying model"] : []),
    ];
    return {
      label: orbit.label,
      points: orbit.size,
      diameter_A: orbit.diameter,
      multiplicity: orbit.instances.length,
      value: fit.coefficients[j],
      standardError: found?.standardError,
      // Without a refit the intervals belong to least squares on the same terms, not to the shrunken values.
      ...(found && fit.refit ? { interval: [found.low, found.high] as const } : {}),
      ...(known ? { known: reference ?? 0 } : {}),
      ...(remarks.length > 0 ? { note: remarks.join("; ") } : {}),
    };
  });
}

function termTable(study: Study, fit: FitResult): FitSummary["errorsByTerms"] {
  return {
    // The refit's own errors are in the unit of the fit; that of the report differs by a factor for each row.
    energyUnit: `eV per ${study.fit!.per}`,
    rows: fit.refit!.table.map((row) => ({
      terms: row.kept,
      rmse: row.rmse,
      mae: row.mae,
      max: row.maxError,
      cvRmse: row.reselected?.rmse ?? row.cvRmse,
      cvMae: row.reselected?.mae ?? row.cvMae,
      cvMax: row.reselected?.maxError ?? row.cvMaxError,
    })),
    chosen: fit.refit!.kept.length,
  };
}

function dependencyLines(study: Study, fit: FitResult): FitSummary["dependencies"] {
  const { relations, determined, summary } = readableDependencies(fit.dependencies);
  const choice = study.fit?.gauge
    ? "the study fixes the choice"
    : "of all equally good values those of least norm are given";
  const lines = relations.map(({ text }) => ({
    relation: text,
    consequence: `these terms are fixed only up to this relation; ${choice}`,
  }));
  if (summary !== null) lines.push({ relation: summary, consequence: "" });
  const values = determined.map(({ text, terms }, i) => {
    const value = terms.reduce((sum, { column, factor }) => sum + factor * fit.coefficients[column], 0);
    const error = fit.intervals?.combinations[i]?.standardError;
    return {
      relation: text,
      consequence: `determined by the data: ${fixed(value, 4)}${error === undefined ? "" : ` ± ${fixed(error, 4)}`} eV`,
    };
  });
  return [...lines, ...values];
}

function aliasGroups(fit: FitResult): FitSummary["aliases"] {
  const groups = new Map<number, number[]>();
  for (const { column, of } of fit.path.aliases) groups.set(of, [...(groups.get(of) ?? []), column]);
  const name = (j: number) => fit.setup.orbits[j].label;
  return [...groups].map(([kept, merged]) => ({ kept: name(kept), merged: merged.map(name) }));
}
