/**
 * DYNAMO's funcfl format of embedded-atom potentials ("eam" files), one element each: a line of comment, the element,
 * the grids, then F(ρ), the effective charge Z(r) and f(r).
 * @see S. M. Foiles, M. I. Baskes, M. S. Daw, Phys. Rev. B 33, 7983 (1986)
 */
import { EamLines } from "./eam-numbers.ts";

/** What a funcfl file says; JSON-safe. */
export interface Funcfl {
  readonly comment: string;
  readonly atomicNumber: number;
  /** amu */
  readonly mass: number;
  /** Å, with the lattice that it belongs to ("FCC"). */
  readonly latticeConstant: number;
  readonly lattice: string;
  readonly nrho: number;
  readonly drho: number;
  readonly nr: number;
  /** Å */
  readonly dr: number;
  /** Å */
  readonly cutoff: number;
  /** F at ρ = 0, drho, 2 drho ..., eV. */
  readonly embedding: readonly number[];
  /** Z at r = 0, dr, ..., (Hartree Bohr)^1/2: the pair energy is Z_a Z_b / r. */
  readonly charge: readonly number[];
  /** f at r = 0, dr, 2 dr ..., in the units of ρ. */
  readonly density: readonly number[];
}

/**
 * @param file for messages
 * @throws {EcitonError} "data" with file and line for a file that ends early or goes on, wrong counts, what is no number
 */
export function parseFuncfl(text: string, file: string): Funcfl {
  const lines = new EamLines(text, file);
  const comment = lines.text("the line of comment");
  const element = lines.words("atomic number, mass, lattice constant and lattice", 3);
  const atomicNumber = lines.count(element[0], "atomic number", 0);
  const mass = lines.positive(element[1], "mass");
  const latticeConstant = lines.number(element[2], "lattice constant");
  const grids = lines.words("nrho drho nr dr cutoff", 5);
  const nrho = lines.count(grids[0], "nrho", 5);
  const drho = lines.positive(grids[1], "drho");
  const nr = lines.count(grids[2], "nr", 5);
  const dr = lines.positive(grids[3], "dr");
  const cutoff = lines.positive(grids[4], "cutoff");
  const embedding = lines.table(nrho, "embedding energy");
  const charge = lines.table(nr, "effective charge");
  const density = lines.table(nr, "density");
  lines.end();
  const lattice = element[3] ?? "";
  return {
    comment,
    atomicNumber,
    mass,
    latticeConstant,
    lattice,
    nrho,
    drho,
    nr,
    dr,
    cutoff,
    embedding,
    charge,
    density,
  };
}
