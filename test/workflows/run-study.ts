/** A study run in this process, from its file to its output folder. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStudy, type Overrides } from "../../src/data/study/load-study.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { planRun, type RunPlan } from "../../src/workflows/plan.ts";
import { type RunResult, runStudy } from "../../src/workflows/run.ts";

export interface FinishedRun {
  readonly folder: string;
  readonly plan: RunPlan;
  readonly result: RunResult;
  readonly said: readonly string[];
  /** Text of a file in the output folder. */
  readonly read: (name: string) => string;
  readonly remove: () => void;
}

/** @param workers threads; 0 computes in this one */
export async function runFile(file: string, overrides: Overrides = {}, workers = 0): Promise<FinishedRun> {
  const folder = mkdtempSync(join(tmpdir(), "eciton-run-"));
  const plan = await planRun(loadStudy(file, overrides), { fit: true, sample: true });
  const executor = createExecutor(workers);
  const said: string[] = [];
  try {
    const result = await runStudy(
      plan,
      { fit: true, sample: true },
      {
        executor,
        outDir: folder,
        resume: false,
        signal: new AbortController().signal,
        say: (line) => said.push(line),
        command: "eciton run",
      },
    );
    return {
      folder,
      plan,
      result,
      said,
      read: (name) => readFileSync(join(folder, name), "utf8"),
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  } finally {
    await executor.close();
  }
}
