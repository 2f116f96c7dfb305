/** One copy of the tables for all chains of a process, on whatever threads they run. */
import { afterAll, describe, expect, it } from "vitest";
import { CompiledExpansion } from "../../../src/clusters/compiled-expansion.ts";
import { expansionRecord } from "../../../src/clusters/expansion.ts";
import { compileSharedModel, memoryNeeds } from "../../../src/clusters/shared-model.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { createExecutor } from "../../../src/exec/executor.ts";
import { Supercell } from "../../../src/lattice/supercell.ts";
import type { EngineName } from "../../../src/mc/engines/compiled-engine.ts";
import { MetropolisChain } from "../../../src/mc/engines/metropolis.ts";
import { exchangeGroups } from "../../../src/mc/exchange-groups.ts";
import { type ChainPayload, chainTask } from "../../../src/mc/methods/chain-task.ts";
import { SwapMoves } from "../../../src/mc/moves/swap-moves.ts";
import { publishedCeria, publishedExpansion } from "../ceria.ts";

/** So large that a chain takes more than is left of the last page behind the tables. */
const SIZE = [32, 32, 1];

function payload(index: number, more: Partial<ChainPayload> = {}): ChainPayload {
  return {
    expansion: expansionRecord(publishedExpansion()),
    supercell: SIZE,
    composition: { V: 192, "Ce3+": 384 },
    temperature_K: 400 + 200 * index,
    steps: 60_000,
    seed: 11,
    index,
    samples: 100,
    snapshots: 3,
    layers: [],
    checkpoint: null,
    ...more,
  };
}

describe("tables shared by threads", () => {
  const threads = createExecutor(2);
  afterAll(() => threads.close());

  it("give the chains that tables of their own give, and do not grow with the number of chains", async () => {
    const expansion = publishedExpansion();
    const shared = compileSharedModel(expansion, new Supercell(expansion.lattice, SIZE));
    const before = shared.kernel.memory.buffer.byteLength;
    const engines: EngineName[] = ["direct", "field", "auto"];
    const chains = Array.from({ length: 12 }, (_, index) => payload(index, { engine: engines[index % 3] }));
    const alone = await createExecutor(0).map(chainTask, chains);
    const together = await threads.map(
      chainTask,
      chains.map((chain) => ({ ...chain, shared })),
    );
    expect(together).toEqual(alone);
    // Never more than two at a time, so that two regions are all that was ever taken beside the tables.
    const { tables, chain } = memoryNeeds(shared);
    const { tableBytes, memory } = shared.kernel;
    expect(tables).toBeGreaterThan(tableBytes);
    memory.grow(0);
    expect(memory.buffer.byteLength).toBeGreaterThan(before);
    const page = 65536;
    expect(memory.buffer.byteLength).toBeLessThanOrEqual(tableBytes + 2 * chain + 2 * page);
  });
});

function chainOn(model: CompiledExpansion, engine: EngineName, temperature = 1500): MetropolisChain {
  const { supercell } = model;
  const groups = exchangeGroups(supercell.lattice);
  const occupation = new Uint8Array(supercell.numSites);
  for (const site of [0, 1, 16, 17, 18, 19]) occupation[site] = 1;
  const moves = new SwapMoves(model, supercell, groups, occupation);
  return new MetropolisChain(model, moves, occupation, temperature, new RandomStream(3, 1), engine);
}

describe("chains on one memory", () => {
  it("do not touch each other when they take turns", () => {
    const { model } = publishedCeria([4, 4, 1], 4);
    const temperatures = [700, 1500, 4000];
    const mixed = temperatures.map((temperature) => chainOn(model, "field", temperature));
    for (let turn = 0; turn < 20; turn++) for (const chain of mixed) chain.run(501 + turn);
    temperatures.forEach((temperature, k) => {
      const plain = chainOn(model, "reference", temperature);
      plain.run(mixed[k].step);
      expect(mixed[k].state()).toEqual(plain.state());
      mixed[k].close();
    });
  });

  it("use the places of those that were closed", () => {
    const { model } = publishedCeria([4, 4, 1], 4);
    chainOn(model, "direct").close();
    const { memory } = model.shared.kernel;
    const bytes = memory.buffer.byteLength;
    for (let k = 0; k < 50; k++) {
      const chain = chainOn(model, k % 2 === 0 ? "field" : "direct");
      chain.run(100);
      chain.close();
    }
    expect(memory.buffer.byteLength).toBe(bytes);
  });

  it("can be read after they are closed, and go on by the plain code to the same states", () => {
    const { model } = publishedCeria([4, 4, 1], 4);
    const closed = chainOn(model, "auto");
    const open = chainOn(model, "auto");
    for (const chain of [closed, open]) chain.run(3000);
    closed.close();
    // Takes the region that was given back, and writes to it.
    const other = chainOn(model, "direct", 5000);
    other.run(3000);
    expect(closed.state()).toEqual(open.state());
    for (const chain of [closed, open]) chain.run(2000);
    expect(closed.state()).toEqual(open.state());
    const { direct, field } = closed.engineSteps!;
    expect(direct + field).toBe(3000);
  });

  it("refuse tables of another supercell", () => {
    const expansion = publishedExpansion();
    const [small, large] = [3, 4].map((n) => new Supercell(expansion.lattice, [n, n, 1]));
    const shared = compileSharedModel(expansion, small);
    expect(() => new CompiledExpansion(expansion, large, shared)).toThrow(
      expect.objectContaining({ code: "shape", message: expect.stringContaining("9 cells") }),
    );
  });
});
