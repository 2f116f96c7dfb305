/** Symmetry operations as permutations of the sites of a parent lattice, and what makes a set of them a group. */
import { EcitonError } from "../core/errors.ts";
import { type Mat3, mul3 } from "../core/linalg.ts";

/**
 * One operation. The site s in parent cell c goes to the site siteMap[s] in the cell W c + shift(s), with W the
 * integer rotation acting on column vectors of cell indices. Clusters and wires have only cell 0 along their free
 * directions, and W is the identity there whatever the operation does in space.
 */
export interface SymmetryOperation {
  readonly rotation: Mat3;
  readonly siteMap: Int32Array; // sites
  readonly shift: Int32Array; // 3 * sites
}

/**
 * Operations must be distinct and closed under composition, modulo lattice translations: a tolerance between two
 * symmetries shows here.
 * @throws {EcitonError} "study" when they are not
 */
export function checkGroup(operations: readonly SymmetryOperation[]): void {
  const byKey = new Map<string, SymmetryOperation[]>();
  const keyOf = (rotation: Mat3, first: number) => `${rotation.join()}|${first}`;
  for (const operation of operations) {
    const key = keyOf(operation.rotation, operation.siteMap[0]);
    const known = byKey.get(key) ?? [];
    byKey.set(key, known);
    if (known.some((other) => sameAction(operation, other))) throw notAGroup();
    known.push(operation);
  }
  for (const a of operations)
    for (const b of operations) {
      const rotation = mul3(a.rotation, b.rotation);
      const candidates = byKey.get(keyOf(rotation, a.siteMap[b.siteMap[0]]));
      const product = candidates && compose(a, b, rotation);
      if (!product || !candidates.some((other) => sameAction(product, other))) throw notAGroup();
    }
}

function notAGroup(): EcitonError {
  return new EcitonError(
    "study",
    "lattice: its symmetry operations do not form a group; the positions lie between two symmetries, give them with more digits",
    { path: "lattice" },
  );
}

/** First b, then a. */
function compose(a: SymmetryOperation, b: SymmetryOperation, rotation: Mat3): SymmetryOperation {
  const count = b.siteMap.length;
  const siteMap = new Int32Array(count);
  const shift = new Int32Array(3 * count);
  const r = a.rotation;
  for (let s = 0; s < count; s++) {
    const middle = b.siteMap[s];
    siteMap[s] = a.siteMap[middle];
    const [u, v, w] = [b.shift[3 * s], b.shift[3 * s + 1], b.shift[3 * s + 2]];
    for (let k = 0; k < 3; k++)
      shift[3 * s + k] = r[3 * k] * u + r[3 * k + 1] * v + r[3 * k + 2] * w + a.shift[3 * middle + k];
  }
  return { rotation, siteMap, shift };
}

/** Equal rotations are taken for granted; shifts may differ by one lattice translation for all sites. */
function sameAction(a: SymmetryOperation, b: SymmetryOperation): boolean {
  for (let s = 0; s < a.siteMap.length; s++) if (a.siteMap[s] !== b.siteMap[s]) return false;
  for (let i = 3; i < a.shift.length; i++)
    if (a.shift[i] - a.shift[i % 3] !== b.shift[i] - b.shift[i % 3]) return false;
  return true;
}
