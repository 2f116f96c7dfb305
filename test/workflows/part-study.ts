/** A part of a study (relax, hop, dynamics) run in this process, from its text to its output folder. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { type LoadedStudy, loadStudy } from "../../src/data/study/load-study.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import type { RunContext } from "../../src/workflows/context.ts";
import { scratch } from "../cli/eciton.ts";

interface Part<Plan, Result> {
  plan(loaded: LoadedStudy, outDir: string): Plan;
  run(plan: Plan, context: RunContext): Promise<Result>;
  finished(plan: Plan, context: RunContext): boolean;
}

export interface PartOptions {
  /** Where the results go. */
  readonly folder?: string;
  /** Where the study is; default: one that is removed when the test ends. */
  readonly home?: string;
  /** Threads; default 0: this one. */
  readonly workers?: number;
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
}

/** @param files of the study's folder, beside the study */
export async function runPartStudy<Plan, Result>(
  part: Part<Plan, Result>,
  text: string,
  files: Readonly<Record<string, string>> = {},
  { folder, home, workers = 0, resume = false, signal = new AbortController().signal }: PartOptions = {},
) {
  const place = home ?? scratch(files);
  writeFileSync(join(place, "study.yaml"), text);
  const outDir = folder ?? join(place, "out");
  const plan = part.plan(loadStudy(join(place, "study.yaml")), outDir);
  const executor = createExecutor(workers);
  const context: RunContext = { executor, outDir, resume, signal, say: () => {}, command: "eciton" };
  try {
    const result = await part.run(plan, context);
    /** Text of a file in the output folder. */
    const read = (name: string) => readFileSync(join(outDir, name), "utf8");
    const rows = (name: string) => parseCsv(read(name), { columns: true }) as Record<string, string>[];
    const finished = () => part.finished(plan, { ...context, resume: true });
    return { plan, result, outDir, read, rows, finished };
  } finally {
    await executor.close();
  }
}

/** What the part makes of a study before it runs. */
export function planOfText<Plan>(
  part: Pick<Part<Plan, unknown>, "plan">,
  text: string,
  files: Readonly<Record<string, string>> = {},
): Plan {
  const folder = scratch({ "study.yaml": text, ...files });
  return part.plan(loadStudy(join(folder, "study.yaml")), join(folder, "out"));
}
