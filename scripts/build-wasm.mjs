// Compiles every kernel in src/kernels/assembly/<name>.ts to build/wasm/<name>.wasm.
// A kernel is one file with exported functions; a file whose name starts with "_" is only imported by others.
import { mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
mkdirSync("build/wasm", { recursive: true });
// Kernels whose tables all threads share work in a shared memory; the others have one of their own.
const SHARED = new Set(["kalman", "metropolis", "mixture", "nfold"]);
const kernels = readdirSync("src/kernels/assembly").filter((f) => f.endsWith(".ts") && !f.startsWith("_"));
for (const file of kernels) {
  const name = file.slice(0, -3);
  const { error, stderr } = await asc.main([
    `src/kernels/assembly/${file}`,
    "--outFile",
    `build/wasm/${name}.wasm`,
    "-O3",
    "--noAssert",
    "--runtime",
    "stub",
    "--enable",
    "simd",
    ...(SHARED.has(name) ? ["--sharedMemory", "--enable", "threads", "--maximumMemory", "65536"] : []),
    "--importMemory",
    "--noExportMemory",
    "--initialMemory",
    "1",
  ]);
  if (error) {
    console.error(stderr.toString());
    process.exit(1);
  }
}
