/** The neighbour list in a kernel's memory, as entries to compare with others. */
import * as block from "../../src/kernels/neighbour-block.ts";
import type { NeighbourKernel } from "../../src/kernels/neighbours.ts";

export interface KernelEntry {
  i: number;
  j: number;
  vector: [number, number, number];
  distance: number;
}

/** In the order of the list, atoms by the caller's index; vectors from where the atoms are now. */
export function kernelEntries(kernel: NeighbourKernel): KernelEntry[] {
  const u32 = new Uint32Array(kernel.memory.buffer);
  const i32 = new Int32Array(kernel.memory.buffer);
  const f64 = new Float64Array(kernel.memory.buffer);
  const word = (field: number) => u32[(block.BLOCK + field) / 4];
  const found: KernelEntry[] = [];
  const nowhere = word(block.RECORDS) + block.RECORD_BYTES * (word(block.NUM_ATOMS) + word(block.NUM_GHOSTS));
  for (let slot = 0; slot < word(block.NUM_ATOMS); slot++) {
    const p = word(block.RECORDS) + block.RECORD_BYTES * slot;
    const row = word(block.ROWS) / 4 + 2 * slot;
    if (u32[row] % 8 !== 0) throw new Error(`row ${slot} is not aligned`);
    if ((u32[row + 1] - u32[row]) % 8 !== 0 && u32[u32[row + 1] / 4] !== nowhere)
      throw new Error(`row ${slot} is not padded`);
    for (let at = u32[row]; at < u32[row + 1]; at += 4) {
      const q = u32[at / 4];
      const vector = [0, 1, 2].map((k) => f64[q / 8 + k] - f64[p / 8 + k]) as [number, number, number];
      found.push({
        i: i32[(p + block.CALLER) / 4],
        j: i32[(q + block.CALLER) / 4],
        vector,
        distance: Math.hypot(...vector),
      });
    }
  }
  return found;
}
