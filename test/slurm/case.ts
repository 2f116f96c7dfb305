/** A folder of its own for each test, chains to run in it, and what the jobs left there. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished } from "vitest";
import type { EcitonError } from "../../src/core/errors.ts";
import { createExecutor, type Executor, type MapOptions } from "../../src/exec/executor.ts";
import type { SlurmOptions } from "../../src/exec/slurm.ts";
import type { Submission } from "../../src/exec/task-folder.ts";

export const module = pathToFileURL(resolve("test/slurm/tasks.mjs")).href;
export const chain = { module, name: "chain" };
export const settings = { cpus_per_task: 1, modules: [], setup: [], extra: [], poll_s: 0.2, resubmits: 2 };

export type SlurmModule = typeof import("../../src/exec/slurm.ts");
let built: SlurmModule;

/** The executor as it is installed. */
export async function loadBuilt(): Promise<void> {
  built = (await import(resolve("dist/exec/slurm.js"))) as SlurmModule;
}

export function createBuilt(options: Partial<SlurmOptions> & { readonly outDir: string }): Executor {
  const rest = { settings, resume: false, detach: false, version: "test", say: () => {} };
  return built.createSlurmExecutor({ ...rest, ...options });
}

interface Case {
  readonly outDir: string;
  readonly said: string[];
  payloads(count: number, steps: number, stepMs: number): ChainPayload[];
  map(
    payloads: readonly unknown[],
    changes?: Partial<SlurmOptions>,
    options?: MapOptions,
    name?: string,
  ): Promise<ChainResult[]>;
  /** Lines "step pid restarts" of the beginnings of a chain. */
  starts(index: number): number[][];
  submissions(): Submission[];
  /** The folder of the only map. */
  folder(): string;
}

interface ChainPayload {
  readonly seed: number;
  readonly steps: number;
  readonly stepMs: number;
  readonly checkpoint: string;
  readonly resume: boolean;
}

interface ChainResult {
  readonly value: number;
  readonly series: Float64Array;
  readonly inThread: boolean;
}

export function newCase(): Case {
  const outDir = mkdtempSync(join(tmpdir(), "eciton-slurm-"));
  onTestFinished(() => {
    spawnSync("scancel", ["--me", "--full", "--signal=KILL"]);
    spawnSync("scancel", ["--me"]);
    rmSync(outDir, { recursive: true, force: true });
  });
  const said: string[] = [];
  const checkpoint = (index: number) => join(outDir, `chain-${index}.json`);
  const folder = () => {
    const [only, ...others] = readdirSync(join(outDir, "slurm"));
    expect(others).toEqual([]);
    return join(outDir, "slurm", only);
  };
  return {
    outDir,
    said,
    payloads: (count, steps, stepMs) =>
      Array.from({ length: count }, (_, index) => ({
        seed: 7 + index,
        steps,
        stepMs,
        checkpoint: checkpoint(index),
        resume: true,
      })),
    map: (payloads, changes = {}, options = {}, name = "chain") => {
      const say = (line: string) => void said.push(line);
      return createBuilt({ outDir, say, ...changes }).map({ module, name }, payloads, options);
    },
    starts: (index) => {
      const file = `${checkpoint(index)}.starts`;
      if (!existsSync(file)) return [];
      return readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(" ").map(Number));
    },
    submissions: () =>
      readdirSync(folder())
        .filter((file) => /^submission-\d+\.json$/.test(file))
        .sort()
        .map((file) => JSON.parse(readFileSync(join(folder(), file), "utf8")) as Submission),
    folder,
  };
}

/** What threads make of the same chains, without their pauses and checkpoints of their own. */
export async function onThreads(payloads: readonly ChainPayload[]): Promise<ChainResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "eciton-threads-"));
  const executor = createExecutor(1);
  try {
    const own = payloads.map((p, i) => ({ ...p, stepMs: 0, checkpoint: join(folder, `${i}.json`) }));
    return await executor.map<ChainResult>(chain, own);
  } finally {
    await executor.close();
    rmSync(folder, { recursive: true });
  }
}

export async function failureOf(promise: Promise<unknown>): Promise<EcitonError> {
  const error = await promise.then(
    () => new Error("it did not fail"),
    (reason) => reason,
  );
  expect(error.name).toBe("EcitonError");
  return error as EcitonError;
}
