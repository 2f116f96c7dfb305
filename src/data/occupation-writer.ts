/** Writers of occupation tables; what they write is read back as the same records. */
import { EcitonError } from "../core/errors.ts";
import { strictJson, writeFileAtomic } from "../exec/atomic-file.ts";
import { formatOccupant, type OccupationRecord, shortSupercell } from "./occupation-record.ts";

/**
 * Writes a .csv or .jsonl table, whole or not at all.
 * @throws {EcitonError} "usage" for another ending, "io" if it cannot be written
 */
export function writeOccupationTable(path: string, records: readonly OccupationRecord[]): void {
  if (path.endsWith(".csv")) writeFileAtomic(path, formatOccupationCsv(records));
  else if (path.endsWith(".jsonl")) writeFileAtomic(path, formatOccupationJsonl(records));
  else throw new EcitonError("usage", `${path}: expected a name that ends in .csv or .jsonl`);
}

/** Columns id, supercell, occupants, energy_eV and weight where any record has them, then the extra ones. */
export function formatOccupationCsv(records: readonly OccupationRecord[]): string {
  const withEnergy = records.filter((record) => record.energy !== undefined).length;
  if (withEnergy !== 0 && withEnergy !== records.length)
    throw new EcitonError(
      "data",
      `${withEnergy} of ${records.length} configurations have an energy: a CSV table needs all or none; write JSONL instead`,
    );
  const extras = [...new Set(records.flatMap((record) => Object.keys(record.extra)))];
  const columns: [string, (record: OccupationRecord) => string][] = [
    ["id", (record) => record.id],
    ["supercell", (record) => shortSupercell(record.supercell).join(",")],
    ["occupants", (record) => record.occupants.map(formatOccupant).join("; ")],
  ];
  if (withEnergy > 0) columns.push(["energy_eV", (record) => numberText(record, "energy", record.energy!)]);
  if (records.some((record) => record.weight !== undefined))
    columns.push([
      "weight",
      (record) => (record.weight === undefined ? "" : numberText(record, "weight", record.weight)),
    ]);
  // A column may be called like something that every object has.
  for (const name of extras)
    columns.push([name, ({ extra }) => (Object.hasOwn(extra, name) ? extra[name] : "")]);
  const lines = [
    columns.map(([name]) => name),
    ...records.map((record) => columns.map(([, of]) => of(record))),
  ];
  return `${lines.map((cells) => cells.map(csvCell).join(",")).join("\n")}\n`;
}

/** One object a line, with the columns of the CSV table as fields. */
export function formatOccupationJsonl(records: readonly OccupationRecord[]): string {
  return records
    .map(({ id, supercell, occupants, energy, weight, extra }) =>
      strictJson({
        id,
        supercell: shortSupercell(supercell),
        occupants: occupants.map(formatOccupant),
        energy_eV: energy,
        weight,
        ...extra,
      }),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** JavaScript prints the shortest decimal that reads back as the same number. */
function numberText(record: OccupationRecord, what: string, value: number): string {
  if (!Number.isFinite(value))
    throw new EcitonError("io", `the ${what} of configuration "${record.id}" is ${value}`);
  return String(value);
}

function csvCell(text: string): string {
  return /^$|^[^\s#",][^",\r\n]*$/.test(text) && text.trim() === text
    ? text
    : `"${text.replaceAll('"', '""')}"`;
}
