/**
 * Embedded-atom potentials from tables (setfl and funcfl files):
 *   E = Σ_{i<j} φ_ab(r_ij) + Σ_i F_a(ρ_i),   ρ_i = Σ_j f_b(r_ij)
 * with cubic splines on the grids of the tables. Beyond the largest tabulated density the embedding energy goes on as
 * a straight line, as in LAMMPS.
 * @see M. S. Daw, M. I. Baskes, Phys. Rev. B 29, 6443 (1984)
 */

import type { Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import type { Funcfl } from "../../data/formats/eam-funcfl.ts";
import type { Setfl, SetflElement } from "../../data/formats/eam-setfl.ts";
import type { EmbeddedAtomFunctions } from "./embedded-atoms.ts";
import { manyBodyPotential } from "./many-body-potential.ts";
import { pairIndex } from "./species-pairs.ts";
import { type EamSplines, splineAt, tableSpline } from "./table-spline.ts";

export interface EamSpec {
  readonly kind: "eam";
  /** For people: the file's name, or "Zhou et al. 2004". */
  readonly title: string;
  readonly tables: Setfl;
}

/** @throws {EcitonError} "data" for tables whose lengths disagree or that hold numbers that are not finite */
export function eamSplines({ title, tables }: EamSpec): EamSplines {
  const { elements, nr, dr, nrho, drho, cutoff, pairs } = tables;
  const numPairs = (elements.length * (elements.length + 1)) / 2;
  const check = (what: string, values: readonly number[], length: number) => {
    if (values.length !== length || !values.every(Number.isFinite))
      throw new EcitonError(
        "data",
        `EAM ${title}: ${what} needs ${length} finite numbers, it has ${values.length}`,
      );
  };
  if (elements.length === 0 || pairs.length !== numPairs)
    throw new EcitonError(
      "data",
      `EAM ${title}: ${elements.length} elements need ${numPairs} pair tables, found ${pairs.length}`,
    );
  if (!(cutoff > 0 && dr > 0 && drho > 0 && Number.isFinite(cutoff + dr + drho) && nr >= 5 && nrho >= 5))
    throw new EcitonError("data", `EAM ${title}: cut-off and steps must be positive and tables of 5 or more`);
  for (const one of elements) {
    check(`the embedding energy of ${one.name}`, one.embedding, nrho);
    check(`the density of ${one.name}`, one.density, nr);
  }
  for (const table of pairs) check("a pair energy", table, nr);
  return {
    species: elements.map((one) => one.name),
    cutoff,
    largestDensity: (nrho - 1) * drho,
    embedding: elements.map((one) => tableSpline(one.embedding, drho)),
    density: elements.map((one) => tableSpline(one.density, dr)),
    pairs: pairs.map((table) => tableSpline(table, dr)),
  };
}

/** The plain formulas; what the kernel computes fast. */
export function eamFunctions(splines: EamSplines): EmbeddedAtomFunctions {
  return {
    species: splines.species,
    cutoff: splines.cutoff,
    pair: (a, b, r) => {
      const [z, slope] = splineAt(splines.pairs[pairIndex(a, b)], r);
      return [z / r, (slope - z / r) / r];
    },
    density: (_, b, r) => splineAt(splines.density[b], r),
    embedding: (a, density) => {
      const [energy, slope] = splineAt(splines.embedding[a], density);
      const beyond = Math.max(0, density - splines.largestDensity);
      return [energy + slope * beyond, slope];
    },
  };
}

/** @throws {EcitonError} "data" for tables that do not fit together */
export function eamPotential(spec: EamSpec): Potential {
  const splines = eamSplines(spec);
  return manyBodyPotential({
    name: `EAM ${splines.species.join("-")} (${spec.title})`,
    functions: eamFunctions(splines),
    kernel: { form: "tables", splines },
  });
}

/** Hartree times Bohr radius as DYNAMO has it, eV Å; the charges in funcfl files were fitted with it. */
const HARTREE_BOHR_EV_A = 27.2 * 0.529;

/**
 * Tables of an alloy (or one metal) from funcfl files of its metals: φ_ab = Z_a Z_b / r. Where the grids differ, the
 * coarsest steps over the longest ranges are taken, and values between the knots by Lagrange's cubics, as LAMMPS does.
 * @param files each with the name that its element has in structures
 */
export function tablesFromFuncfl(files: readonly { readonly name: string; readonly file: Funcfl }[]): Setfl {
  if (files.length === 0) throw new EcitonError("data", "EAM: no funcfl file is given");
  const largest = (value: (file: Funcfl) => number) => Math.max(...files.map(({ file }) => value(file)));
  const dr = largest((file) => file.dr);
  const drho = largest((file) => file.drho);
  const nr = Math.floor(largest((file) => (file.nr - 1) * file.dr) / dr + 0.5);
  const nrho = Math.floor(largest((file) => (file.nrho - 1) * file.drho) / drho + 0.5);
  const grid = (values: readonly number[], step: number, count: number, newStep: number) =>
    Array.from({ length: count }, (_, k) => lagrange(values, (k * newStep) / step));
  const charges = files.map(({ file }) => grid(file.charge, file.dr, nr, dr));
  return {
    comments: [`funcfl: ${files.map(({ file }) => file.comment.trim()).join("; ")}`, "", ""],
    nrho,
    drho,
    nr,
    dr,
    cutoff: largest((file) => file.cutoff),
    elements: files.map(
      ({ name, file }): SetflElement => ({
        name,
        atomicNumber: file.atomicNumber,
        mass: file.mass,
        latticeConstant: file.latticeConstant,
        lattice: file.lattice,
        embedding: grid(file.embedding, file.drho, nrho, drho),
        density: grid(file.density, file.dr, nr, dr),
      }),
    ),
    pairs: charges.flatMap((one, a) =>
      charges.slice(0, a + 1).map((other) => one.map((z, k) => HARTREE_BOHR_EV_A * z * other[k])),
    ),
  };
}

/** The cubic through the four knots about x (in units of the step); past the end it goes on for one knot at most. */
function lagrange(values: readonly number[], x: number): number {
  const k = Math.max(1, Math.min(Math.floor(x), values.length - 3));
  const p = Math.min(x - k, 2);
  return (
    (-p * (p - 1) * (p - 2) * values[k - 1]) / 6 +
    ((p * p - 1) * (p - 2) * values[k]) / 2 -
    (p * (p + 1) * (p - 2) * values[k + 1]) / 2 +
    (p * (p * p - 1) * values[k + 2]) / 6
  );
}
