/** `eciton status`: how far a run is. */
import type { Command } from "commander";
import { durationText } from "../exec/task-rate.ts";
import { count } from "../report/numbers.ts";
import type { RunStatus, TaskStatus } from "../workflows/status.ts";
import { printResult } from "./options.ts";

/** A ladder may be shared by several tasks. */
const taskNouns = {
  metropolis: "chain",
  tempering: "task",
  "wang-landau": "walker",
  anneal: "cooling",
} as const;

/** A person reads so many lines; --json has all. */
const MOST_LINES = 30;

export function registerStatus(program: Command): void {
  program
    .command("status")
    .description("how far a run is: tasks done, running, waiting; steps; jobs; what to do next")
    .argument("<dir>", "folder of results (eciton-out/<name of the study>)")
    .option("--json", "print one JSON document on stdout, all talk on stderr")
    .action(async (folder: string, options: { json?: boolean }) => {
      const { statusOfRun } = await import("../workflows/status.ts");
      const status = await statusOfRun(folder);
      printResult(options, { ...status, counts: countsOf(status.tasks) }, linesOf(status));
    });
}

function countsOf(tasks: readonly TaskStatus[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of tasks) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function linesOf(status: RunStatus): string[] {
  const { tasks } = status;
  const counts = Object.entries(countsOf(tasks)).map(([state, count]) => `${count} ${state}`);
  const open = tasks.filter(({ state }) => state !== "done");
  const width = Math.max(0, ...open.map(({ name }) => name.length));
  return [
    `${status.study}: ${status.state}${status.executor === "slurm" ? " on Slurm" : ""}` +
      `${tasks.length > 0 ? `, ${count(tasks.length, status.method ? taskNouns[status.method] : "task")}: ${counts.join(", ")}` : ""}`,
    ...open.slice(0, MOST_LINES).map((task) => `  ${taskLine(task, width)}`),
    ...(open.length > MOST_LINES ? [`  and ${open.length - MOST_LINES} more, all in --json`] : []),
    ...status.warnings.map((text) => `warning: ${text}`),
    `next: ${status.next}`,
  ];
}

function taskLine({ name, state, step, steps, seen_s, job, reason }: TaskStatus, width: number): string {
  const parts = [
    ...(step === null ? [] : [`${thousands(step)}${steps === null ? "" : ` of ${thousands(steps)}`} steps`]),
    ...(seen_s === null ? [] : [`heard of ${durationText(seen_s)} ago`]),
    ...(job === null ? [] : [`job ${job}`]),
    ...(reason === null ? [] : [reason]),
  ];
  return `${name.padEnd(width)}  ${state.padEnd(11)}  ${parts.join(", ")}`.trimEnd();
}

const thousands = (n: number) => n.toLocaleString("en-US");
