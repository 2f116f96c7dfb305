/**
 * The tasks of one map as files on a disk that several machines share: payloads in, results out. Every file is whole
 * or absent, has one writer at a time, and names the map that it belongs to.
 *
 *   manifest.json           what the tasks are
 *   payloads.bin            payloads of all tasks, structured clones
 *   submission-0000.json    which tasks were handed over together, in which job
 *   progress-0000-3.json    sign of life of element 3 of submission 0
 *   result-00007.bin        result of task 7, structured clone
 *   failure-00007.json      why task 7 ended without one
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { EcitonError, type ErrorCode, type ErrorDetails, errorCodes } from "../core/errors.ts";
import { ioError, writeFileAtomic } from "./atomic-file.ts";
import { cloneFromBytes, cloneToBytes } from "./clone-file.ts";

const FORMAT = "eciton-tasks-1";

export interface TaskManifest {
  /** Name of the task function. */
  readonly task: string;
  /** Names of the tasks for people. */
  readonly names: readonly string[];
  readonly created: string;
}

/** Tasks that were handed over together. */
export interface Submission {
  readonly number: number;
  /** No other submission has this name, so the jobs can be found by it even if their number was never written down. */
  readonly jobName: string;
  /** Task function; its module stands here, not in the manifest, because Eciton may have moved in between. */
  readonly module: string;
  readonly name: string;
  /** Numbers of the tasks of each element of the array. */
  readonly elements: readonly (readonly number[])[];
  /** Why tasks were handed over again, by task. */
  readonly reasons: Readonly<Record<number, string>>;
  readonly cores: number;
  readonly submitted: string;
  /** Number of the job array; null until the queue has given one. */
  readonly jobId: number | null;
  /** It never came to the queue as far as was known: should it still do so, its elements end at once. */
  readonly abandoned: boolean;
}

export interface TaskFailureRecord {
  readonly submission: number;
  /** Stopped at a checkpoint because it was asked to; otherwise it failed. */
  readonly interrupted: boolean;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** What an element says every few seconds. */
export interface ElementProgress {
  readonly host: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly tasks: readonly { readonly index: number; readonly progress: number }[];
}

/** Names a set of payloads: their content, the task and the version of Eciton. */
export function fingerprintOfTasks(version: string, task: string, payloads: readonly unknown[]): string {
  const hash = createHash("sha256").update(`${FORMAT}\n${version}\n${task}\n${payloads.length}\n`);
  // Payloads share their largest parts, which are read once.
  const known = new Map<object, string>();
  const partHash = (part: unknown): string => {
    const text = () => createHash("sha256").update(canonicalText(part)).digest("hex");
    if (typeof part !== "object" || part === null) return text();
    const found = known.get(part) ?? text();
    known.set(part, found);
    return found;
  };
  for (const payload of payloads) {
    if (typeof payload !== "object" || payload === null || ArrayBuffer.isView(payload))
      hash.update(`${partHash(payload)}\n`);
    else for (const [key, part] of Object.entries(payload)) hash.update(`${key} ${partHash(part)}\n`);
    hash.update("\n");
  }
  return hash.digest("hex");
}

/** JSON with typed arrays by their bytes; numbers that JSON lacks by their names. */
function canonicalText(value: unknown): string {
  return (
    JSON.stringify(value, (_, item) => {
      if (ArrayBuffer.isView(item))
        return {
          array: item.constructor.name,
          base64: Buffer.from(item.buffer, item.byteOffset, item.byteLength).toString("base64"),
        };
      if (typeof item === "number" && !Number.isFinite(item)) return { number: String(item) };
      return item;
    }) ?? "undefined"
  );
}

export class TaskFolder {
  readonly path: string;
  readonly fingerprint: string;

  /** @param fingerprint files that name another one are refused */
  constructor(path: string, fingerprint: string) {
    this.path = path;
    this.fingerprint = fingerprint;
  }

  /**
   * The folder of a map that was begun earlier.
   * @throws {EcitonError} "data" if there is none, or one of another version of Eciton's format
   */
  static open(path: string): TaskFolder {
    const found = readJson(join(path, MANIFEST));
    if (typeof found.fingerprint !== "string" || found.format !== FORMAT)
      throw unusable(join(path, MANIFEST), `expected ${FORMAT}, found ${String(found.format)}`);
    return new TaskFolder(path, found.fingerprint);
  }

  get begun(): boolean {
    return existsSync(join(this.path, MANIFEST));
  }

  /**
   * Writes payloads, then the manifest: a folder with a manifest has everything that its tasks need.
   * @throws {EcitonError} "io" for a folder that cannot be written, or payloads that no file can hold
   */
  begin(manifest: TaskManifest, payloads: readonly unknown[]): void {
    let bytes: Uint8Array;
    try {
      bytes = cloneToBytes(payloads);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new EcitonError("io", `the payloads of ${manifest.task} cannot be written: ${reason}`, {}, error);
    }
    writeFileAtomic(join(this.path, PAYLOADS), bytes);
    this.#write(MANIFEST, manifest);
  }

  manifest(): TaskManifest {
    return this.#read<TaskManifest>(MANIFEST);
  }

  payloads(): unknown[] {
    return readClone(join(this.path, PAYLOADS)) as unknown[];
  }

  /** Names of the files there are: one look at the folder instead of one for each task. */
  files(): Set<string> {
    try {
      return new Set(readdirSync(this.path));
    } catch (error) {
      throw ioError("read", this.path, error);
    }
  }

  writeSubmission(submission: Submission): void {
    this.#write(submissionFile(submission.number), submission);
  }

  submission(number: number): Submission {
    return this.#read<Submission>(submissionFile(number));
  }

  /** In the order of their making, from one on. */
  submissions(first = 0): Submission[] {
    const numbers = [...this.files()].flatMap((file) => /^submission-(\d+)\.json$/.exec(file)?.[1] ?? []);
    return numbers
      .map(Number)
      .filter((number) => number >= first)
      .sort((a, b) => a - b)
      .map((number) => this.submission(number));
  }

  writeResult(index: number, result: unknown): void {
    const content = { format: FORMAT, fingerprint: this.fingerprint, index, result };
    writeFileAtomic(join(this.path, resultFile(index)), cloneToBytes(content));
  }

  /** @throws {EcitonError} "data" for a file that is not this task's result */
  result(index: number): unknown {
    const path = join(this.path, resultFile(index));
    const found = readClone(path) as Readonly<Record<string, unknown>>;
    this.#check(path, found);
    if (found?.index !== index) throw unusable(path, `it is of task ${String(found?.index)}`);
    return found.result;
  }

  writeFailure(index: number, failure: TaskFailureRecord): void {
    this.#write(failureFile(index), failure);
  }

  failure(index: number): TaskFailureRecord {
    const found = this.#read<TaskFailureRecord>(failureFile(index));
    if (!errorCodes.includes(found.code))
      throw unusable(join(this.path, failureFile(index)), `it has the unknown code ${String(found.code)}`);
    return found;
  }

  /** A failure that a person has been told of does not stand in the way of another attempt. */
  setFailureAside(index: number): void {
    const path = join(this.path, failureFile(index));
    renameSync(path, path.replace(/failure-(\d+)\.json$/, "reported-$1.json"));
  }

  writeProgress(submission: number, element: number, progress: ElementProgress): void {
    this.#write(progressFile(submission, element), progress);
  }

  progress(submission: number, element: number): ElementProgress {
    return this.#read<ElementProgress>(progressFile(submission, element));
  }

  /** What an element wrote on its streams; `%a` stands for the element's number. */
  logFile(submission: number, element: number | "%a"): string {
    return join(this.path, `log-${pad(submission, 4)}-${element}.txt`);
  }

  #write(file: string, content: object): void {
    const all = { format: FORMAT, fingerprint: this.fingerprint, ...content };
    writeFileAtomic(join(this.path, file), `${JSON.stringify(all)}\n`);
  }

  #read<Content>(file: string): Content {
    const path = join(this.path, file);
    const found = readJson(path);
    this.#check(path, found);
    return found as Content;
  }

  #check(path: string, found: Readonly<Record<string, unknown>>): void {
    if (found?.format !== FORMAT)
      throw unusable(path, `expected ${FORMAT}, found ${String(found?.format ?? "something else")}`);
    if (found.fingerprint !== this.fingerprint)
      throw unusable(path, "it is of another run (other model, settings, seed or version of Eciton)");
  }
}

const MANIFEST = "manifest.json";
const PAYLOADS = "payloads.bin";

const pad = (number: number, digits: number) => String(number).padStart(digits, "0");
const submissionFile = (number: number) => `submission-${pad(number, 4)}.json`;
export const resultFile = (index: number) => `result-${pad(index, 5)}.bin`;
export const failureFile = (index: number) => `failure-${pad(index, 5)}.json`;
export const progressFile = (submission: number, element: number) =>
  `progress-${pad(submission, 4)}-${element}.json`;

function unusable(path: string, what: string, cause?: unknown): EcitonError {
  return new EcitonError(
    "data",
    `${path}: cannot be used: ${what}; delete the file, or the whole folder to begin anew`,
    { file: path },
    cause,
  );
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw ioError("read", path, error);
  }
}

function readJson(path: string): Record<string, unknown> {
  const text = readBytes(path).toString("utf8");
  try {
    const found = JSON.parse(text) as unknown;
    if (typeof found === "object" && found !== null) return found as Record<string, unknown>;
  } catch (error) {
    throw unusable(path, "it is no JSON", error);
  }
  throw unusable(path, "it holds no record");
}

function readClone(path: string): unknown {
  const bytes = readBytes(path);
  try {
    return cloneFromBytes(bytes);
  } catch (error) {
    throw unusable(path, "it cannot be read", error);
  }
}
