/** Operations of a space group that a CIF only names. */
import { dataError } from "../../core/errors.ts";
import { transpose3 } from "../../core/linalg.ts";
import { moyo } from "../../lattice/moyo.ts";
import { type CifOperation, keepsMetric } from "./cif-symmetry.ts";

export interface SpaceGroupName {
  readonly hall: string | null;
  readonly hermannMauguin: string | null;
  readonly number: number | null;
}

type Entry = ReturnType<ReturnType<typeof moyo>["hall_symbol_entry"]>;

/**
 * Operations of the one setting that fits the name and the cell. The Hall symbol fixes the setting; a
 * Hermann-Mauguin symbol (with ":1", ":2", ":H", ":R" where there is one) or a number may leave several, of which
 * those that keep the cell remain.
 * @throws {EcitonError} "data" if no setting fits, or several with different operations do: origins are never guessed
 */
export function namedOperations(
  name: SpaceGroupName,
  cell: ArrayLike<number>,
  file: string,
  line: number,
): CifOperation[] {
  const label = [name.hall, name.hermannMauguin, name.number].filter((x) => x !== null).join(", ");
  const advice = "write the operations in a loop of _space_group_symop_operation_xyz";
  const candidates = fittingEntries(name);
  if (candidates.length === 0) throw dataError(file, line, `no space group is known by ${label}; ${advice}`);
  const settings = candidates
    .map((entry) => ({ entry, operations: operationsOf(entry) }))
    .filter(({ operations }) => keepsMetric(operations, cell));
  if (settings.length === 0)
    throw dataError(file, line, `the cell does not have the symmetry of ${label} in any setting`);
  const texts = new Set(settings.map(({ operations }) => operations.map(keyOf).sort().join(" ")));
  if (texts.size > 1)
    throw dataError(
      file,
      line,
      `${label} has several settings (Hall symbols ${settings.map(({ entry }) => `"${entry.hall_symbol}"`).join(", ")}); ${advice}, or give the Hall symbol`,
    );
  return settings[0].operations;
}

let allEntries: Entry[] | null = null;

function fittingEntries({ hall, hermannMauguin, number }: SpaceGroupName): Entry[] {
  allEntries ??= Array.from({ length: 530 }, (_, i) => moyo().hall_symbol_entry(i + 1));
  const numbered = allEntries.filter((entry) => number === null || entry.number === number);
  // A symbol outside the tables may mean another origin or centring ("C -1"): the number alone would be a guess.
  if (hall !== null) {
    // CIF writes the twofold axis along a-b as 2", moyo as 2=. Spaces count: "P 32" is not "P 3 2".
    const plain = (symbol: string) =>
      symbol
        .replaceAll('"', "=")
        .replace(/[\s_]+/g, " ")
        .trim()
        .toLowerCase();
    return numbered.filter((entry) => plain(entry.hall_symbol) === plain(hall));
  }
  if (hermannMauguin === null) return numbered;
  const parts = /^(.*?)(?:\s*:\s*([12HR])|\s+([HR]))?\s*$/i.exec(hermannMauguin)!;
  const wanted = plainSymbol(parts[1]);
  const setting = (parts[2] ?? parts[3] ?? "").toUpperCase();
  return numbered.filter(
    (entry) =>
      symbolsOf(entry).some((known) => plainSymbol(known) === wanted) &&
      entry.setting.toUpperCase().startsWith(setting),
  );
}

/** Monoclinic short symbols ("P 21/n") are the full ones without the 1s: moyo's short one is that of the standard setting. */
function symbolsOf(entry: Entry): string[] {
  const monoclinic = entry.number >= 3 && entry.number <= 15;
  const short = entry.hm_full
    .split(" ")
    .filter((part) => part !== "1")
    .join("");
  return [entry.hm_full, monoclinic ? short : entry.hm_short];
}

function plainSymbol(symbol: string): string {
  return symbol.replace(/[\s_()]/g, "").toLowerCase();
}

/** moyo gives rotations column by column. */
function operationsOf(entry: Entry): CifOperation[] {
  return moyo()
    .operations_from_number(entry.number, { type: "HallNumber", value: entry.hall_number }, false)
    .map(({ rotation, translation }) => ({
      rotation: transpose3(rotation),
      translation: translation.map((t) => t - Math.floor(t)) as CifOperation["translation"],
    }));
}

function keyOf({ rotation, translation }: CifOperation): string {
  return [...rotation, ...translation.map((t) => Math.round(24 * t) % 24)].join();
}
