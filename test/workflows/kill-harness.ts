/** Runs a study again and again, kills it at random moments, goes on, and compares with a run that was left alone. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { RandomStream } from "../../src/core/random.ts";
import { type Running, startEciton } from "../cli/eciton.ts";
import { KILL_WORKERS, type KillCase } from "./kill-cases.ts";

export const phases = ["before the first checkpoint", "between checkpoints", "writing results"] as const;
export type Phase = (typeof phases)[number];

export interface KillRecord {
  readonly phase: Phase;
  /** Whether a file was half written at that moment. */
  readonly writing: boolean;
}

export interface KillOutcome {
  /** Kills that hit a living process. */
  readonly kills: readonly KillRecord[];
  /** Runs that were killed at least once and then finished with the same results. */
  readonly identical: number;
}

type Aim = "any time" | "a file being written" | "the results";
const aims: readonly Aim[] = ["a file being written", "any time", "the results", "any time"];

/** Where files appear while it runs. */
const CHECKPOINTS = "checkpoints";

/**
 * Files of results by name, without those words in which two runs of the same study may differ: date, duration, command.
 */
export function resultsIn(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile() && name !== "provenance.json");
  return new Map(
    files.map((name) => {
      const bytes = readFileSync(join(folder, name));
      return [name, name === "report.html" ? withoutTimes(bytes.toString()) : bytes.toString("latin1")];
    }),
  );
}

function withoutTimes(html: string): string {
  return html
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)?/g, "DATE")
    .replaceAll(/eciton (sample|run|relax|dynamics|hop|train) [^<"\n]*/g, "COMMAND")
    .replaceAll(/(wall time<\/th><td[^>]*>)[^<]*/g, "$1DURATION")
    .replaceAll(/Enumerated in [^<]* s\./g, "Enumerated in DURATION.");
}

/** Names of the files that two folders do not have in common, or that differ. */
export function differencesBetween(folder: string, other: string): string[] {
  const [a, b] = [resultsIn(folder), resultsIn(other)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

export class KillHarness {
  readonly #folder: string;
  readonly #case: KillCase;
  readonly #random: RandomStream;
  #duration = 0;

  /** @param folder for this case alone */
  constructor(folder: string, killCase: KillCase, seed: number) {
    this.#folder = folder;
    this.#case = killCase;
    this.#random = new RandomStream(seed, 0);
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries({ "study.yaml": killCase.study, ...killCase.files }))
      writeFileSync(join(folder, name), text);
  }

  start(out: string, ...more: string[]): Running {
    const args = [this.#case.command, "study.yaml", ...this.#case.args, "--workers", String(KILL_WORKERS)];
    return startEciton([...args, "--out", out, ...more], this.#folder);
  }

  path(...parts: string[]): string {
    return join(this.#folder, ...parts);
  }

  /** The run that is left alone; later runs are aimed at by its duration. */
  async reference(): Promise<void> {
    const begun = performance.now();
    await this.#finish("whole");
    this.#duration = performance.now() - begun;
  }

  /** @param kills that must hit a running process */
  async kill(kills: number): Promise<KillOutcome> {
    const done: KillRecord[] = [];
    let identical = 0;
    for (let round = 0; done.length < kills; round++) {
      if (round > 4 * kills)
        throw new Error(`${this.#case.name}: too many runs end before they can be killed`);
      const out = `killed-${round}`;
      let ended = false;
      let hits = 0;
      // Not so many in one run that its end is never seen.
      const most = 2 + Math.floor(4 * this.#random.nextFloat());
      while (!ended && hits < most && done.length < kills) {
        const record = await this.#killOnce(out, hits > 0, aims[(round + hits) % aims.length]);
        if (record === null) ended = true;
        else {
          done.push(record);
          hits++;
        }
      }
      if (!ended) await this.#finish(out, "--resume");
      const differences = differencesBetween(this.path("whole"), this.path(out));
      if (differences.length > 0)
        throw new Error(
          `${this.#case.name}, ${out}, after ${hits} kills (${done.slice(-hits).map(({ phase }) => phase)}): ${differences} differ`,
        );
      if (hits > 0) identical++;
      rmSync(this.path(out), { recursive: true });
    }
    return { kills: done, identical };
  }

  /** @returns null where the run had ended before the kill */
  async #killOnce(out: string, resume: boolean, aim: Aim): Promise<KillRecord | null> {
    const begun = Date.now();
    const run = this.start(out, ...(resume ? ["--resume"] : []));
    let over = false;
    const finished = run.outcome.then(() => {
      over = true;
    });
    const wait = (ms: number) => Promise.race([finished, new Promise((go) => setTimeout(go, ms))]);
    if (aim === "the results") {
      while (!over && !this.#isNew(begun, out, this.#case.results)) await wait(1);
      await wait(60 * this.#random.nextFloat());
    } else if (aim === "a file being written") {
      while (!over && !existsSync(this.path(out, CHECKPOINTS))) await wait(5);
      await wait((this.#duration / 3) * this.#random.nextFloat());
      if (!over) await Promise.race([finished, this.#nextWrite(out)]);
    } else {
      await wait(this.#duration * this.#random.nextFloat());
    }
    const alive = run.process.exitCode === null && run.process.signalCode === null;
    run.process.kill("SIGKILL");
    const { signal, code, stderr } = await run.outcome;
    if (signal !== "SIGKILL" || !alive) {
      if (code !== 0) throw new Error(`${this.#case.name}: exit code ${code}: ${stderr}`);
      return null;
    }
    const writing = this.#names(out).some((name) => name.endsWith(".part"));
    if (this.#isNew(begun, out, this.#case.results)) return { phase: "writing results", writing };
    const saved = this.#names(out, CHECKPOINTS).some((name) => /-\d.*\.(json|bin)$/.test(name));
    return { phase: saved ? "between checkpoints" : "before the first checkpoint", writing };
  }

  #names(...parts: string[]): string[] {
    return existsSync(this.path(...parts))
      ? readdirSync(this.path(...parts), { recursive: true, encoding: "utf8" })
      : [];
  }

  /** Whether a file was written after a moment. */
  #isNew(moment: number, ...parts: string[]): boolean {
    return (statSync(this.path(...parts), { throwIfNoEntry: false })?.mtimeMs ?? 0) > moment;
  }

  /** Returns when a checkpoint is begun. */
  async #nextWrite(out: string): Promise<void> {
    const folder = this.path(out, CHECKPOINTS);
    // It is removed when the run ends.
    if (!existsSync(folder)) return;
    await new Promise<void>((go) => {
      const end = () => {
        clearTimeout(timer);
        watcher.close();
        go();
      };
      const watcher = watch(folder, (_, name) => {
        if (/-\d.*\.part$/.test(name ?? "")) end();
      });
      watcher.on("error", end);
      const timer = setTimeout(end, 2000);
    });
  }

  async #finish(out: string, ...more: string[]): Promise<void> {
    const { code, stderr } = await this.start(out, ...more).outcome;
    if (code !== 0) throw new Error(`${this.#case.name}: exit code ${code}: ${stderr}`);
  }
}
