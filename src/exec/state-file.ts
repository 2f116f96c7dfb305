/** Checkpoints of a task: one JSON file, whole or absent, with typed arrays bit for bit. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { EcitonError } from "../core/errors.ts";
import { ioError, strictJson, writeFileAtomic } from "./atomic-file.ts";

const FORMAT = "eciton-checkpoint-2";

const arrayTypes = { Uint8Array, Int32Array, Float64Array } as const;
type ArrayName = keyof typeof arrayTypes;

/** JSON writes the shortest digits that give a number back exactly; arrays go as their bytes. */
function encode(value: unknown): unknown {
  if (value instanceof Uint8Array || value instanceof Int32Array || value instanceof Float64Array)
    return {
      array: value.constructor.name,
      base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
    };
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]));
  return value;
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value;
  const { array, base64 } = value as { array?: unknown; base64?: unknown };
  if (typeof array === "string" && typeof base64 === "string" && array in arrayTypes) {
    // A copy, because the bytes of a small Buffer need not be aligned.
    const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
    return new arrayTypes[array as ArrayName](bytes.buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]));
}

/**
 * @param task fingerprint of the task that the state belongs to
 * @param state plain data with typed arrays
 * @throws {EcitonError} "io" when the file cannot be written; an older checkpoint then stays as it is
 */
export function writeState(path: string, task: string, state: unknown): void {
  writeFileAtomic(path, strictJson({ format: FORMAT, task, state: encode(state) }));
}

/**
 * @param task fingerprint of the task that wants to go on
 * @returns null where there is no such file
 * @throws {EcitonError} "data" for a file that is no checkpoint, or one of another task
 */
export function readState<State>(path: string, task: string): State | null {
  if (!existsSync(path)) return null;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw ioError("read", path, error);
  }
  const fail = (message: string, cause?: unknown): never => {
    throw new EcitonError("data", `${path}: ${message}`, { file: path }, cause);
  };
  let found: { format?: unknown; task?: unknown; state?: unknown };
  try {
    found = JSON.parse(text) ?? {};
  } catch (error) {
    return fail("not a checkpoint: it cannot be read as JSON; delete it to begin this task anew", error);
  }
  if (found.format !== FORMAT)
    fail(
      `expected a checkpoint of format ${FORMAT}, found ${String(found.format)}; delete it to begin this task anew`,
    );
  if (found.task !== task)
    fail(
      "the checkpoint is of another run (other model, settings, steps, seed or observers); begin anew without --resume, " +
        "or choose another folder with --out",
    );
  return decode(found.state) as State;
}

/** Tells checkpoints of different tasks apart: any change of what decides the result changes it. */
export function fingerprint(task: unknown): string {
  return createHash("sha256").update(JSON.stringify(task)).digest("hex");
}
