/** A task that opens a store in its thread, reads from it, and leaves a mark in it. */
import { DescriptorStore, type SharedDescriptors } from "../../../src/nn/training/descriptor-store.ts";

export function openStore({ shared, mark }: { shared: SharedDescriptors; mark: number }) {
  const store = DescriptorStore.open(shared);
  // Slices are copies: what is left in the store must not be seen in them.
  const read = Array.from({ length: store.size }, (_, s) => {
    const { values, gradients, strains } = store.descriptors(s);
    return { values: values.slice(), gradients: gradients.slice(), strains: strains.slice() };
  });
  store.values(0).values[0] = mark;
  return read;
}
