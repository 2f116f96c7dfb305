/**
 * n2p2's (and RuNNer's) input.data: structures with reference energies and forces.
 *   begin [set=train|test]
 *   comment <text>
 *   lattice <x> <y> <z>                             three times, or not at all
 *   atom <x> <y> <z> <element> <q> <unused> <fx> <fy> <fz>
 *   energy <E>
 *   charge <Q>
 *   end
 */
import { dataError } from "../../core/errors.ts";
import { isElement } from "../elements.ts";
import { type LineSource, linesOfText } from "../line-source.ts";
import { checkStructure, type Dataset, type InfoValue, type Structure } from "../structure.ts";
import { type Conversions, conversions, type FileUnits, fileUnits } from "./n2p2-units.ts";
import { quoteToken, requireDecimal, words } from "./tokens.ts";

export interface N2p2Options {
  /** Of the file, which does not tell them; Å and eV where left out. */
  readonly units?: Partial<FileUnits>;
}

/** Total charge that counts as none: the sum of rounded charges. */
const NEUTRAL = 1e-6;

/**
 * All structures. `name` is the comment; words "key=value" of it stand in `info` too (the class of a structure, often), as does
 * `set` ("train", "test"). Charges of atoms are in info["atom.charge"], unless all are zero; a total charge in info.charge.
 * @throws {EcitonError} "data" with file and line: for what is not the format, a structure that does not end, other than 0
 *   or 3 lattice vectors, too few columns, what is no element, a periodic structure with a charge
 */
export function readN2p2Data(text: string, file: string, options: N2p2Options = {}): Dataset {
  const warnings: string[] = [];
  const lines = linesOfText(text);
  const structures = [...n2p2Structures(lines, file, options, (warning) => warnings.push(warning))];
  if (structures.length === 0) throw dataError(file, 1, 'there are no structures: no line "begin"');
  return { structures, warnings };
}

/** One structure after another; only the one at hand is held. See readN2p2Data. */
function* n2p2Structures(
  lines: LineSource,
  file: string,
  options: N2p2Options,
  warn: (warning: string) => void,
): Generator<Structure> {
  const convert = conversions(fileUnits(options.units));
  let warned = false;
  for (let text = lines.next(); text !== undefined; text = lines.next()) {
    const head = words(text);
    if (head.length === 0) continue;
    if (head[0] !== "begin")
      throw dataError(file, lines.number(), `expected "begin" of a structure, found ${quoteToken(head[0])}`);
    const { structure, extra } = readOne(lines, file, setOf(head, file, lines.number()), convert);
    if (extra && !warned) warn(`${file}: columns of atoms after fx fy fz are passed over`);
    warned ||= extra;
    yield structure;
  }
}

/** "begin set=train" */
function setOf(head: readonly string[], file: string, line: number): string | null {
  const found = head.slice(1);
  if (found.length === 0) return null;
  const set = /^set=(\S+)$/.exec(found[0]);
  if (set === null || found.length > 1)
    throw dataError(file, line, `expected "begin" or "begin set=train|test", found "${head.join(" ")}"`);
  return set[1];
}

function readOne(
  lines: LineSource,
  file: string,
  set: string | null,
  convert: Conversions,
): { readonly structure: Structure; readonly extra: boolean } {
  const begin = lines.number();
  const comments: string[] = [];
  const cell: number[] = [];
  const species: string[] = [];
  const positions: number[] = [];
  const forces: number[] = [];
  const charges: number[] = [];
  const totals: { energy?: number; charge?: number } = {};
  let extra = false;
  for (let text = lines.next(); ; text = lines.next()) {
    if (text === undefined)
      throw dataError(
        file,
        lines.number(),
        `the file ends before the "end" of the structure of line ${begin}`,
      );
    const line = lines.number();
    const found = words(text);
    if (found.length === 0) continue;
    const [keyword] = found;
    const number = (column: number, what: string) =>
      requireDecimal(found[column], file, line, `${keyword}: ${what}`);
    switch (keyword) {
      case "comment":
        comments.push(text.trim().slice("comment".length).trim());
        continue;
      case "lattice":
        if (cell.length === 9) throw dataError(file, line, "a fourth lattice vector; expected three");
        for (let c = 1; c <= 3; c++) cell.push(convert.length(number(c, "component")));
        continue;
      case "atom": {
        if (found.length < 10)
          throw dataError(
            file,
            line,
            `atom: expected x y z element charge (unused) fx fy fz, found ${found.length - 1} columns`,
          );
        if (!isElement(found[4]))
          throw dataError(file, line, `atom: expected an element, found ${quoteToken(found[4])}`);
        extra ||= found.length > 10;
        species.push(found[4]);
        charges.push(number(5, "charge"));
        for (let c = 0; c < 3; c++) {
          positions.push(convert.length(number(1 + c, "position")));
          forces.push(convert.force(number(7 + c, "force")));
        }
        continue;
      }
      case "energy":
      case "charge":
        if (totals[keyword] !== undefined) throw dataError(file, line, `${keyword} stands twice`);
        totals[keyword] = number(1, "value");
        continue;
      case "begin":
        throw dataError(file, line, `"begin" before the "end" of the structure of line ${begin}`);
      case "end":
        break;
      default:
        throw dataError(
          file,
          line,
          `expected comment, lattice, atom, energy, charge or end, found ${quoteToken(keyword)}`,
        );
    }
    break;
  }
  if (species.length === 0) throw dataError(file, begin, "the structure has no atoms");
  if (cell.length !== 0 && cell.length !== 9)
    throw dataError(file, begin, `expected 0 or 3 lattice vectors, found ${cell.length / 3}`);
  const { energy, charge = 0 } = totals;
  const charged = Math.abs(charge) > NEUTRAL;
  const isPeriodic = cell.length === 9;
  if (charged && isPeriodic)
    throw dataError(
      file,
      begin,
      `charge ${charge} of a periodic structure, whose energy has no meaning without a background; leave it out`,
    );
  const structure = checkStructure({
    cell: Float64Array.from(isPeriodic ? cell : new Array<number>(9).fill(0)),
    periodic: [isPeriodic, isPeriodic, isPeriodic],
    species,
    positions: Float64Array.from(positions),
    ...(energy === undefined ? {} : { energy: convert.energy(energy) }),
    forces: Float64Array.from(forces),
    name: comments.join("; "),
    info: infoOf({ comments, set, charge: charged ? charge : 0, charges }),
    source: { file, line: begin },
  });
  return { structure, extra };
}

function infoOf(found: {
  readonly comments: readonly string[];
  readonly set: string | null;
  readonly charge: number;
  readonly charges: readonly number[];
}): Record<string, InfoValue> {
  const info: Record<string, InfoValue> = {};
  for (const comment of found.comments)
    for (const word of words(comment)) {
      const entry = /^([A-Za-z_]\w*)=(\S+)$/.exec(word);
      if (entry !== null) info[entry[1]] = entry[2];
    }
  if (found.set !== null) info.set = found.set;
  if (found.charge !== 0) info.charge = found.charge;
  if (found.charges.some((q) => q !== 0)) info["atom.charge"] = found.charges;
  return info;
}
