/** What a report shows of structures that were built, as plain data. */

export interface StructuresSummary {
  /** How many there are; rows may be only the first of them. */
  readonly total: number;
  readonly rows: readonly StructureRow[];
}

export interface StructureRow {
  readonly name: string;
  /** "Ag35Au112". */
  readonly formula: string;
  readonly atoms: number;
  /** Least distance between two atoms, Å; absent for a single atom. */
  readonly shortest_A?: number;
  /** Å³, of atoms that are periodic in three directions. */
  readonly volume_A3?: number;
  /** How many were drawn until one could be taken. */
  readonly tries?: number;
}
