/** Minimum-cost assignment. */

/**
 * Assigns every row to a column of its own so that the summed cost is smallest, by shortest augmenting paths
 * with potentials, O(rows² columns).
 * @param cost rows x columns, row-major; Infinity forbids a pair
 * @returns the column of each row, or null if the forbidden pairs leave no assignment
 * @see Jonker, Volgenant, Computing 38, 325 (1987)
 */
export function solveAssignment(cost: Float64Array, rows: number, columns: number): Int32Array | null {
  if (rows > columns) return null;
  // Column `columns` is a virtual one that holds the row whose path is being grown.
  const rowOf = new Int32Array(columns + 1).fill(-1);
  const rowPotential = new Float64Array(rows);
  const columnPotential = new Float64Array(columns + 1);
  const distance = new Float64Array(columns);
  const previous = new Int32Array(columns);
  const done = new Uint8Array(columns + 1);
  for (let start = 0; start < rows; start++) {
    rowOf[columns] = start;
    distance.fill(Number.POSITIVE_INFINITY);
    done.fill(0);
    let column = columns;
    while (rowOf[column] >= 0) {
      done[column] = 1;
      const row = rowOf[column];
      let step = Number.POSITIVE_INFINITY;
      let next = -1;
      for (let j = 0; j < columns; j++) {
        if (done[j]) continue;
        const reduced = cost[row * columns + j] - rowPotential[row] - columnPotential[j];
        if (reduced < distance[j]) {
          distance[j] = reduced;
          previous[j] = column;
        }
        if (distance[j] < step) {
          step = distance[j];
          next = j;
        }
      }
      if (next < 0) return null;
      for (let j = 0; j <= columns; j++) {
        if (done[j]) {
          rowPotential[rowOf[j]] += step;
          columnPotential[j] -= step;
        } else if (j < columns) distance[j] -= step;
      }
      column = next;
    }
    while (column !== columns) {
      const from = previous[column];
      rowOf[column] = rowOf[from];
      column = from;
    }
  }
  const columnOf = new Int32Array(rows);
  for (let j = 0; j < columns; j++) if (rowOf[j] >= 0) columnOf[rowOf[j]] = j;
  return columnOf;
}
