/** One process at a time hands over the tasks of a folder and waits for them. */
import { join } from "node:path";
import { acquireLock, type ProcessLock } from "./process-lock.ts";

const FILE = "waiting.json";
const SILENCE_S = 180;

/**
 * @param renewal_s the owner says that often that it lives
 * @throws {EcitonError} "usage" while another process has the folder
 */
export function lockFolder(folder: string, renewal_s: number): ProcessLock {
  return acquireLock({
    path: join(folder, FILE),
    silence_s: Math.max(SILENCE_S, 4 * renewal_s),
    refusal: `${folder}: another eciton already waits for these jobs`,
  });
}
