/**
 * Labels from the program xtb: semi-empirical tight binding, one process and one folder for each structure.
 * @see Grimme, Bannwarth, Shushkov, J. Chem. Theory Comput. 13, 1989 (2017), GFN1-xTB
 * @see Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019), GFN2-xTB
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EcitonError } from "../core/errors.ts";
import { BOHR_A, HARTREE_EV } from "../core/units.ts";
import { writing } from "../exec/atomic-file.ts";
import { fingerprint } from "../exec/state-file.ts";
import { finiteLabel } from "./check-atoms.ts";
import type { Attempt, LabelAtoms, Labeler, LabelFailure, LabelOutcome } from "./labeler.ts";
import { type ProgramEnd, runProgram } from "./program.ts";
import { atomicNumber, type Engrad, parseEngrad, parseXtbOutput, xyzText } from "./xtb-files.ts";

export interface XtbSettings {
  /** Name on the PATH, or a path. */
  readonly command: string;
  readonly method: "gfn1" | "gfn2";
  /** Of the whole structure, e. */
  readonly charge: number;
  /** null: as few as the number of electrons allows, 0 or 1. */
  readonly unpairedElectrons: number | null;
  /** Of the occupation of orbitals, K. */
  readonly electronicTemperature: number;
  /** xtb's --acc: 1 converges energies to 1e-6 Hartree; smaller is tighter. */
  readonly accuracy: number;
  /**
   * Where charges do not converge: they are sought at this electronic temperature first, K, and from them again at the
   * one wanted, so that the label is of the same energy surface. null: such a structure fails.
   */
  readonly restartTemperature: number | null;
  readonly timeLimit_s: number;
}

export interface XtbSpec extends XtbSettings {
  readonly kind: "xtb";
  /** "6.5.1"; labels of another version are others. */
  readonly version: string;
}

/**
 * Looks once, before any work, whether xtb can be run.
 * @throws {EcitonError} "study" that says what to install
 */
export function findXtb(settings: XtbSettings): XtbSpec {
  // A path would be looked for in the folder of a run.
  const command = settings.command.includes("/") ? resolve(settings.command) : settings.command;
  const found = spawnSync(command, ["--version"], { encoding: "utf8", timeout: 30_000 });
  const version = /xtb version (\S+)/.exec(`${found.stdout}${found.stderr}`)?.[1];
  if (version === undefined) {
    const what = found.error ? "there is no such program" : "it does not say that it is xtb";
    throw new EcitonError(
      "study",
      `labels by xtb need the program xtb, looked for as "${command}": ${what}; install it (Debian and Ubuntu: apt-get install xtb; ` +
        "conda: conda install -c conda-forge xtb), or say where it is with `command`",
      { command },
      found.error,
    );
  }
  return { ...settings, kind: "xtb", version, command };
}

/** Files of a run; xtb names its own by the first. */
const COORDINATES = "atoms.xyz";
const ENGRAD = "atoms.engrad";

export function xtbLabeler(spec: XtbSpec): Labeler {
  // What decides labels, and not where the program is or how long it may take.
  const { command: _, timeLimit_s: __, ...decisive } = spec;
  return {
    name: `${spec.method === "gfn1" ? "GFN1" : "GFN2"}-xTB by xtb ${spec.version}`,
    identity: fingerprint(decisive),
    refusal: (atoms) => refusal(spec, atoms),
    label: (atoms, cancel) => labelInFolder(spec, atoms, cancel),
  };
}

function refusal({ charge, unpairedElectrons }: XtbSettings, atoms: LabelAtoms): LabelFailure | null {
  const refuse = (message: string): LabelFailure => ({ reason: "unsupported", message });
  if (atoms.periodic.some(Boolean))
    return refuse("the structure is periodic; xtb labels clusters and molecules only");
  const unknown = atoms.species.find((one) => atomicNumber(one) === undefined);
  if (unknown !== undefined) return refuse(`xtb has elements from H to Rn; found ${unknown}`);
  const electrons = atoms.species.reduce((sum, one) => sum + atomicNumber(one)!, -charge);
  if (electrons < 0)
    return refuse(`the charge is ${charge} e, but the nuclei have ${electrons + charge} e together`);
  if ((unpairedElectrons ?? 0) > electrons)
    return refuse(`${unpairedElectrons} unpaired electrons, but there are ${electrons} electrons`);
  return null;
}

async function labelInFolder(spec: XtbSpec, atoms: LabelAtoms, cancel: Int32Array): Promise<Attempt | null> {
  const folder = writing(tmpdir(), () => mkdtempSync(join(tmpdir(), "eciton-xtb-")));
  try {
    return await new XtbFolder(spec, atoms, folder, cancel).label();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The runs for one structure. */
class XtbFolder {
  readonly #spec: XtbSpec;
  readonly #atoms: LabelAtoms;
  readonly #folder: string;
  readonly #cancel: Int32Array;
  readonly #log: string[] = [];

  constructor(spec: XtbSpec, atoms: LabelAtoms, folder: string, cancel: Int32Array) {
    this.#spec = spec;
    this.#atoms = atoms;
    this.#folder = folder;
    this.#cancel = cancel;
  }

  async label(): Promise<Attempt | null> {
    const { electronicTemperature, restartTemperature } = this.#spec;
    const coordinates = xyzText(this.#atoms);
    const path = join(this.#folder, COORDINATES);
    writing(path, () => writeFileSync(path, coordinates));
    this.#log.push(`== ${COORDINATES}\n${coordinates}`);
    let outcome = await this.#run(electronicTemperature);
    if (outcome !== null && isUnconverged(outcome) && restartTemperature !== null) {
      const warm = await this.#run(restartTemperature);
      // Only charges are taken from there; xtb reads them from its restart file.
      const again = warm === null || isUnconverged(warm) ? warm : await this.#run(electronicTemperature);
      const notes = [`restarted from a solution at ${restartTemperature} K`];
      outcome = again === null || "reason" in again ? again : { ...again, notes };
    }
    return outcome && { outcome, log: this.#log.join("\n") };
  }

  /** @returns null if it was cancelled */
  async #run(temperature: number): Promise<LabelOutcome | null> {
    const { command, method, charge, unpairedElectrons, accuracy, timeLimit_s } = this.#spec;
    const args = [COORDINATES, "--grad", "--gfn", method === "gfn1" ? "1" : "2", "--chrg", String(charge)];
    if (unpairedElectrons !== null) args.push("--uhf", String(unpairedElectrons));
    args.push("--etemp", String(temperature), "--acc", String(accuracy));
    const engrad = join(this.#folder, ENGRAD);
    rmSync(engrad, { force: true });
    const end = await runProgram({
      command,
      args,
      folder: this.#folder,
      // One thread; no settings or parameters of the person's own.
      environment: {
        OMP_NUM_THREADS: "1",
        MKL_NUM_THREADS: "1",
        OPENBLAS_NUM_THREADS: "1",
        HOME: this.#folder,
        XTBPATH: this.#folder,
        XTBHOME: this.#folder,
      },
      timeLimit_s,
      cancel: this.#cancel,
    });
    const gradient = existsSync(engrad) ? readFileSync(engrad, "utf8") : null;
    this.#log.push(`== ${[command, ...args].join(" ")}\n${end.output}`, `== errors\n${end.errors}`);
    if (gradient !== null) this.#log.push(`== ${ENGRAD}\n${gradient}`);
    return end.by === "cancel" ? null : this.#judge(end, gradient);
  }

  #judge(end: ProgramEnd, gradient: string | null): LabelOutcome {
    const { charge, unpairedElectrons, timeLimit_s } = this.#spec;
    const fail = (reason: LabelFailure["reason"], message: string): LabelFailure => ({ reason, message });
    const said = parseXtbOutput(end.output);
    if (end.by === "time-limit") return fail("time-limit", `xtb was ended after ${timeLimit_s} s`);
    if (end.by === "others") return fail("killed", `xtb was ended by ${end.signal} from elsewhere`);
    if (end.exitCode !== 0) {
      if (/criteria cannot be satisfied|iterator did not converge/.test(end.output))
        return fail("not-converged", "the charges did not become self-consistent");
      const hint = unpairedElectrons
        ? `; it can be that ${unpairedElectrons} unpaired electrons are impossible`
        : "";
      const how = end.signal ?? `exit code ${end.exitCode}`;
      return fail("crashed", `xtb ended with ${how}${hint}: ${lastLines(end)}`);
    }
    const { electrons } = said;
    if (electrons === null || said.charge === null)
      return fail("bad-output", "the output of xtb says nothing of the electrons and the charge");
    // xtb goes on with another charge or spin where the one asked for cannot be.
    if (electrons < 0 || Math.abs(said.charge - charge) > 1e-6)
      return fail("unsupported", `the charge was to be ${charge} e, xtb took ${said.charge} e`);
    const unpaired = unpairedElectrons ?? electrons % 2;
    if (unpaired > electrons || (electrons - unpaired) % 2 !== 0)
      return fail("unsupported", `${unpaired} of ${electrons} valence electrons cannot be unpaired`);
    if (!said.converged) return fail("not-converged", "the output does not say that the charges converged");
    if (gradient === null) return fail("bad-output", `xtb ended without ${ENGRAD}`);
    const read = parseEngrad(gradient);
    if (typeof read === "string") return fail("bad-output", `${ENGRAD}: ${read}`);
    if (!isOf(read, this.#atoms)) return fail("bad-output", `${ENGRAD} is of other atoms`);
    return finiteLabel({
      energy: HARTREE_EV * read.energy,
      forces: read.gradient.map((g) => (-HARTREE_EV / BOHR_A) * g),
      stress: null,
      notes: [],
    });
  }
}

function isUnconverged(outcome: LabelOutcome): boolean {
  return "reason" in outcome && outcome.reason === "not-converged";
}

/** Coordinates are written with seven decimals, bohr, by a program with a Bohr radius of its own. */
const SAME_PLACE = 1e-5;

function isOf({ atomicNumbers, positions }: Engrad, atoms: LabelAtoms): boolean {
  return (
    atomicNumbers.length === atoms.species.length &&
    atomicNumbers.every((number, i) => number === atomicNumber(atoms.species[i])) &&
    positions.every((x, n) => Math.abs(x * BOHR_A - atoms.positions[n]) <= SAME_PLACE * (1 + Math.abs(x)))
  );
}

function lastLines({ output, errors }: ProgramEnd): string {
  const lines = `${output}\n${errors}`.split("\n").filter((line) => /ERROR|signal|-\d+- |rror:/.test(line));
  return lines.slice(0, 3).join("; ").trim() || "its output says no more";
}
