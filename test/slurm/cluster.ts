/** The Slurm of this machine that up.sh starts, and what tests do to it. */
import { execFileSync, spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { resolve } from "node:path";

const script = resolve("test/slurm/up.sh");

/** Starts Slurm. @returns why not, or null */
export function bringUp(): string | null {
  process.env.PATH = `${process.env.PATH}:/usr/sbin`;
  const { status, stderr } = spawnSync(script, { encoding: "utf8" });
  if (status !== 0) return stderr.trim() || `${script} failed`;
  process.env.SLURM_CONF = "/run/eciton-slurm/slurm.conf";
  return null;
}

export function takeDown(): void {
  spawnSync(script, ["down"]);
}

export function slurm(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

export const node = hostname().split(".")[0];

/** Waits until something holds. @throws {Error} after 30 s */
export async function until<Value>(
  what: string,
  look: () => Value | null | undefined | false | Promise<Value | false>,
): Promise<Value> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`waited in vain: ${what}`);
}
