/** Loads a compiled kernel. Modules are compiled once a process and can be handed to threads. */
import { readFileSync } from "node:fs";
import { EcitonError } from "../core/errors.ts";

const compiled = new Map<string, WebAssembly.Module>();

/** @throws {EcitonError} "io" when the kernel was not built (npm run build:wasm) */
export function compileKernel(name: string): WebAssembly.Module {
  const known = compiled.get(name);
  if (known) return known;
  // src/kernels and dist/kernels lie at the same depth below the package's root.
  const path = new URL(`../../build/wasm/${name}.wasm`, import.meta.url);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new EcitonError("io", `the kernel ${name} is not built: run "npm run build"`, { name }, error);
  }
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  compiled.set(name, module);
  return module;
}

/** A fresh instance with its own memory of at least `bytes` bytes (addresses from 1024 on are free). */
export function instantiateKernel<Exports>(
  name: string,
  bytes: number,
): { exports: Exports; memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / 65536)) });
  return { exports: instantiate<Exports>(name, memory, {}), memory };
}

/** An instance in a memory that others made, threads perhaps. */
export function instantiateIn<Exports>(name: string, memory: WebAssembly.Memory): Exports {
  return instantiate<Exports>(name, memory, {});
}

/**
 * An instance that works in a region of a shared memory.
 * @param region address, what the kernel knows as REGION
 */
export function instantiateInRegion<Exports>(
  name: string,
  memory: WebAssembly.Memory,
  region: number,
): Exports {
  return instantiate<Exports>(name, memory, { _region: { REGION: region } });
}

function instantiate<Exports>(
  name: string,
  memory: WebAssembly.Memory,
  imports: WebAssembly.Imports,
): Exports {
  const abort = () => {
    throw new EcitonError("shape", `the kernel ${name} aborted`);
  };
  const instance = new WebAssembly.Instance(compileKernel(name), { env: { memory, abort }, ...imports });
  return instance.exports as Exports;
}
