import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileKernel, instantiateKernel } from "../../src/kernels/load.ts";

const folder = new URL("../../build/wasm/", import.meta.url);
const built = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".wasm")) : [];
const names = built.map((name) => name.slice(0, -".wasm".length));

describe("compileKernel", () => {
  it("compiles a kernel once", () => {
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const module = compileKernel(name);
      expect(module).toBeInstanceOf(WebAssembly.Module);
      expect(compileKernel(name)).toBe(module);
    }
  });

  it("says what to do about a kernel that was not built", () => {
    expect(() => compileKernel("absent")).toThrow(
      expect.objectContaining({ code: "io", message: expect.stringContaining('run "npm run build"') }),
    );
  });
});

describe("instantiateKernel", () => {
  it("gives every instance its own memory of the size asked for", () => {
    const first = instantiateKernel<Record<string, unknown>>(names[0], 200_000);
    const second = instantiateKernel<Record<string, unknown>>(names[0], 0);
    expect(first.memory.buffer.byteLength).toBeGreaterThanOrEqual(200_000);
    expect(second.memory.buffer.byteLength).toBeGreaterThan(0);
    new Uint8Array(first.memory.buffer)[4096] = 9;
    expect(new Uint8Array(second.memory.buffer)[4096]).toBe(0);
    expect(Object.values(first.exports).some((value) => typeof value === "function")).toBe(true);
  });
});

/** Memory of one page that a kernel takes: shared by threads for those that work on tables of all threads. */
function memoryFor(module: WebAssembly.Module): WebAssembly.Memory {
  const abort = () => {
    throw new Error("a kernel aborted at its start");
  };
  for (const shared of [false, true]) {
    const memory = new WebAssembly.Memory({ initial: 1, ...(shared ? { shared, maximum: 65536 } : {}) });
    try {
      new WebAssembly.Instance(module, { env: { memory, abort }, _region: { REGION: 1024 } });
      return memory;
    } catch (error) {
      if (shared || !(error instanceof WebAssembly.LinkError)) throw error;
    }
  }
  throw new Error("unreachable");
}

const isEmpty = ({ buffer }: WebAssembly.Memory) => new Uint8Array(buffer).every((byte) => byte === 0);

describe("memory from address 1024 on", () => {
  it("is free in all kernels: none brings tables of its own, which would lie there", () => {
    for (const name of names) expect(isEmpty(memoryFor(compileKernel(name))), name).toBe(true);
  });

  it("is not in a module with a table, such as Math.pow has", () => {
    // (import "env" "memory" (memory 1)) (data (i32.const 1024) "\07")
    const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const imports = [2, 15, 1, 3, ...Buffer.from("env"), 6, ...Buffer.from("memory"), 2, 0, 1];
    const table = [11, 8, 1, 0, 0x41, 0x80, 0x08, 0x0b, 1, 7];
    const module = new WebAssembly.Module(Uint8Array.from([...header, ...imports, ...table]));
    expect(isEmpty(memoryFor(module))).toBe(false);
  });
});
