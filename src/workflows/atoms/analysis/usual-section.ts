/** Defaults of the section `analysis`. */
import { studySchema } from "../../../data/study/schema.ts";
import { type AnalysisSection, measurements } from "./settings.ts";

/** The section with every measurement, and every default of it. */
export function fullSection(): AnalysisSection {
  const all = Object.fromEntries(measurements.map((name) => [name, {}]));
  return studySchema().parse({ name: "usual", analysis: all }).analysis!;
}
