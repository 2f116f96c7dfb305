/** Symmetry operations as CIF writes them ("-y, x-y, z+1/3"), and the orbits of sites under them. */
import { dataError } from "../../core/errors.ts";
import { det3, type Mat3, mul3, norm3, rowTimes, transpose3, type Vec3 } from "../../core/linalg.ts";
import { quoteToken } from "./tokens.ts";

/** x' = W x + w on fractional column vectors; w within [0, 1). */
export interface CifOperation {
  readonly rotation: Mat3;
  readonly translation: Vec3;
}

/**
 * Translations within 0.001 of a multiple of 1/24 become that multiple, since files write 0.333 or 0.6667.
 * @throws {EcitonError} "data" with file and line for text that is no operation, or one whose matrix has no integer inverse
 */
export function parseOperation(text: string, file: string, line: number): CifOperation {
  const fail = (message: string): never => {
    throw dataError(file, line, `symmetry operation ${quoteToken(text)}: ${message}`);
  };
  const components = text.toLowerCase().replace(/\s+/g, "").split(",");
  if (components.length !== 3) fail('expected three components such as "x,y,z"');
  const rotation: number[] = [];
  const translation: number[] = [];
  for (const component of components) {
    const row = [0, 0, 0];
    let shift = 0;
    const term = /([+-]?)(\d+\.?\d*|\.\d+)?(?:\/(\d+))?\*?([xyz])?/y;
    while (term.lastIndex < component.length || component === "") {
      const from = term.lastIndex;
      const match = term.exec(component);
      const [whole, sign, digits, divisor, axis] = match ?? [""];
      const empty = whole === "" || (digits === undefined && (axis === undefined || divisor !== undefined));
      if (empty || (from > 0 && sign === "") || divisor === "0" || whole.endsWith("*"))
        return fail(`cannot read the component "${component}"`);
      const value = ((sign === "-" ? -1 : 1) * Number(digits ?? 1)) / Number(divisor ?? 1);
      if (axis === undefined) shift += value;
      else row["xyz".indexOf(axis)] += value;
    }
    rotation.push(...row);
    translation.push(fractionOf(shift));
  }
  if (!rotation.every(Number.isInteger) || Math.abs(det3(rotation)) !== 1)
    fail("its matrix is not a whole-number matrix of determinant 1 or -1");
  return { rotation: rotation as Mat3, translation: translation as Vec3 };
}

function fractionOf(shift: number): number {
  const twentyFourths = Math.round(shift * 24);
  const value = Math.abs(shift - twentyFourths / 24) < 1e-3 ? twentyFourths / 24 : shift;
  return value - Math.floor(value);
}

/**
 * The operations without repetitions, checked to form a group with the lattice translations: an incomplete list
 * would silently leave out atoms.
 * @throws {EcitonError} "data" if the product of two operations is not in the list
 */
export function checkedGroup(
  operations: readonly CifOperation[],
  file: string,
  line: number,
): CifOperation[] {
  const known = new Map<string, Vec3[]>();
  const has = (rotation: Mat3, translation: ArrayLike<number>) =>
    known
      .get(rotation.join())
      ?.some((other) => other.every((x, k) => distanceToInteger(x - translation[k]) < 2e-3)) ?? false;
  const unique = operations.filter(({ rotation, translation }) => {
    if (has(rotation, translation)) return false;
    const key = rotation.join();
    known.set(key, [...(known.get(key) ?? []), translation]);
    return true;
  });
  for (const a of unique)
    for (const b of unique)
      if (!has(withoutNegativeZero(mul3(a.rotation, b.rotation)), applyOperation(a, b.translation)))
        throw dataError(
          file,
          line,
          `the ${unique.length} symmetry operations are not a group: the product of ${operationText(a)} and ${operationText(b)} is missing`,
        );
  return unique;
}

/** Whether every operation keeps lengths and angles of the cell, to 2% of its longest edge squared. */
export function keepsMetric(operations: readonly CifOperation[], cell: ArrayLike<number>): boolean {
  const metric = mul3(cell, transpose3(cell));
  const largest = Math.max(metric[0], metric[4], metric[8]);
  return operations.every(({ rotation }) =>
    mul3(mul3(transpose3(rotation), metric), rotation).every(
      (x, i) => Math.abs(x - metric[i]) < 0.02 * largest,
    ),
  );
}

/** Unwrapped image of a fractional position. */
export function applyOperation({ rotation, translation }: CifOperation, x: ArrayLike<number>): Vec3 {
  const turned = rowTimes(x, transpose3(rotation));
  return [turned[0] + translation[0], turned[1] + translation[1], turned[2] + translation[2]];
}

/**
 * Distinct images of a site in one cell, fractional, within [0, 1). Images closer than the tolerance are one site on
 * a special position, at their mean, which undoes rounding such as 0.3333 for 1/3.
 * @param tolerance Å
 * @returns null if images merge unevenly: no tolerance-independent answer exists
 */
export function orbitOf(
  site: ArrayLike<number>,
  operations: readonly CifOperation[],
  cell: ArrayLike<number>,
  tolerance: number,
): Vec3[] | null {
  const clusters: { first: Vec3; sum: Vec3; count: number }[] = [];
  for (const operation of operations) {
    const image = applyOperation(operation, site);
    const cluster = clusters.find(({ first }) => separation(first, image, cell) < tolerance);
    if (cluster === undefined) {
      clusters.push({ first: image, sum: [0, 0, 0], count: 1 });
      continue;
    }
    cluster.count++;
    for (let k = 0; k < 3; k++) {
      const difference = image[k] - cluster.first[k];
      cluster.sum[k] += difference - Math.round(difference);
    }
  }
  if (clusters.some(({ count }) => count !== clusters[0].count)) return null;
  return clusters.map(
    ({ first, sum, count }) => first.map((x, k) => wrapped(x + sum[k] / count)) as unknown as Vec3,
  );
}

/** Distance between two fractional positions, Å; exact for distances small against the cell. */
export function separation(a: ArrayLike<number>, b: ArrayLike<number>, cell: ArrayLike<number>): number {
  const difference = [0, 1, 2].map((k) => a[k] - b[k] - Math.round(a[k] - b[k]));
  return norm3(rowTimes(difference, cell));
}

function wrapped(x: number): number {
  const inside = x - Math.floor(x);
  // The mean of images around a cell face may end a rounding error below 1.
  return inside > 1 - 1e-12 ? 0 : inside;
}

function distanceToInteger(x: number): number {
  return Math.abs(x - Math.round(x));
}

/** -0 would give another key than 0. */
function withoutNegativeZero(m: Mat3): Mat3 {
  return m.map((x) => x + 0) as Mat3;
}

function operationText({ rotation, translation }: CifOperation): string {
  const components = [0, 1, 2].map((i) => {
    const axes = ["x", "y", "z"]
      .map((axis, k) => ({ axis, factor: rotation[3 * i + k] }))
      .filter(({ factor }) => factor !== 0)
      .map(({ axis, factor }) => `${factor > 0 ? "+" : "-"}${axis}`)
      .join("");
    const shift = translation[i] === 0 ? "" : `+${Number(translation[i].toFixed(4))}`;
    return `${axes.replace(/^\+/, "")}${shift}`;
  });
  return `"${components.join(",")}"`;
}
