/** Reader of CP2K's output (Quickstep), versions before and after the change of the force table. */
import { dataError } from "../../core/errors.ts";
import { BOHR_A, GPA_EV_PER_A3, HARTREE_EV } from "../../core/units.ts";
import { isElement } from "../elements.ts";
import { checkStructure, type Dataset, type InfoValue, type Structure } from "../structure.ts";
import { Cp2kCell } from "./cp2k-cell.ts";
import { type Cp2kPositions, readPositionsFile } from "./cp2k-positions.ts";
import { decimal, splitLines, words } from "./tokens.ts";
import { plural } from "./vasp-values.ts";

const FORCE_EV_A = HARTREE_EV / BOHR_A;

/** eV/Å³ per unit of a stress. */
const stressUnits: Readonly<Record<string, number>> = {
  GPa: GPA_EV_PER_A3,
  bar: GPA_EV_PER_A3 / 1e4,
  kbar: GPA_EV_PER_A3 / 10,
  Pa: GPA_EV_PER_A3 / 1e9,
  MPa: GPA_EV_PER_A3 / 1e3,
};

/**
 * One structure for each energy, in order: single points, molecular dynamics, geometry and cell optimisations.
 *
 * CP2K prints the coordinates of the first step alone. Those of later steps are taken from PROJECT-pos-1.xyz beside the
 * output, by the energy that stands there too; steps that are in neither are left out with a warning. Forces are there if
 * &FORCE_EVAL &PRINT &FORCES was asked for, the stress likewise; CP2K prints it positive under pressure. Cells have three
 * decimals, or six where their orientation is the usual one (a along x, b in the xy plane).
 *
 * `converged` is that of the electrons, which CP2K ends with the same exit code either way.
 * @throws {EcitonError} "data" with file and line if no step is complete, a number cannot be read, or energies are those of
 *   several mixed force evaluations
 */
export function readCp2k(text: string, file: string): Dataset {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines = splitLines(whole);
  const steps = new Cp2kScan(lines, file).steps();
  const warnings: string[] = [];
  const ended = lines.some((line) => line.includes("PROGRAM ENDED AT"));
  const last = steps.length > 0 ? steps[steps.length - 1] : null;
  if (last === null) throw dataError(file, Math.max(1, lines.length), notOutput(lines));
  const written = readPositionsFile(file, lines);
  const structures: Structure[] = [];
  const missing: number[] = [];
  steps.forEach((step, k) => {
    const positions = step.positions ?? written?.take(step.energy, step.species);
    if (positions === undefined || positions === null) missing.push(k + 1);
    else structures.push(structureOf(step, positions, k + 1, file));
  });
  if (missing.length > 0) {
    const remark =
      "CP2K prints the coordinates of the first step alone (print level MEDIUM): put PROJECT-pos-1.xyz beside the output, or ask for &SUBSYS &PRINT &ATOMIC_COORDINATES";
    if (structures.length === 0)
      throw dataError(file, steps[0].line, `no step has its coordinates. ${remark}`);
    warnings.push(`${file}: ${plural(missing.length, "step")} without coordinates left out. ${remark}`);
  }
  if (structures.every((structure) => structure.forces === undefined))
    warnings.push(`${file}: no forces; CP2K prints them with &FORCE_EVAL &PRINT &FORCES`);
  if (!ended)
    warnings.push(
      `${file}:${lines.length}: interrupted run, the file ends before "PROGRAM ENDED"; ${plural(structures.length, "complete step")} kept`,
    );
  return { structures, warnings };
}

function notOutput(lines: readonly string[]): string {
  return lines.some((line) => line.startsWith(" CP2K|"))
    ? 'the file ends before its first energy: no line "ENERGY| Total FORCE_EVAL"'
    : 'not an output of CP2K: no line " CP2K|" and none "ENERGY| Total FORCE_EVAL"';
}

interface Cp2kStep {
  readonly line: number;
  /** eV */
  readonly energy: number;
  readonly converged: boolean | undefined;
  readonly cell: Cp2kCell;
  /** null where the step has none of its own. */
  readonly positions: Float64Array | null;
  readonly species: readonly string[] | null;
  forces?: Float64Array;
  stress?: Float64Array;
}

function structureOf(
  step: Cp2kStep,
  given: Float64Array | Cp2kPositions,
  k: number,
  file: string,
): Structure {
  const positions = given instanceof Float64Array ? given : given.positions;
  const species = given instanceof Float64Array ? step.species! : given.species;
  const { energy, forces, stress, converged, line } = step;
  if (forces !== undefined && forces.length !== positions.length)
    throw dataError(
      file,
      line,
      `step ${k}: forces of ${forces.length / 3} atoms, positions of ${species.length}`,
    );
  const info: Record<string, InfoValue> = { step: k };
  return checkStructure({
    ...step.cell.vectors(file),
    species,
    positions,
    energy,
    ...(forces && { forces }),
    ...(stress && { stress }),
    ...(converged === undefined ? {} : { converged }),
    name: `step ${k}`,
    info,
    source: { file, line },
  });
}

/** Goes through the output once, line by line. */
class Cp2kScan {
  readonly #lines: readonly string[];
  readonly #file: string;

  constructor(lines: readonly string[], file: string) {
    this.#lines = lines;
    this.#file = file;
  }

  steps(): Cp2kStep[] {
    const steps: Cp2kStep[] = [];
    let cell = new Cp2kCell();
    let positions: Float64Array | null = null;
    let species: readonly string[] | null = null;
    let converged: boolean | undefined;
    this.#lines.forEach((line, i) => {
      const energy = /^ ENERGY\| Total FORCE_EVAL \( *(\w+) *\) energy[^:\d-]*:?\s+(\S+)/.exec(line);
      if (energy !== null) {
        if (energy[1] === "MIXED")
          throw dataError(this.#file, i + 1, "mixed force evaluations are not supported");
        const value = this.#number(energy[2], i, "energy") * HARTREE_EV;
        steps.push({ line: i + 1, energy: value, converged, cell, positions, species });
        positions = null;
        converged = undefined;
        return;
      }
      if (line.startsWith(" CELL|")) cell = cell.with(line, this.#file, i + 1);
      else if (/^ MODULE .*ATOMIC COORDINATES IN ANGSTROM/i.test(line))
        ({ positions, species } = this.#coordinates(i));
      else if (/SCF run converged|outer SCF loop converged/.test(line)) converged = true;
      else if (/SCF run NOT converged|outer SCF loop FAILED|Leaving inner SCF loop after/.test(line))
        converged = false;
      else if (/^ ATOMIC FORCES in \[a\.u\.\]|^ FORCES\| Atomic forces \[hartree\/bohr\]/.test(line)) {
        const step = steps.at(-1);
        if (step !== undefined) step.forces = this.#forces(i);
      } else if (/stress tensor \[\w+\]/i.test(line) && !/eigen/i.test(line)) {
        const step = steps.at(-1);
        if (step !== undefined) step.stress = this.#stress(i);
      }
    });
    return steps;
  }

  #number(token: string | undefined, index: number, what: string): number {
    const value = token === undefined ? undefined : decimal(token);
    if (value !== undefined) return value;
    throw dataError(
      this.#file,
      index + 1,
      `${what}: expected a number, found ${token === undefined ? "the end of the line" : `"${token}"`}`,
    );
  }

  /** "Atom Kind Element Z X Y Z Z(eff) Mass", after the heading and before the next blank line. */
  #coordinates(heading: number): { positions: Float64Array; species: string[] } {
    const positions: number[] = [];
    const species: string[] = [];
    for (let i = heading + 1; i < this.#lines.length; i++) {
      const found = words(this.#lines[i]);
      if (found.length === 0 || found[0] === "Atom") {
        if (species.length > 0) break;
        continue;
      }
      if (found[0] !== String(species.length + 1)) break;
      if (found.length < 7 || !isElement(found[2]))
        throw dataError(
          this.#file,
          i + 1,
          `coordinates: expected atom, kind, element, Z, x, y, z, found "${this.#lines[i].trim()}"`,
        );
      species.push(found[2]);
      for (let c = 0; c < 3; c++) positions.push(this.#number(found[4 + c], i, "coordinate"));
    }
    return { positions: Float64Array.from(positions), species };
  }

  /** Rows "atom kind element fx fy fz", or "FORCES| atom fx fy fz |f|", up to their sum. */
  #forces(heading: number): Float64Array | undefined {
    const forces: number[] = [];
    for (let i = heading + 1; i < this.#lines.length; i++) {
      const found = words(this.#lines[i].replace("FORCES|", ""));
      if (found.length === 0 || found[0] === "#" || found[0] === "Atom") continue;
      if (/^(SUM|Sum|Total)$/.test(found[0])) return Float64Array.from(forces, (f) => f * FORCE_EV_A);
      if (found[0] !== String(forces.length / 3 + 1))
        throw dataError(
          this.#file,
          i + 1,
          `forces: expected the row of atom ${forces.length / 3 + 1} or their sum, found "${this.#lines[i].trim()}"`,
        );
      const first = this.#lines[i].includes("FORCES|") ? 1 : 3;
      for (let c = 0; c < 3; c++) forces.push(this.#number(found[first + c], i, "force"));
    }
    // The file ends within the table: an interrupted run.
    return undefined;
  }

  /** Three rows that begin with x, y and z. */
  #stress(heading: number): Float64Array | undefined {
    const unit = /\[(\w+)\]/.exec(this.#lines[heading])?.[1] ?? "";
    const factor = stressUnits[unit];
    if (factor === undefined)
      throw dataError(
        this.#file,
        heading + 1,
        `stress: expected it in ${Object.keys(stressUnits).join(", ")}, found [${unit}]`,
      );
    const rows: number[] = [];
    for (let i = heading + 1; i < Math.min(heading + 8, this.#lines.length); i++) {
      const found = words(this.#lines[i].replace("STRESS|", ""));
      if (found.length !== 4 || found[0].toLowerCase() !== "xyz"[rows.length / 3]) continue;
      for (let c = 1; c <= 3; c++) rows.push(this.#number(found[c], i, "stress"));
      // Positive under pressure there, under tension here.
      if (rows.length === 9) return Float64Array.from(rows, (x) => -x * factor + 0);
    }
    return undefined;
  }
}
