/** An atomic structure and a set of them: what every reader gives and every model takes. */
import { EcitonError } from "../core/errors.ts";
import { det3 } from "../core/linalg.ts";

export interface Structure {
  /** Lattice vectors as rows, Å. All zero for a structure without a cell. */
  readonly cell: Float64Array; // 9
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Species of each atom, as in the file ("Ce", "Ni", "Va"). */
  readonly species: readonly string[];
  /** Cartesian, Å. */
  readonly positions: Float64Array; // 3N
  /** eV for the whole structure, where known. */
  readonly energy?: number;
  /** eV/Å. */
  readonly forces?: Float64Array; // 3N
  /** Magnetic moment of each atom, Bohr magnetons. */
  readonly magneticMoments?: Float64Array; // N
  /** Formal charge (oxidation state) of each atom, e. */
  readonly charges?: Float64Array; // N
  /** Virial or stress as the file gives it is converted to stress, eV/Å³, row-major 3x3, tension positive. */
  readonly stress?: Float64Array; // 9
  /** Whether the calculation behind it converged, where the file tells. */
  readonly converged?: boolean;
  /** Name given by the file (comment line, config id). */
  readonly name: string;
  /** Everything else the file says of the structure; what it says of each atom under keys that begin with "atom.", flat. */
  readonly info: Readonly<Record<string, InfoValue>>;
  /** Where it came from: file and first line, or step. */
  readonly source: { readonly file: string; readonly line: number | null };
}

export type InfoValue = string | number | boolean | readonly (string | number | boolean)[];

/** A list of structures with warnings that the reader wants a person to see. */
export interface Dataset {
  readonly structures: readonly Structure[];
  readonly warnings: readonly string[];
}

/**
 * Checks the parts of a structure against each other.
 * @throws {EcitonError} "data" for lengths that disagree, a number that is not finite, or a periodic
 *   direction without a lattice vector
 */
export function checkStructure(structure: Structure): Structure {
  const atoms = structure.species.length;
  const where = structure.source.line === null ? "" : `:${structure.source.line}`;
  const fail = (message: string): never => {
    throw new EcitonError("data", `${structure.source.file}${where}: ${message}`, { ...structure.source });
  };
  const check = (label: string, values: Float64Array | undefined, length: number) => {
    if (values === undefined) return;
    if (values.length !== length) fail(`${label}: expected ${length} numbers, found ${values.length}`);
    const bad = values.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) fail(`${label}: entry ${bad + 1} is ${values[bad]}`);
  };
  check("cell", structure.cell, 9);
  check("positions", structure.positions, 3 * atoms);
  check("forces", structure.forces, 3 * atoms);
  check("magnetic moments", structure.magneticMoments, atoms);
  check("charges", structure.charges, atoms);
  check("stress", structure.stress, 9);
  if (structure.energy !== undefined && !Number.isFinite(structure.energy))
    fail(`energy is ${structure.energy}`);
  if (structure.periodic.every(Boolean) && Math.abs(det3(structure.cell)) < 1e-12)
    fail("periodic in three directions, but the cell has no volume");
  return structure;
}
