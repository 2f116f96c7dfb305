/** One process at a time hands over the tasks of a folder; one that died leaves no lasting lock. */
import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { EcitonError } from "../core/errors.ts";
import { ioError } from "./atomic-file.ts";
import { processExists } from "./life-sign.ts";

export interface FolderLock {
  /** Says that this process still lives. */
  renew(): void;
  release(): void;
}

const FILE = "waiting.json";
/** Without a sign of life for so long, a process on another machine counts as dead. */
const SILENCE_S = 180;

/**
 * @param renewal_s the owner says that often that it lives
 * @throws {EcitonError} "usage" while another process has the folder
 */
export function lockFolder(folder: string, renewal_s: number): FolderLock {
  const path = join(folder, FILE);
  const owner = JSON.stringify({ host: hostname(), pid: process.pid });
  for (;;) {
    try {
      const descriptor = openSync(path, "wx");
      writeSync(descriptor, owner);
      closeSync(descriptor);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw ioError("write", path, error);
    }
    refuseWhileAlive(path, folder, Math.max(SILENCE_S, 4 * renewal_s));
    rmSync(path, { force: true });
  }
  return {
    renew: () => {
      const now = new Date();
      try {
        utimesSync(path, now, now);
      } catch {
        // Without its folder the process soon finds out more than a lock could tell.
      }
    },
    release: () => rmSync(path, { force: true }),
  };
}

function refuseWhileAlive(path: string, folder: string, silence_s: number): void {
  let owner: { host?: unknown; pid?: unknown } = {};
  let age = 0;
  try {
    age = (Date.now() - statSync(path).mtimeMs) / 1000;
    owner = JSON.parse(readFileSync(path, "utf8")) as typeof owner;
  } catch {
    // Gone by now, or not yet written: its age decides.
  }
  const here = owner.host === hostname() && typeof owner.pid === "number";
  // A number of a process that died may have been given to another one since, so silence counts here too.
  if (age >= silence_s || (here && !processExists(owner.pid as number))) return;
  throw new EcitonError(
    "usage",
    `${folder}: another eciton already waits for these jobs (process ${String(owner.pid)} on ${String(owner.host)}); end it ` +
      `first${here ? "" : `, or try again in ${Math.ceil(silence_s - age)} s if it is dead`}`,
    { folder, owner },
  );
}
