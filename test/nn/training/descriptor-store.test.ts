import { describe, expect, it } from "vitest";
import { createExecutor } from "../../../src/exec/executor.ts";
import { Descriptors } from "../../../src/nn/symmetry-functions/descriptors.ts";
import { DescriptorStore, type StoreOptions } from "../../../src/nn/training/descriptor-store.ts";
import { fewFunctions, randomAtoms } from "../symmetry-functions/examples.ts";

const elements = fewFunctions();
const structures = Array.from({ length: 7 }, (_, s) => ({
  ...randomAtoms(3 + s, 3 + 0.3 * s, s % 2 === 0, s + 1),
  name: `structure ${s}`,
  source: { file: "data.xyz", line: 10 * s + 1 },
}));
const strains = structures.map((_, s) => s % 3 === 0);
const direct = structures.map((structure, s) =>
  new Descriptors(elements).describe(structure, { strains: strains[s] }),
);
const derivativeBytes = direct.map(
  ({ gradients, gradientOffsets, partners, strains: own }) =>
    gradients.byteLength + own.byteLength + partners.byteLength + gradientOffsets.byteLength - 8,
);
const create = (options: StoreOptions = {}) =>
  DescriptorStore.create(elements, structures, { strains, ...options });

function sameBits(a: Float64Array, b: Float64Array): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: Float64Array) =>
    Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  return bytes(a).equals(bytes(b));
}

function expectAll(store: DescriptorStore): void {
  expect(store.size).toBe(structures.length);
  direct.forEach((expected, s) => {
    expect(store.descriptors(s)).toEqual(expected);
    const values = store.values(s);
    expect(values.values).toEqual(expected.values);
    expect(values.kinds).toEqual(expected.kinds);
    expect(values.valueOffsets).toEqual(expected.valueOffsets);
    expect(values.partners.length + values.gradients.length + values.strains.length).toBe(0);
  });
}

describe("a store of descriptors", () => {
  it("has the same bits whatever its budget, held or computed again", async () => {
    const half = derivativeBytes[0] + derivativeBytes[2] + derivativeBytes[4];
    const held: number[] = [];
    for (const budget of [Infinity, half, 0]) {
      const store = await create({ budget, recent: 2 });
      expectAll(store);
      // Again, in another order, so that what was computed again is met as kept and as forgotten.
      for (const s of [6, 6, 5, 0, 6, 1]) expect(store.descriptors(s)).toEqual(direct[s]);
      const { derivatives, held: number, structures: of } = store.memory;
      expect(of).toBe(structures.length);
      expect(derivatives).toBeLessThanOrEqual(budget);
      held.push(number);
    }
    expect(held[0]).toBe(structures.length);
    expect(held[1]).toBeGreaterThan(0);
    expect(held[1]).toBeLessThan(structures.length);
    expect(held[2]).toBe(0);
  });

  it("says what it holds: derivatives as large as they are", async () => {
    const { memory } = await create();
    expect(memory.derivatives).toBe(derivativeBytes.reduce((sum, bytes) => sum + bytes));
    expect(memory.values).toBeGreaterThan(direct.reduce((sum, one) => sum + one.values.byteLength, 0));
  });

  it("computes what it does not hold once while it is at hand", async () => {
    const store = await create({ budget: 0, recent: 2 });
    const first = store.descriptors(0);
    store.descriptors(1);
    expect(store.descriptors(0)).toBe(first);
    store.descriptors(2);
    expect(store.descriptors(0)).toBe(first);
    store.descriptors(3);
    store.descriptors(4);
    expect(store.descriptors(0)).not.toBe(first);
    const held = await create();
    expect(held.descriptors(3)).toBe(held.descriptors(3));
  });

  it("is the same with no, one and two threads, and tells how far it is", async () => {
    const many = Array.from({ length: 12 }, () => structures).flat();
    for (const workers of [0, 1, 2]) {
      const executor = createExecutor(workers);
      const steps: number[] = [];
      const onProgress = (done: number, of: number) => {
        expect(of).toBe(many.length);
        steps.push(done);
      };
      const store = await DescriptorStore.create(elements, many, { executor, onProgress });
      await executor.close();
      many.forEach((_, s) => {
        const [found, expected] = [store.descriptors(s), direct[s % structures.length]];
        expect(sameBits(found.values, expected.values)).toBe(true);
        expect(sameBits(found.gradients, expected.gradients)).toBe(true);
        expect(found.partners).toEqual(expected.partners);
      });
      expect(steps.at(-1)).toBe(many.length);
      // More than one block, or the threads shared nothing.
      expect(steps.length).toBeGreaterThan(1);
    }
  });

  it("opens as a copy on the same memory", async () => {
    for (const budget of [Infinity, 0]) {
      const store = await create({ budget });
      const sent = structuredClone(store.share());
      const opened = DescriptorStore.open(sent);
      expectAll(opened);
      expect(opened.memory).toEqual(store.memory);
      // A number written here is seen there.
      const { values } = store.values(0);
      const before = values[0];
      values[0] = 42;
      expect(opened.values(0).values[0]).toBe(42);
      values[0] = before;
      if (budget > 0) {
        const { gradients } = store.descriptors(0);
        gradients[0] = 42;
        expect(opened.descriptors(0).gradients[0]).toBe(42);
      }
    }
  });

  it("is read and written by a thread in its own memory", async () => {
    const task = { module: new URL("./open-store-task.ts", import.meta.url).href, name: "openStore" };
    const executor = createExecutor(1);
    for (const budget of [Infinity, 0]) {
      const store = await create({ budget });
      const [read] = await executor.map(task, [{ shared: store.share(), mark: 42 }]);
      expect(read).toEqual(
        direct.map((one) => ({ values: one.values, gradients: one.gradients, strains: one.strains })),
      );
      expect(store.values(0).values[0]).toBe(42);
    }
    await executor.close();
  });

  it("gives the ranges of each element's functions over all or some structures", async () => {
    const store = await create({ budget: 0 });
    for (const some of [structures.map((_, s) => s), [1, 4]]) {
      const ranges = store.ranges(some);
      elements.forEach(({ functions }, kind) => {
        const rows = some.flatMap((s) =>
          Array.from(direct[s].kinds).flatMap((own, i) =>
            own === kind
              ? [direct[s].values.subarray(direct[s].valueOffsets[i], direct[s].valueOffsets[i + 1])]
              : [],
          ),
        );
        functions.forEach((_, g) => {
          const column = rows.map((row) => row[g]);
          expect(ranges[kind].min[g]).toBe(Math.min(...column));
          expect(ranges[kind].max[g]).toBe(Math.max(...column));
          const mean = column.reduce((sum, x) => sum + x) / column.length;
          expect(ranges[kind].mean[g]).toBeCloseTo(mean, 10);
        });
      });
    }
    expect(store.ranges()).toEqual(store.ranges(structures.keys()));
    const onlyOxygen = await DescriptorStore.create(elements, [
      { ...structures[0], species: ["O", "O", "O"] },
    ]);
    expect(() => onlyOxygen.ranges()).toThrow("no training structure has an atom of Cu");
  });

  it("names the structure that cannot be described, in threads too", async () => {
    const wrong = [...structures, { ...structures[2], species: ["O", "Cu", "Ce", "O", "Cu"] }];
    const message = "structure 2 (data.xyz:21): atom 3 is Ce, but the model knows O, Cu";
    await expect(DescriptorStore.create(elements, wrong)).rejects.toThrow(message);
    const steep = elements.map((one) => ({
      ...one,
      functions: one.functions.map((f) => (f.type === 2 ? { ...f, eta: 1e308 } : f)),
    }));
    const executor = createExecutor(1);
    await expect(DescriptorStore.create(steep, structures, { executor })).rejects.toThrow(
      /structure 0 \(data.xyz:1\): atom 1 \(O\): .* is not finite/,
    );
    await executor.close();
  });

  it("stops when it is asked to", async () => {
    for (const executor of [undefined, createExecutor(0), createExecutor(1)]) {
      const stop = new AbortController();
      stop.abort();
      const made = create({ executor, signal: stop.signal });
      await expect(made).rejects.toThrow("interrupted after the symmetry functions of");
      await expect(made).rejects.toMatchObject({ code: "cancelled" });
      await executor?.close();
    }
  });

  it("of no structures is empty", async () => {
    const store = await DescriptorStore.create(elements, []);
    expect(store.memory).toEqual({ values: 0, derivatives: 0, held: 0, structures: 0 });
  });
});
