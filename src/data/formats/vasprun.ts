/** Reader of VASP's vasprun.xml. */
import { dataError, type EcitonError } from "../../core/errors.ts";
import { det3, rowTimes } from "../../core/linalg.ts";
import { KBAR_EV_PER_A3 } from "../../core/units.ts";
import { checkStructure, type Dataset, type InfoValue, type Structure } from "../structure.ts";
import { fortranNumbers, isRelaxation, plural, stressFromKbar } from "./vasp-values.ts";
import {
  child,
  children,
  parseBlock,
  readParameters,
  readSpecies,
  textOf,
  type VasprunBlocks,
  vasprunBlocks,
  type Xml,
  type XmlBlock,
} from "./vasprun-xml.ts";

/**
 * One structure for each complete ionic step, in order.
 *
 * `energy` is VASP's energy(sigma->0). VASP 5 writes the entropy alone as e_0_energy of a step's last block, and
 * the electronic steps, where e_0_energy is right, lack classical dispersion. Hence
 *   E_0 = F(step) + [e_0_energy − e_fr_energy](last electronic step).
 * With PSTRESS the step's energy is an enthalpy; P·V is taken off it, with a warning. `info` holds
 * `free_energy`, `energy_without_entropy` and `energy_sigma_0` (eV), made in the same way.
 *
 * `converged` says that the electrons converged (fewer than NELM steps) and, for the last step of a relaxation,
 * that the ions did. vasprun.xml holds no moments of the atoms: read the OUTCAR for them. The `finalpos`
 * structure has no energy of its own and is not a step.
 *
 * An interrupted run gives its complete steps and a warning.
 * @throws {EcitonError} "data" if no step is complete or a number cannot be read (`****`), with step and line
 */
export function readVasprun(text: string, file: string): Dataset {
  const blocks = vasprunBlocks(text, file);
  const { calculations, atominfo, lastLine, whole } = blocks;
  if (calculations.length === 0)
    throw dataError(
      file,
      lastLine,
      whole
        ? "no <calculation>: the run has no ionic step"
        : "the file ends before its first ionic step is complete",
    );
  if (!atominfo) throw dataError(file, calculations[0].line, "no <atominfo> before the first ionic step");
  const warnings: string[] = [];
  const parameters = readParameters(blocks.parameters);
  const run: Run = { file, species: readSpecies(atominfo, file), parameters };
  const structures = calculations.map((block, index) => readStep(run, block, index + 1));
  const last = structures.length - 1;
  const ionic = ionicConvergence(blocks, run, structures);
  if (ionic !== undefined) {
    const { converged, info } = structures[last];
    structures[last] = {
      ...structures[last],
      converged: converged === undefined ? undefined : converged && ionic,
      info: { ...info, ionic_converged: ionic },
    };
  }
  const pressure = parameters.get("PSTRESS") ?? 0;
  if (pressure !== 0)
    warnings.push(`${file}: PSTRESS = ${pressure} kB: P*V was taken off the enthalpies that VASP writes`);
  if (!whole)
    warnings.push(
      `${file}:${lastLine}: interrupted run, the file ends before </modeling>; ${plural(structures.length, "complete ionic step")} kept`,
    );
  return { structures, warnings };
}

interface Run {
  readonly file: string;
  readonly species: readonly string[];
  readonly parameters: ReadonlyMap<string, number>;
}

function readStep(run: Run, block: XmlBlock, step: number): Structure {
  const { file, species, parameters } = run;
  const fail = (what: string, offset = 0): EcitonError => {
    const line = block.line + (block.text.slice(0, offset).match(/\n/g)?.length ?? 0);
    return dataError(file, line, `ionic step ${step}: ${what}`);
  };
  // The step's own energy and its last electronic step are the last of their kind in it.
  const startOf = (section: string) =>
    section === "<energy>" || section === "<scstep>"
      ? block.text.lastIndexOf(section)
      : Math.max(0, block.text.indexOf(section));
  const numbers = (raw: string, count: number, what: string, section: string): number[] => {
    const values = fortranNumbers(raw, count);
    if (values) return values;
    const from = startOf(section);
    const offset = Math.max(from, block.text.indexOf(`>${raw}<`, from));
    throw fail(`${what}: expected ${plural(count, "number")}, found "${raw.trim()}"`, offset);
  };
  const table = (node: unknown, rows: number, what: string, section: string): Float64Array => {
    const found = children(node, "v").map(textOf);
    if (found.length !== rows)
      throw fail(`${what}: expected ${rows} rows, found ${found.length}`, startOf(section));
    return Float64Array.from(found.flatMap((row) => numbers(row, 3, what, section)));
  };

  const calculation = parseBlock(block).calculation;
  const structure = child(calculation, "structure");
  if (structure === undefined) throw fail("no <structure> in it: not a step of a total energy run");
  const cell = table(child(child(structure, "crystal"), "varray", "basis"), 3, "cell", "<structure");
  const direct = table(child(structure, "varray", "positions"), species.length, "positions", "<structure");
  const positions = new Float64Array(direct.length);
  for (let i = 0; i < direct.length; i += 3) positions.set(rowTimes(direct.subarray(i, i + 3), cell), i);

  const forces = child(calculation, "varray", "forces");
  const stress = child(calculation, "varray", "stress");
  const electronic = children(calculation, "scstep");
  const energies = readEnergies(calculation, electronic, numbers, fail);
  const work = (parameters.get("PSTRESS") ?? 0) * KBAR_EV_PER_A3 * Math.abs(det3(cell));
  const limit = parameters.get("NELM");
  const converged = limit === undefined || electronic.length === 0 ? undefined : electronic.length < limit;
  const info: Record<string, InfoValue> = {
    ionic_step: step,
    electronic_steps: electronic.length,
    free_energy: energies.free - work,
    energy_without_entropy: energies.withoutEntropy - work,
    energy_sigma_0: energies.sigma0 - work,
  };
  if (converged !== undefined) info.electronic_converged = converged;
  return checkStructure({
    cell,
    periodic: [true, true, true],
    species,
    positions,
    energy: energies.sigma0 - work,
    forces:
      forces === undefined ? undefined : table(forces, species.length, "forces", '<varray name="forces"'),
    stress:
      stress === undefined ? undefined : stressFromKbar(table(stress, 3, "stress", '<varray name="stress"')),
    converged,
    name: `step ${step}`,
    info,
    source: { file, line: block.line },
  });
}

interface Energies {
  readonly free: number;
  readonly withoutEntropy: number;
  readonly sigma0: number;
}

function readEnergies(
  calculation: unknown,
  electronic: readonly unknown[],
  numbers: (raw: string, count: number, what: string, section: string) => number[],
  fail: (what: string) => EcitonError,
): Energies {
  const value = (energy: unknown, name: string, section: string): number => {
    const item = child(energy, "i", name);
    if (item === undefined) throw fail(`no ${name} in its <energy>`);
    return numbers(textOf(item), 1, name, section)[0];
  };
  const own = child(calculation, "energy");
  if (own === undefined) throw fail("no <energy> in it: not a step of a total energy run");
  const free = value(own, "e_fr_energy", "<energy>");
  const lastStep = child(electronic.at(-1), "energy") as Xml | undefined;
  if (lastStep === undefined)
    throw fail("no electronic step with an <energy>, without which energy(sigma->0) is not certain");
  const scf = (name: string) => value(lastStep, name, "<scstep>");
  const reference = scf("e_fr_energy");
  return {
    free,
    withoutEntropy: free + (scf("e_wo_entrp") - reference),
    sigma0: free + (scf("e_0_energy") - reference),
  };
}

/**
 * Whether a relaxation reached its end; undefined for other runs and where the settings are not told. One whose end is
 * not in the file has not. A run that stopped by itself before NSW has reached EDIFFG. At NSW the criterion itself is looked at: |F| < −EDIFFG for
 * every atom that can move, or |ΔF_free| < EDIFFG between the last two steps.
 */
function ionicConvergence(
  blocks: VasprunBlocks,
  run: Run,
  structures: readonly Structure[],
): boolean | undefined {
  const steps = run.parameters.get("NSW");
  const criterion = run.parameters.get("EDIFFG");
  if (!isRelaxation(run.parameters.get("IBRION"), steps) || steps === undefined) return undefined;
  if (!blocks.whole) return false;
  if (structures.length < steps) return true;
  const [previous, last] = [structures.at(-2), structures[structures.length - 1]];
  if (criterion === undefined || criterion === 0 || !last.forces) return false;
  if (criterion > 0)
    return (
      previous !== undefined &&
      Math.abs(Number(last.info.free_energy) - Number(previous.info.free_energy)) < criterion
    );
  const fixed = fixedAtoms(blocks.initialStructure);
  return run.species.every(
    (_, i) => fixed.has(i) || Math.hypot(...last.forces!.subarray(3 * i, 3 * i + 3)) < -criterion,
  );
}

/** Atoms whose three directions are all frozen by selective dynamics. */
function fixedAtoms(initial: XmlBlock | null): ReadonlySet<number> {
  const structure = initial ? child(parseBlock(initial), "structure") : undefined;
  const rows = children(child(structure, "varray", "selective"), "v").map(textOf);
  return new Set(rows.flatMap((row, i) => (/^\s*F\s+F\s+F\s*$/.test(row) ? [i] : [])));
}
