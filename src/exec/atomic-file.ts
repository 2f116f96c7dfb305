/** Files that are either whole or absent: written beside their place, synced, then renamed. */
import { randomInt } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { EcitonError } from "../core/errors.ts";

/**
 * Writes a whole file or nothing.
 * @throws {EcitonError} "io" naming the file and the cause (a full disk among them); nothing is left behind
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  writeChunksAtomic(path, [content]);
}

/** As writeFileAtomic, for files that are made piece by piece because they would not fit in memory. */
export function writeChunksAtomic(path: string, chunks: Iterable<string | Uint8Array>): void {
  // Processes of machines that share a disk may have the same number.
  const temporary = `${path}.${randomInt(2 ** 47)}.part`;
  let descriptor: number | null = null;
  let begun = false;
  try {
    makeFolder(dirname(path));
    descriptor = openSync(temporary, "w");
    begun = true;
    for (const chunk of chunks) writeWhole(descriptor, chunk);
    fsyncSync(descriptor);
    closeSync(descriptor);
    descriptor = null;
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    if (descriptor !== null) closeSync(descriptor);
    if (begun) rmSync(temporary, { force: true });
    // Whoever makes the pieces may have failed, and knows better why.
    throw error instanceof EcitonError ? error : ioError("write", path, error);
  }
}

/** The new name must survive a loss of power as the content does. Some systems cannot open a folder, and have no need to. */
function syncFolder(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A write may take only a part of the buffer, on a nearly full disk among other cases. */
export function writeWhole(descriptor: number, content: string | Uint8Array): void {
  const bytes: Uint8Array = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset);
}

/** Makes a folder and those above it. Node's own recursive form never returns for some places, /proc among them. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another thread may have been faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Turns a system error into one that says what to do. */
export function ioError(action: "write" | "read", path: string, error: unknown): EcitonError {
  const code = (error as NodeJS.ErrnoException).code;
  const advice =
    code === "ENOSPC"
      ? "the disk is full; free some space or choose another folder with --out"
      : code === "EACCES" || code === "EPERM" || code === "EROFS"
        ? "no permission; choose another folder with --out"
        : code === "ENOENT"
          ? "there is no such file or folder"
          : error instanceof Error
            ? error.message
            : String(error);
  const kind = action === "read" ? "data" : "io";
  return new EcitonError(kind, `${path}: cannot ${action}: ${advice}`, { file: path, system: code }, error);
}

/**
 * JSON with NaN and Infinity refused: JSON.stringify would silently write null.
 * @throws {EcitonError} "io" naming the path of the number in the document
 */
export function strictJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (key, item) => {
      if (typeof item === "number" && !Number.isFinite(item)) {
        const path = pathOfNonFinite(value, "") ?? key;
        throw new EcitonError("io", `a result that is not a finite number (${item}) stands at "${path}"`, {
          path,
        });
      }
      return item;
    },
    indent,
  );
}

function pathOfNonFinite(value: unknown, path: string): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : path;
  if (typeof value !== "object" || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : path === "" ? key : `.${key}`;
    const found = pathOfNonFinite(item, path + step);
    if (found !== null) return found;
  }
  return null;
}

/** Work that writes to a file; what goes wrong on the way is an "io" error that names it. */
export function writing<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof EcitonError ? error : ioError("write", path, error);
  }
}
