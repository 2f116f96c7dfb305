/** One door to all structure formats. */
import { basename } from "node:path";
import { EcitonError } from "../../core/errors.ts";
import { readTextFile } from "../read-text.ts";
import type { Dataset } from "../structure.ts";
import { type CifOptions, readCif } from "./cif.ts";
import { readCp2k } from "./cp2k.ts";
import { type ExtxyzOptions, readExtxyz } from "./extxyz.ts";
import { type StructureFormat, structureFormats } from "./format-names.ts";
import { type LammpsOptions, readLammpsDump } from "./lammps-dump.ts";
import { type N2p2Options, readN2p2Data } from "./n2p2-data.ts";
import { readOutcar } from "./outcar.ts";
import { type PoscarOptions, readPoscar } from "./poscar.ts";
import { readVasprun } from "./vasprun.ts";

/** Options of every format; each reader takes its own. */
export interface ReadOptions extends PoscarOptions, ExtxyzOptions, CifOptions, Omit<LammpsOptions, "units"> {
  /** Of files that do not tell them: LAMMPS's name for those of dumps, or length and energy for those of n2p2. */
  readonly units?: LammpsOptions["units"] | N2p2Options["units"];
  /** Told from the file's name if it is not given. */
  readonly format?: StructureFormat;
}

/**
 * Structures of a file, which may be gzipped.
 * @throws {EcitonError} "data" if the file cannot be read, its name tells no format, or its content is wrong
 */
export function readStructures(path: string, options: ReadOptions = {}): Dataset {
  const format = options.format ?? formatOfName(path);
  const text = readTextFile(path);
  const { units } = options;
  switch (format) {
    case "poscar":
      return readPoscar(text, path, options);
    case "extxyz":
      return readExtxyz(text, path, options);
    case "cif":
      return readCif(text, path, options);
    case "vasprun":
      return readVasprun(text, path);
    case "outcar":
      return readOutcar(text, path);
    case "lammps-dump":
      return readLammpsDump(text, path, { ...options, units: typeof units === "string" ? units : undefined });
    case "n2p2":
      return readN2p2Data(text, path, { units: typeof units === "object" ? units : undefined });
    case "cp2k":
      return readCp2k(text, path);
    default:
      return format satisfies never;
  }
}

const namePatterns: readonly [StructureFormat, RegExp][] = [
  ["poscar", /^(POSCAR|CONTCAR)|[-_.](POSCAR|CONTCAR)$|\.(vasp|poscar)$/i],
  ["extxyz", /\.(xyz|extxyz)$/i],
  ["cif", /\.cif$/i],
  ["vasprun", /vasprun.*\.xml$/i],
  ["outcar", /^OUTCAR|[-_.]OUTCAR$/i],
  ["lammps-dump", /^dump\.|\.(dump|lammpstrj|lammpsdump)$/i],
  ["n2p2", /^(input|train|test)\.data$|\.n2p2$/i],
  ["cp2k", /^cp2k.*\.(out|log)$|\.cp2k$|[-_.]cp2k\.(out|log)$/i],
];

/**
 * Format that a file's name stands for, `.gz` aside.
 * @throws {EcitonError} "data" listing the formats if the name tells none
 */
export function formatOfName(path: string): StructureFormat {
  const name = basename(path).replace(/\.gz$/i, "");
  // An ending such as .cif says more than a beginning such as POSCAR.
  const byEnding = namePatterns.find(([format, pattern]) => format !== "poscar" && pattern.test(name));
  const found = byEnding ?? namePatterns.find(([, pattern]) => pattern.test(name));
  if (found === undefined)
    throw new EcitonError(
      "data",
      `${path}: the name does not tell the format; expected POSCAR*, CONTCAR*, *.vasp, *.xyz, *.extxyz, *.cif, vasprun*.xml, OUTCAR*, *.dump, *.lammpstrj, input.data or *cp2k*.out, or a format option of ${structureFormats.join(", ")}`,
      { file: path },
    );
  return found[0];
}
