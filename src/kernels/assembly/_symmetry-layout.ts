// The triplets of one atom and one group: pairs of its neighbours, those near each other (within reach of narrow functions)
// apart from the others. Two triplets stand together that share their first neighbour; an odd one has padding as its
// second. A set of triplets with room for m, a multiple of 8, has
//   4 m bytes  slots of second neighbours, u32
//   2 m bytes  slots of first neighbours, one u32 for two triplets
//   8 m bytes  squares of the distances between the neighbours, then cosines of the angles
//   8 m bytes  for each row of products of factors: of near triplets those of narrow channels, then the same with the
//              slope of the third factor divided by its distance; then those of wide channels

/** Words of a group's entry. */
export const ROOM: usize = 0;
export const NEAR_COUNT: usize = 4;
export const NEAR_SET: usize = 8;
export const OTHER_COUNT: usize = 12;
export const OTHER_SET: usize = 16;

/** Where the parts of a set stand from its address on. */
export function firstsFrom(room: usize): usize {
  return room << 2;
}

export function cosinesFrom(room: usize): usize {
  return 6 * room;
}

export function productsFrom(room: usize): usize {
  return 14 * room;
}
