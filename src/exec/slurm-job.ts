/** What is said to sbatch: options and script of a job array. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFileAtomic } from "./atomic-file.ts";
import { typescriptLoader } from "./executor.ts";
import type { Submission, TaskFolder } from "./task-folder.ts";

/** The section `slurm` of a study. */
export interface SlurmSettings {
  readonly partition?: string;
  readonly account?: string;
  /** Minutes, or Slurm's own notation. */
  readonly time?: number | string;
  readonly memory_GiB?: number;
  readonly memory_per_cpu_GiB?: number;
  readonly cpus_per_task: number;
  readonly tasks_per_job?: number;
  readonly max_running?: number;
  readonly modules: readonly string[];
  readonly setup: readonly string[];
  readonly node?: string;
  readonly extra: readonly string[];
  readonly poll_s: number;
  readonly resubmits: number;
}

/** A job is asked to end so long before its time is over; Slurm may ask up to a minute earlier. */
const WARNING_S = 60;

/** Writes the script of a submission. @returns the arguments of sbatch */
export function jobArguments(settings: SlurmSettings, folder: TaskFolder, submission: Submission): string[] {
  const { elements, jobName, number } = submission;
  const script = join(folder.path, `submission-${String(number).padStart(4, "0")}.sh`);
  writeFileAtomic(script, jobScript(settings, folder, number));
  const limit = settings.max_running === undefined ? "" : `%${settings.max_running}`;
  const mebibytes = (gibibytes: number) => `${Math.ceil(gibibytes * 1024)}M`;
  const given = (option: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${option}=${value}`];
  return [
    `--job-name=${jobName}`,
    `--array=0-${elements.length - 1}${limit}`,
    // In Slurm's patterns % begins a replacement; two stand for one.
    `--output=${folder
      .logFile(number, "%a")
      .replaceAll("%", "%%")
      .replace(/%%a\.txt$/, "%a.txt")}`,
    "--open-mode=append",
    `--chdir=${process.cwd()}`,
    // After a node's failure or a preemption the queue begins the element anew by itself.
    "--requeue",
    `--signal=B:TERM@${WARNING_S}`,
    "--ntasks=1",
    `--cpus-per-task=${settings.cpus_per_task}`,
    ...given("partition", settings.partition),
    ...given("account", settings.account),
    ...given("time", settings.time),
    ...given("mem", settings.memory_GiB && mebibytes(settings.memory_GiB)),
    ...given("mem-per-cpu", settings.memory_per_cpu_GiB && mebibytes(settings.memory_per_cpu_GiB)),
    ...settings.extra,
    script,
  ];
}

function jobScript(settings: SlurmSettings, folder: TaskFolder, submission: number): string {
  const fromSource = import.meta.url.endsWith(".ts");
  const entry = fileURLToPath(
    new URL(fromSource ? "./slurm-element.ts" : "./slurm-element.js", import.meta.url),
  );
  const command = [
    settings.node ?? process.execPath,
    ...(fromSource ? ["--import", typescriptLoader()] : []),
    entry,
    folder.path,
    String(submission),
  ];
  return [
    // A login shell knows the command module.
    "#!/bin/bash -l",
    ...settings.modules.map((module) => `module load ${module} || exit 1`),
    ...settings.setup,
    // Node takes the place of the shell, so the signals that Slurm sends reach it.
    `exec ${command.map(quoted).join(" ")} "$SLURM_ARRAY_TASK_ID"`,
    "",
  ].join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
