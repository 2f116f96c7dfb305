/** Which atoms' symmetry functions change when an atom moves: the lists of partners, turned round. */
import type { StructureDescriptors } from "../symmetry-functions/structure-descriptors.ts";

export interface AffectedAtoms {
  /** Uint32Array(N + 1): entries offsets[a] ... offsets[a + 1] belong to atom a. */
  readonly offsets: Uint32Array;
  /** The atoms that have it as a partner, ascending. */
  readonly atoms: Uint32Array;
  /** Where it stands among all partners. */
  readonly pairs: Uint32Array;
}

const made = new WeakMap<StructureDescriptors, AffectedAtoms>();

/** Made once for each structure and kept as long as its descriptors. */
export function affectedAtoms(d: StructureDescriptors): AffectedAtoms {
  const known = made.get(d);
  if (known) return known;
  const { numAtoms, partnerOffsets, partners } = d;
  const count = partnerOffsets[numAtoms];
  const offsets = new Uint32Array(numAtoms + 1);
  for (let p = 0; p < count; p++) offsets[partners[p] + 1]++;
  for (let a = 0; a < numAtoms; a++) offsets[a + 1] += offsets[a];
  const next = offsets.slice(0, numAtoms);
  const atoms = new Uint32Array(count);
  const pairs = new Uint32Array(count);
  for (let i = 0; i < numAtoms; i++)
    for (let p = partnerOffsets[i]; p < partnerOffsets[i + 1]; p++) {
      const place = next[partners[p]]++;
      atoms[place] = i;
      pairs[place] = p;
    }
  const result = { offsets, atoms, pairs };
  made.set(d, result);
  return result;
}
