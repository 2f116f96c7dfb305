/** Arrays that threads can be handed without a copy. */

export function sharedInts(values: number | ArrayLike<number>): Int32Array {
  const array = new Int32Array(new SharedArrayBuffer(4 * lengthOf(values)));
  if (typeof values !== "number") array.set(values);
  return array;
}

export function sharedDoubles(values: ArrayLike<number>): Float64Array {
  const array = new Float64Array(new SharedArrayBuffer(8 * values.length));
  array.set(values);
  return array;
}

export function sharedBytes(values: ArrayLike<number>): Uint8Array {
  const array = new Uint8Array(new SharedArrayBuffer(values.length));
  array.set(values);
  return array;
}

function lengthOf(values: number | ArrayLike<number>): number {
  return typeof values === "number" ? values : values.length;
}
