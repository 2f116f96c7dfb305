/** What every workflow is handed by the command line: where to write, who computes, how to talk. */
import type { Executor } from "../exec/executor.ts";

export interface RunContext {
  readonly executor: Executor;
  /** Who runs the chains, where it is not the executor of everything else. */
  readonly chainExecutor?: Executor;
  /** Folder for results; created when first written to. */
  readonly outDir: string;
  readonly resume: boolean;
  /** Raised by Ctrl-C: write a checkpoint and stop. */
  readonly signal: AbortSignal;
  /** One line for a person, on stderr. */
  readonly say: (line: string) => void;
  /** The command as typed, for the provenance. */
  readonly command: string;
}
