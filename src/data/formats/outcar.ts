/** Reader of VASP's OUTCAR. */
import { dataError } from "../../core/errors.ts";
import { checkStructure, type Dataset, type InfoValue, type Structure } from "../structure.ts";
import { type OutcarHeader, readOutcarHeader } from "./outcar-header.ts";
import { fortranNumbers, isRelaxation, plural, stressFromKbar } from "./vasp-values.ts";

/**
 * One structure for each complete ionic step, in order. A step is complete with its energy and the whole table of
 * positions and forces.
 *
 * `energy` is energy(sigma->0) of the block that ends the step (dispersion is in it); `info` holds `free_energy`,
 * `energy_without_entropy` and `energy_sigma_0` (eV). Positions have five decimals, as VASP writes them.
 * `magneticMoments` are the totals of the step's last "magnetization (x)" table; undefined where it has none, and
 * in non-collinear runs, which are warned of. `converged` says that EDIFF was reached and, for the last step of a
 * relaxation, that the ions reached the required accuracy.
 *
 * An interrupted run gives its complete steps and a warning; a last line without a line end may be cut inside a
 * number and is not read.
 * @throws {EcitonError} "data" if no step is complete or a number cannot be read (`****`), with step and line
 */
export function readOutcar(text: string, file: string): Dataset {
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split(/\r?\n/);
  lines.pop();
  const starts = iterationStarts(lines);
  const first = starts[0] ?? lines.length;
  if (starts.length === 0 && !lines.some((line) => /^\s*ions per type/.test(line)))
    throw dataError(file, 1, 'not an OUTCAR, or cut off before its first iteration: no "ions per type" line');
  const header = readOutcarHeader(lines.slice(0, first), file);
  const structures: Structure[] = [];
  const warnings: string[] = [];
  const finished = lines.some((line) => line.includes("General timing and accounting"));
  let accurate = false;
  for (let k = 0; k < starts.length; k++) {
    const end = starts[k + 1] ?? lines.length;
    const step = readStep({ file, header, lines, start: starts[k], end, step: k + 1 });
    accurate = step.accurate && step.structure !== null;
    if (step.structure) structures.push(step.structure);
    else if (finished || k + 1 < starts.length)
      warnings.push(
        `${file}:${starts[k] + 1}: ionic step ${k + 1} has no energy or no forces and is left out`,
      );
  }
  if (structures.length === 0)
    throw dataError(
      file,
      Math.max(1, lines.length),
      `the file ends before ${starts.length === 0 ? "its first iteration" : "its first ionic step is complete"}`,
    );
  settleIonic(structures, header, accurate);
  if (header.noncollinear)
    warnings.push(`${file}: non-collinear run: moments are vectors, and none are given to the structures`);
  else if (header.spinPolarised && structures.at(-1)!.magneticMoments === undefined)
    warnings.push(
      structures.some((s) => s.magneticMoments)
        ? `${file}: the last step has no magnetic moments, though earlier ones have`
        : `${file}: spin-polarised run without moments of the atoms; VASP writes them with LORBIT = 10 or 11`,
    );
  if (!finished)
    warnings.push(
      `${file}:${lines.length}: interrupted run, the file ends before its timing summary; ${plural(structures.length, "complete ionic step")} kept`,
    );
  return { structures, warnings };
}

/** Line indices on which an ionic step begins: "Iteration n(   1)". */
function iterationStarts(lines: readonly string[]): number[] {
  const starts: number[] = [];
  lines.forEach((line, index) => {
    if (line.includes("Iteration") && /^ *-+ Iteration +\S+\( *1\)/.test(line)) starts.push(index);
  });
  return starts;
}

interface Segment {
  readonly file: string;
  readonly header: OutcarHeader;
  readonly lines: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function readStep(segment: Segment): { structure: Structure | null; accurate: boolean } {
  const { file, header, lines, start, end, step } = segment;
  const atoms = header.species.length;
  const numbers = (index: number, row: string, count: number, what: string): number[] => {
    const values = fortranNumbers(row, count);
    if (values) return values;
    const found = `expected ${plural(count, "number")}, found "${row.trim()}"`;
    throw dataError(file, index + 1, `ionic step ${step}: ${what}: ${found}`);
  };
  /** Rows that follow `index`, or null if the file ends before the last of them. */
  const table = (index: number, rows: number, columns: number, what: string): number[][] | null =>
    index + rows >= end
      ? null
      : Array.from({ length: rows }, (_, i) => numbers(index + 1 + i, lines[index + 1 + i], columns, what));

  let cell: number[] | null = null;
  let ions: number[][] | null = null;
  let energies: { free: number; withoutEntropy: number; sigma0: number } | null = null;
  let free: number | null = null;
  let stress: Float64Array | undefined;
  let moments: Float64Array | undefined;
  let electronic = false;
  let electronicSteps = 0;
  let accurate = false;
  for (let i = start; i < end; i++) {
    const line = lines[i];
    if (line.includes("-- Iteration")) electronicSteps++;
    else if (line.includes("aborting loop")) electronic = line.includes("because EDIFF is reached");
    else if (line.includes("direct lattice vectors"))
      cell = table(i, 3, 6, "lattice vectors")?.flatMap((row) => row.slice(0, 3)) ?? null;
    else if (line.includes("TOTAL-FORCE (eV/Angst)")) ions = table(i + 1, atoms, 6, "positions and forces");
    else if (line.trimStart().startsWith("in kB"))
      stress = stressOf(numbers(i, line.replace("in kB", ""), 6, "stress"));
    else if (line.includes("free  energy   TOTEN"))
      free = numbers(i, /=(.*?)(eV)?\s*$/.exec(line)?.[1] ?? "", 1, "free energy")[0];
    else if (line.includes("energy  without entropy")) {
      const parts = /entropy\s*=(.*)energy\(sigma->0\)\s*=(.*)$/.exec(line);
      const [withoutEntropy] = numbers(i, parts?.[1] ?? line, 1, "energy without entropy");
      const [sigma0] = numbers(i, parts?.[2] ?? line, 1, "energy(sigma->0)");
      energies = free === null ? null : { free, withoutEntropy, sigma0 };
    } else if (!header.noncollinear && /^\s*magnetization \(x\)/.test(line))
      moments = readMoments(segment, i, numbers) ?? moments;
    else if (line.includes("reached required accuracy")) accurate = true;
    else if (line.trimStart().startsWith("ions per type"))
      throw dataError(file, i + 1, "a second run begins in the same file");
  }
  if (!cell || !ions || !energies) return { structure: null, accurate };
  const info: Record<string, InfoValue> = {
    ionic_step: step,
    electronic_steps: electronicSteps,
    free_energy: energies.free,
    energy_without_entropy: energies.withoutEntropy,
    energy_sigma_0: energies.sigma0,
    electronic_converged: electronic,
  };
  const structure = checkStructure({
    cell: Float64Array.from(cell),
    periodic: [true, true, true],
    species: header.species,
    positions: Float64Array.from(ions.flatMap((row) => row.slice(0, 3))),
    energy: energies.sigma0,
    forces: Float64Array.from(ions.flatMap((row) => row.slice(3))),
    stress,
    magneticMoments: moments,
    converged: electronic,
    name: `step ${step}`,
    info,
    source: { file, line: start + 1 },
  });
  return { structure, accurate };
}

/** VASP's order is XX YY ZZ XY YZ ZX. */
function stressOf([xx, yy, zz, xy, yz, zx]: number[]): Float64Array {
  return stressFromKbar([xx, xy, zx, xy, yy, yz, zx, yz, zz]);
}

/**
 * The last column of a "magnetization (x)" table: a line of titles, dashes, a row for each atom (s p d, with f
 * where a pseudopotential has it, then the total), dashes.
 * @returns null if the file ends inside the table
 */
function readMoments(
  { file, header, lines, end, step }: Segment,
  index: number,
  numbers: (index: number, row: string, count: number, what: string) => number[],
): Float64Array | null {
  const atoms = header.species.length;
  let titles = index + 1;
  while (titles < end && lines[titles].trim() === "") titles++;
  const first = titles + 2;
  if (first + atoms >= end) return null;
  const columns = lines[titles].replace("# of ion", "").trim().split(/\s+/).length + 1;
  if (!lines[titles].trim().endsWith("tot"))
    throw dataError(
      file,
      titles + 1,
      `ionic step ${step}: magnetization: expected the column titles "# of ion s p d (f) tot", found "${lines[titles].trim()}"`,
    );
  return Float64Array.from({ length: atoms }, (_, atom) => {
    const row = numbers(first + atom, lines[first + atom], columns, `magnetization of atom ${atom + 1}`);
    if (row[0] !== atom + 1)
      throw dataError(
        file,
        first + atom + 1,
        `ionic step ${step}: magnetization: expected the row of atom ${atom + 1}, found that of ${row[0]}`,
      );
    return row[columns - 1];
  });
}

/** The last step of a relaxation has converged only if the ions have, too. */
function settleIonic(structures: Structure[], header: OutcarHeader, accurate: boolean): void {
  if (!isRelaxation(header.ibrion, header.nsw)) return;
  const last = structures[structures.length - 1];
  structures[structures.length - 1] = {
    ...last,
    converged: last.converged && accurate,
    info: { ...last.info, ionic_converged: accurate },
  };
}
