/** Where a result came from. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename } from "node:path";
import { stringify } from "yaml";
import type { LoadedStudy } from "../data/study/load-study.ts";
import { ioError } from "../exec/atomic-file.ts";

export interface InputFile {
  readonly file: string;
  readonly sha256: string;
}

export interface Provenance {
  readonly eciton: string;
  readonly study: string;
  readonly seed: number;
  readonly date: string;
  readonly command: string;
  readonly cores: number;
  readonly node: string;
  readonly inputs: readonly InputFile[];
  /** The study with every default filled in, YAML. */
  readonly resolvedStudy: string;
}

/** Version of the package. */
export function ecitonVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}

export function hashFile(path: string): InputFile {
  try {
    return { file: basename(path), sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
  } catch (error) {
    throw ioError("read", path, error);
  }
}

export function provenanceOf(loaded: LoadedStudy, inputs: readonly InputFile[], command: string): Provenance {
  return {
    eciton: ecitonVersion(),
    study: loaded.study.name,
    seed: loaded.study.seed,
    date: new Date().toISOString(),
    command,
    cores: cpus().length,
    node: process.version,
    inputs: [hashFile(loaded.file), ...inputs],
    resolvedStudy: stringify(loaded.study),
  };
}
