// Tables of the kernel hdnnp; see ../hdnnp-block.
import { BLOCK, PARAMETERS } from "../neighbour-block";

/** Address of the parameter with this index. */
export function tableAt(index: usize): usize {
  return <usize>load<u32>(BLOCK, PARAMETERS) + (index << 3);
}

/** A field of a table. */
export function field(table: usize, index: usize): f64 {
  return load<f64>(table + (index << 3));
}

export function wholeField(table: usize, index: usize): i32 {
  return <i32>load<f64>(table + (index << 3));
}

/** Address of the table whose index stands in a field. */
export function tableOf(table: usize, index: usize): usize {
  return tableAt(<usize>load<f64>(table + (index << 3)));
}
