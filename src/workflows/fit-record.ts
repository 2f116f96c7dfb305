/** The model file of a fit. */

import type { Study } from "../data/study/schema.ts";
import { mappingOptions, type TrainingData } from "./configurations.ts";
import type { FitResult } from "./fit.ts";
import type { FitRecord, ModelFile } from "./model-file.ts";
import type { Provenance } from "./provenance.ts";
import { readableDependencies } from "./readable-dependencies.ts";
import { finalErrors, methodText } from "./report-fit.ts";

export function modelOfFit(
  study: Study,
  data: TrainingData,
  fit: FitResult,
  provenance: Provenance,
): ModelFile {
  const { trainingSizes, cvSizes } = finalErrors(fit);
  const { relations, determined, summary } = readableDependencies(fit.dependencies);
  const record: FitRecord = {
    method: methodText(study, fit),
    configurations: data.configurations.length,
    errors: {
      rmse: trainingSizes.rmse,
      mae: trainingSizes.mae,
      max: trainingSizes.max,
      cv_rmse: cvSizes.rmse,
      cv_mae: cvSizes.mae,
      cv_max: cvSizes.max,
    },
    errorUnit: fit.setup.errorUnit,
    uncertainties: (fit.intervals?.coefficients ?? []).map(({ column, interval }) => ({
      label: fit.setup.orbits[column].label,
      standardError_eV: interval.standardError,
      interval_eV: [interval.low, interval.high],
    })),
    dependencies: [...relations.map(({ text }) => text), ...(summary === null ? [] : [summary])],
    determined: determined.map(({ text, terms }, i) => ({
      combination: text,
      value_eV: terms.reduce((sum, { column, factor }) => sum + factor * fit.coefficients[column], 0),
      standardError_eV: fit.intervals?.combinations[i]?.standardError ?? null,
    })),
    gauge: study.fit?.gauge ? "values given by the study" : "minimum norm",
    aliases: fit.path.aliases
      .filter(({ of }) => fit.kept.includes(of))
      .map(({ column, of, factor }) => ({
        kept: fit.setup.orbits[of].label,
        merged: fit.setup.orbits[column].label,
        factor,
      })),
    unsampledClusters: fit.path.unsampled.length,
  };
  return {
    expansion: fit.expansion,
    charges: study.lattice?.charges ?? null,
    mapping: mappingOptions(study.data?.structures?.mapping ?? {}, study),
    energies: { per: study.data?.energy_per ?? "configuration", reference: study.data?.reference ?? null },
    fit: record,
    provenance,
  };
}
