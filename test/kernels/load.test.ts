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
