/** Names of the tables of an analysis of atoms. */

/** In this order; each is written if it has rows. */
export const curveTables = [
  "bonds",
  "bond-lengths",
  "coordination",
  "coordination-means",
  "rdf",
  "angles",
  "angle-means",
  "cna",
  "cna-signatures",
  "layers",
  "segregation",
  "profile",
  "msd",
  "diffusion",
  "lindemann",
  "vacf",
  "spectrum",
] as const;

/** All that an analysis may write, without the endings of formats. */
export const atomTableNames = [
  ...curveTables,
  "point-groups",
  "rmsd",
  "equivalence",
  "caloric",
  "soap-map",
  "coverage",
] as const;
