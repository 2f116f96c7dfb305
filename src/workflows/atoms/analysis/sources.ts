/** Files of atoms: what they hold, told from their first frames, and their frames one after another. */
import { dataError, EcitonError } from "../../../core/errors.ts";
import type { StructureFormat } from "../../../data/formats/format-names.ts";
import { formatOfName, readStructures } from "../../../data/formats/index.ts";
import { frameFormats, framesOf } from "../../../data/frames.ts";
import { formulaOf } from "../../../data/generators/built.ts";
import type { Structure } from "../../../data/structure.ts";
import { timeOf, velocitiesOf } from "./motion-windows.ts";
import type { AnalysisSection } from "./settings.ts";

type FrameSettings = AnalysisSection["frames"];

/** What the first frames of a file tell. */
export interface FileAbout {
  readonly format: StructureFormat;
  /** Whether there are more frames than one. */
  readonly many: boolean;
  readonly atoms: number;
  readonly formula: string;
  /** Of the first two frames (of all, where the format is read as a whole). */
  readonly species: readonly string[];
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Frames of the same atoms, one after another in time. */
  readonly series: boolean;
  /** Whether frames say their times. */
  readonly times: boolean;
  readonly velocities: boolean;
}

/** Every frame, with its number from 0, that the section asks for; of a file that is cut, the whole ones. */
export function* chosenFrames(
  path: string,
  settings: FrameSettings,
  warn: (warning: string) => void,
): Generator<{ readonly structure: Structure; readonly index: number }> {
  let index = 0;
  for (const structure of allFrames(path, settings, warn)) {
    const past = index - settings.skip;
    if (past >= 0 && past % settings.every === 0)
      yield {
        structure: settings.cluster ? { ...structure, periodic: [false, false, false] } : structure,
        index,
      };
    index++;
  }
  if (index <= settings.skip)
    throw new EcitonError(
      "data",
      `${path}: expected more than ${settings.skip} frames, which analysis.frames.skip leaves out, found ${index}`,
      { file: path },
    );
}

function* allFrames(
  path: string,
  { format: given, types, units }: FrameSettings,
  warn: (warning: string) => void,
): Generator<Structure> {
  const format = given ?? formatOfName(path);
  const streamed = frameFormats.find((name) => name === format);
  if (streamed) {
    const options = { ...(types ? { types } : {}), ...(units ? { units } : {}) };
    yield* framesOf(path, { ...options, format: streamed, cut: "warn", warn });
    return;
  }
  const { structures, warnings } = readStructures(path, { format });
  for (const warning of warnings) warn(warning);
  if (structures.length === 0) throw dataError(path, 1, "there are no structures");
  yield* structures;
}

/** @throws {EcitonError} "data" for a file whose first frames cannot be read */
export function lookInto(path: string, settings: FrameSettings): FileAbout {
  const format = settings.format ?? formatOfName(path);
  const found: Structure[] = [];
  for (const structure of allFrames(path, settings, () => {})) {
    found.push(structure);
    if (found.length === 2) break;
  }
  const [first, second] = found;
  const same = second?.species.every((name, i) => name === first.species[i]) ?? false;
  const [from, to] = [timeOf(first), second ? timeOf(second) : null];
  const times = from !== null && to !== null;
  return {
    format,
    many: second !== undefined,
    atoms: first.species.length,
    formula: formulaOf(first.species),
    species: [...new Set(found.flatMap(({ species }) => species))].sort(),
    periodic: settings.cluster ? [false, false, false] : first.periodic,
    series:
      same &&
      first.species.length === second.species.length &&
      (settings.time_step_fs !== undefined || (times && from !== to)),
    times: times || settings.time_step_fs !== undefined,
    velocities: velocitiesOf(first) !== null,
  };
}
