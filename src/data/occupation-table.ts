/** Tables of lattice configurations with their energies: the input of a cluster expansion. */
import { dataError } from "../core/errors.ts";
import { finiteNumber, type OccupationRecord, parseOccupants, parseSupercell } from "./occupation-record.ts";
import { readTextFile } from "./read-text.ts";
import { parseTableRows, type TableFormat, tableFormatOf } from "./table-rows.ts";

export interface OccupationTableOptions {
  /** Column of energies, eV per supercell; "energy_eV" unless told, and then it may be absent. */
  readonly energyColumn?: string;
  /** Column of names; "id" unless told. */
  readonly idColumn?: string;
}

export interface OccupationTable {
  readonly records: readonly OccupationRecord[];
  /** What a person should see. */
  readonly warnings: readonly string[];
}

/**
 * Reads a table from a .csv, .json or .jsonl file (or these with .gz).
 * @throws {EcitonError} "data" as `parseOccupationTable`, or if the file cannot be read
 */
export function readOccupationTable(path: string, options: OccupationTableOptions = {}): OccupationTable {
  const format = tableFormatOf(path);
  return parseOccupationTable(readTextFile(path), path, format, options);
}

/**
 * The records of a table with the columns `id`, `supercell`, `occupants`, `energy_eV`, `weight`; other columns go
 * to `extra`, save an `id` or `energy_eV` in whose place the options name another. In JSON the
 * occupants may be a list of texts or of objects. Whether sites and species exist is not known here.
 * @throws {EcitonError} "data" with the line: a required column that is missing, an energy that is not a number, an id
 *   used twice, a site named twice, a supercell without volume, no configurations at all
 */
export function parseOccupationTable(
  text: string,
  file: string,
  format: TableFormat,
  options: OccupationTableOptions = {},
): OccupationTable {
  const { columns, rows } = parseTableRows(text, file, format, "configurations");
  const idColumn = options.idColumn ?? "id";
  const energyColumn = options.energyColumn ?? "energy_eV";
  const required = [idColumn, "supercell", "occupants"];
  if (options.energyColumn !== undefined) required.push(energyColumn);
  if (format === "csv" || rows.length > 0) {
    const missing = required.filter((name) => !columns.includes(name));
    if (missing.length > 0)
      throw dataError(
        file,
        null,
        `no column ${missing.map(quote).join(", ")}; found ${columns.map(quote).join(", ")}`,
      );
  }
  if (rows.length === 0) throw dataError(file, null, "no configurations in the table");

  const own = new Set([...required, energyColumn, "id", "energy_eV", "weight"]);
  const lines = new Map<string, number>();
  const records = rows.map(({ line, values }): OccupationRecord => {
    const where = { file, line };
    const absent = required.find((name) => values.get(name) === undefined);
    if (absent !== undefined) throw dataError(file, line, `no field ${quote(absent)} in this configuration`);
    const given = values.get(idColumn);
    const id = typeof given === "number" ? String(given) : given;
    if (typeof id !== "string" || id.trim() !== id || id === "")
      throw dataError(
        file,
        line,
        `${idColumn}: expected a name without blanks around it, found ${JSON.stringify(given)}`,
      );
    const earlier = lines.get(id);
    if (earlier !== undefined)
      throw dataError(file, line, `${idColumn} "${id}" is used twice, first on line ${earlier}`);
    lines.set(id, line);
    const supercell = parseSupercell(values.get("supercell"), where);
    const energy = values.get(energyColumn);
    const weight = weightOf(values.get("weight"), where);
    const extra = [...values]
      .filter(([name]) => !own.has(name))
      .map(([name, value]) => [name, asText(value)]);
    return {
      id,
      supercell,
      occupants: parseOccupants(values.get("occupants"), supercell, where),
      ...(energy === undefined ? {} : { energy: finiteNumber(energy, energyColumn, where) }),
      ...(weight === undefined ? {} : { weight }),
      extra: Object.fromEntries(extra.filter(([, value]) => value !== "")),
      line,
    };
  });
  return { records, warnings: tableWarnings(records, file, energyColumn) };
}

function tableWarnings(records: readonly OccupationRecord[], file: string, energyColumn: string): string[] {
  const without = records.filter((record) => record.energy === undefined);
  if (without.length === 0 || without.length === records.length) return [];
  const { id, line } = without[0];
  return [
    `${file}: ${without.length} of ${records.length} configurations have no ${energyColumn}, first "${id}" on line ${line}`,
  ];
}

/** An empty cell is no weight: the column need not be filled for every row. */
function weightOf(value: unknown, where: { file: string; line: number }): number | undefined {
  if (value === undefined || value === "") return undefined;
  const weight = finiteNumber(value, "weight", where);
  if (weight <= 0)
    throw dataError(
      where.file,
      where.line,
      `weight: expected a number above zero, found ${weight}; leave the row out instead`,
    );
  return weight;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
}

function quote(name: string): string {
  return `"${name}"`;
}
