/**
 * The one error class of the project. The code says what kind of mistake it is and so decides the exit
 * status; the message names what was expected, what was found, and where.
 */

export const errorCodes = [
  "usage", // wrong command line
  "study", // the study file asks for something impossible; details.path is the path in the study
  "data", // an input file is wrong; details.file and details.line say where
  "mapping", // a structure does not fit the parent lattice
  "shape", // an argument has the wrong length or size: a mistake in calling code
  "memory", // refused beforehand, with the numbers
  "not-converged", // an iteration ended at its limit
  "io", // the disk, a pipe, a worker
  "cancelled", // interrupted by the user, after writing a checkpoint
  "partial", // some of many tasks failed
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export type ErrorDetails = Readonly<Record<string, unknown>>;

export class EcitonError extends Error {
  override readonly name = "EcitonError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** An input file that is wrong at a known place: the message begins with `file:line:`. */
export function dataError(file: string, line: number | null, message: string, cause?: unknown): EcitonError {
  const where = line === null ? file : `${file}:${line}`;
  return new EcitonError("data", `${where}: ${message}`, { file, line }, cause);
}

/** A study that is wrong at a known path: the message begins with the path. */
export function studyError(path: string, message: string): EcitonError {
  return new EcitonError("study", `${path}: ${message}`, { path });
}

/** Exit status of the command line for each code (see docs/cli.md). */
export function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case "usage":
    case "study":
    case "memory":
      return 2;
    case "data":
    case "mapping":
      return 3;
    case "not-converged":
      return 4;
    case "io":
    case "partial":
      return 5;
    case "cancelled":
      return 130;
    case "shape":
      return 70;
    default:
      return code satisfies never;
  }
}
