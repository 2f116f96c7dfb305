/** Formats of structures by the names that studies and the command line give them. */
export const structureFormats = [
  "poscar",
  "extxyz",
  "cif",
  "vasprun",
  "outcar",
  "lammps-dump",
  "n2p2",
  "cp2k",
] as const;
export type StructureFormat = (typeof structureFormats)[number];
