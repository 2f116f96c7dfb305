/** What a study says of its potential, and where its files may lie. */
import type { Study } from "../../data/study/schema.ts";

export type StudyPotential = NonNullable<NonNullable<Study["model"]>["potential"]>;

/** The study, with the folders that potentials may lie in. */
export interface PotentialPlace {
  readonly study: Study;
  /** Paths in the study start from here. */
  readonly folder: string;
  /** Folder of the results, where `eciton train` leaves its potential. */
  readonly outDir: string;
}
