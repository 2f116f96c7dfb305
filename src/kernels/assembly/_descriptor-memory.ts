// Where the descriptor kernel keeps what, read from the header once an atom.
import {
  ANGLE_RECORDS,
  CHANNEL_ROWS,
  CHOSEN,
  DISTANCES,
  FUNCTION_PLACES,
  GRADIENTS,
  HEADER,
  MEMBERS,
  NUM_KINDS,
  ROW,
  STRAINS,
  VALUES,
  WEIGHT_RECORDS,
  WITH_GRADIENTS,
  WITH_STRAINS,
} from "../descriptor-block";

export let gradientsWanted: bool;
export let strainsWanted: bool;
export let values: usize;
export let gradients: usize;
export let strains: usize;
export let functionBytes: usize;
/** Bytes of a row: a double for each neighbour that an atom may have, and one more. */
export let row: usize;
/** The neighbours that the group at hand looks at. */
export let members: usize;
export let distances: usize;
/** Rows of the channels at the distances of the members, then at those between j and its partners. */
export let channelRows: usize;
export let betweenRows: usize;
/** Of the partners of j: cosines, distances from the atom and from j, members (u32), two rows of scratch, directions. */
export let chosen: usize;
export let angleRecords: usize;
export let wideRecords: usize;
export let narrowRecords: usize;

export function openMemory(parts: i32): void {
  gradientsWanted = (parts & WITH_GRADIENTS) != 0;
  strainsWanted = (parts & WITH_STRAINS) != 0;
  values = <usize>load<u32>(HEADER, VALUES);
  gradients = <usize>load<u32>(HEADER, GRADIENTS);
  strains = <usize>load<u32>(HEADER, STRAINS);
  functionBytes = FUNCTION_PLACES + 4 * <usize>load<u32>(HEADER, NUM_KINDS);
  row = <usize>load<u32>(HEADER, ROW);
  members = <usize>load<u32>(HEADER, MEMBERS);
  distances = <usize>load<u32>(HEADER, DISTANCES);
  channelRows = <usize>load<u32>(HEADER, CHANNEL_ROWS) + 2 * row;
  chosen = <usize>load<u32>(HEADER, CHOSEN);
  angleRecords = <usize>load<u32>(HEADER, ANGLE_RECORDS);
}

/** Rows and records of a group with so many channels. */
export function openGroup(channels: i32): void {
  betweenRows = channelRows + 2 * row * <usize>(channels + 1);
  wideRecords = <usize>load<u32>(HEADER, WEIGHT_RECORDS);
  narrowRecords = wideRecords + <usize>channels * row;
}
