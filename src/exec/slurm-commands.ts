/** Slurm's own programs: sbatch, squeue, scancel, scontrol. Nothing here knows what the jobs compute. */
import { spawn } from "node:child_process";
import { EcitonError, studyError } from "../core/errors.ts";

/** One element of an array in the queue, or one that ended a short while ago. */
export interface QueuedElement {
  readonly jobId: number;
  readonly jobName: string;
  readonly element: number;
  /** Slurm's word: PENDING, RUNNING, FAILED, NODE_FAIL ... */
  readonly state: string;
  readonly reason: string;
  readonly alive: boolean;
  /** It ended in a way after which Slurm itself may put it back into the queue. */
  readonly requeued: boolean;
}

/** An element that waits for a person. */
export function isHeld({ state, reason }: QueuedElement): boolean {
  return (
    state === "REQUEUE_HOLD" ||
    state === "SPECIAL_EXIT" ||
    (state === "PENDING" && /held|Held|NeverSatisfied/.test(reason))
  );
}

/** States that an element does not leave; any other is that of one that runs or may run again. */
const endStates = new Set([
  "BOOT_FAIL",
  "CANCELLED",
  "COMPLETED",
  "DEADLINE",
  "FAILED",
  "NODE_FAIL",
  "OUT_OF_MEMORY",
  "PREEMPTED",
  "REVOKED",
  "TIMEOUT",
]);

/** Ends after which the queue itself may begin an element anew. */
const requeuedStates = new Set(["BOOT_FAIL", "NODE_FAIL", "PREEMPTED"]);

/** The controller did not answer; it may do so later. What was asked for may have been done all the same. */
export class SlurmUnavailable extends Error {}

const noAnswer =
  /unable to contact|connection (?:refused|reset|timed out)|socket timed out|timed out|communication|slurm_load|zero bytes|try again|temporarily|not responding|munge|authentication/i;

interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Slurm's programs give up by themselves after some time; one that hangs all the same counts as no answer. */
const COMMAND_TIMEOUT_MS = 120_000;

function runProgram(program: string, args: readonly string[]): Promise<Output> {
  return new Promise((resolve, reject) => {
    // In a session of its own: Ctrl-C or a terminal that closes does not end it half-way.
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      timeout: COMMAND_TIMEOUT_MS,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? notFound(program) : error);
    });
    child.on("close", (code) => resolve({ code, stdout, stderr: stderr.trim() }));
  });
}

function notFound(program: string): EcitonError {
  return new EcitonError(
    "usage",
    `${program} was not found: --executor slurm has to be started on a machine from which Slurm jobs are submitted; ` +
      "--executor threads computes here",
    { program },
  );
}

function failure(program: string, { code, stderr }: Output): Error {
  const said = stderr || `exit code ${code}`;
  if (code === null || noAnswer.test(said)) return new SlurmUnavailable(`${program}: ${said}`);
  return new EcitonError("io", `${program} failed: ${said}`, { program });
}

/**
 * @param args options, and last the script
 * @returns number of the job
 * @throws {SlurmUnavailable} when it is not known whether the job was taken
 * @throws {EcitonError} "study" when Slurm refuses the job, with its words; "usage" without sbatch
 */
export async function submitJob(args: readonly string[]): Promise<number> {
  const output = await runProgram("sbatch", ["--parsable", ...args]);
  const number = Number(/^(\d+)(?:;\S*)?$/m.exec(output.stdout)?.[1]);
  if (output.code === 0 && Number.isSafeInteger(number)) return number;
  const error = failure("sbatch", output);
  if (error instanceof SlurmUnavailable) throw error;
  const words = output.stderr.replaceAll(/^sbatch: (?:error: )?/gm, "").replaceAll("\n", "; ");
  throw studyError("slurm", `sbatch refused the jobs: ${words || output.stdout.trim()}`);
}

/**
 * Elements of arrays by the names of their jobs: those in the queue, and those that ended in the last minutes.
 * @throws {SlurmUnavailable} without an answer
 */
export async function queuedElements(jobNames: readonly string[]): Promise<QueuedElement[]> {
  if (jobNames.length === 0) return [];
  const output = await runProgram("squeue", [
    "--noheader",
    "--array",
    "--states=all",
    `--name=${jobNames.join(",")}`,
    "--format=%F|%K|%T|%j|%r",
  ]);
  // Whatever the fault is, it must never look like an empty queue.
  if (output.code !== 0 || /error/i.test(output.stderr))
    throw new SlurmUnavailable(`squeue: ${output.stderr || `exit code ${output.code}`}`);
  return output.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [job, element, state, jobName, reason] = line.split("|");
      return {
        jobId: Number(job),
        jobName,
        element: Number(element),
        state,
        reason: reason === "None" ? "" : reason,
        alive: !endStates.has(state),
        requeued: requeuedStates.has(state),
      };
    });
}

/** Elements that are still there are asked to end; that some are gone already is no error. */
export async function cancelJobs(jobIds: readonly number[]): Promise<void> {
  if (jobIds.length === 0) return;
  const output = await runProgram("scancel", ["--quiet", ...jobIds.map(String)]);
  if (output.code !== 0 && noAnswer.test(output.stderr)) throw failure("scancel", output);
}

const USUAL_ARRAY_SIZE = 1001;

/** Elements that one array of this cluster may have. */
export async function largestArray(): Promise<number> {
  const output = await runProgram("scontrol", ["show", "config"]);
  if (output.code !== 0) throw failure("scontrol", output);
  const found = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(output.stdout)?.[1]);
  return Number.isSafeInteger(found) && found > 0 ? found : USUAL_ARRAY_SIZE;
}
