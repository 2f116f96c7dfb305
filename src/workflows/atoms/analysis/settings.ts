/** Which measurements are taken, where the section `analysis` names them and where it does not. */
import type { Study } from "../../../data/study/schema.ts";

export type AnalysisSection = NonNullable<Study["analysis"]>;

export const measurements = [
  "bonds",
  "coordination",
  "rdf",
  "angles",
  "cna",
  "shells",
  "point_group",
  "rmsd",
  "equivalence",
  "msd",
  "lindemann",
  "velocity_autocorrelation",
  "caloric",
  "soap",
] as const;
export type Measurement = (typeof measurements)[number];

/** Measurements of which each file must have what they need. */
export const motions = ["msd", "lindemann", "velocity_autocorrelation"] as const satisfies Measurement[];

/** Those that a section names; none where it leaves the choice. */
export function namedMeasurements(section: AnalysisSection | null): Measurement[] {
  return section === null ? [] : measurements.filter((name) => section[name] !== undefined);
}

/** The section with only these measurements. */
export function sectionWith(section: AnalysisSection, names: readonly Measurement[]): AnalysisSection {
  const { frames, bonded } = section;
  return { frames, bonded, ...Object.fromEntries(names.map((name) => [name, section[name]])) };
}
