/** Whether molecular dynamics can be trusted, in plain words. */
import { BOLTZMANN_EV_PER_K } from "../../core/units.ts";
import type { SegmentResult } from "../../dynamics/md/averages.ts";
import { count, integer, plain, significant } from "../../report/numbers.ts";
import type { Verdict } from "../verdict.ts";
import type { Caloric } from "./caloric.ts";
import { FEWEST_FRAMES, hasLindemann, isState, type SegmentDigest } from "./dynamics-digest.ts";
import type { Replica, StructureCurves } from "./dynamics-files.ts";
import type { DynamicsPlan } from "./dynamics-plan.ts";

/**
 * The later half of a segment may differ from the earlier one by four standard errors: of the difference, which are twice
 * those of the mean of both.
 */
const ERRORS_OF_HALVES = 8;
const ERRORS_OF_TEMPERATURE = 4;
/** Smaller departures from the temperature do not matter. */
const SHARE_OF_TEMPERATURE = 0.01;
/** The conserved energy of an atom may change by this part of kT in a segment. */
const SHARE_OF_DRIFT = 0.1;
/** Of many names a person reads so many. */
const MOST_NAMES = 3;

/** What is wrong with a measured segment; empty where nothing is. */
export function remarksOn(
  segment: SegmentResult,
  { halves_eV }: SegmentDigest,
  atoms: number,
  thermostat: boolean,
): string[] {
  const { measured_temperature_K: temperature, total_eV: total, potential_eV: potential } = segment;
  const remarks: string[] = [];
  if (isState(segment)) {
    const error = potential?.error ?? null;
    if (total === null || error === null) remarks.push("too short for errors");
    else if (halves_eV !== null && Math.abs(halves_eV) > ERRORS_OF_HALVES * error)
      remarks.push("still changing");
    const [wanted] = segment.temperature_K;
    const off = temperature === null ? 0 : Math.abs(temperature.value - wanted);
    if (
      thermostat &&
      temperature?.error != null &&
      off > ERRORS_OF_TEMPERATURE * temperature.error &&
      off > SHARE_OF_TEMPERATURE * wanted
    )
      remarks.push("not at the temperature");
  }
  if (driftsAway(segment, atoms)) remarks.push("energy drifts");
  return remarks;
}

function driftsAway(
  { drift, from_ps, to_ps, temperature_K, measured_temperature_K }: SegmentResult,
  atoms: number,
): boolean {
  if (!drift) return false;
  const thermal = BOLTZMANN_EV_PER_K * (measured_temperature_K?.value ?? temperature_K[1]);
  return Math.abs(drift.eV_per_ps) * (to_ps - from_ps) > SHARE_OF_DRIFT * thermal * atoms;
}

interface Measured {
  /** "Cu147, 300 K". */
  readonly name: string;
  readonly remarks: readonly string[];
}

function measuredSegments(part: DynamicsPlan, replicas: readonly Replica[]): Measured[] {
  const thermostat = part.section.ensemble !== "nve";
  return replicas.flatMap(({ planned, end }) =>
    (end?.run.segments ?? []).flatMap((segment, k) => {
      const atoms = planned.plan.atoms.species.length;
      const remarks = remarksOn(segment, end!.digest.segments[k], atoms, thermostat);
      // What happens while nothing is measured matters for the drift alone.
      const told = segment.measured ? remarks : remarks.filter((text) => text === "energy drifts");
      if (!segment.measured && told.length === 0) return [];
      return [{ name: `${planned.name}, ${temperatureText(segment)}`, remarks: told }];
    }),
  );
}

export function temperatureText({ temperature_K: [from, to] }: SegmentResult): string {
  return from === to ? `${plain(from)} K` : `${plain(from)} to ${plain(to)} K`;
}

const advice: Readonly<Record<string, string>> = {
  "too short for errors": "too short to tell the errors of its means: measure longer",
  "still changing": "its energy still changes: equilibrate longer",
  "not at the temperature": "its temperature is not the one that was asked for: equilibrate longer",
  "energy drifts":
    "its conserved energy drifts by more than a tenth of kT for each atom: shorten dynamics.time_step_fs",
};

export function warningsOf(part: DynamicsPlan, replicas: readonly Replica[]): string[] {
  const measured = measuredSegments(part, replicas);
  const warnings = Object.entries(advice).flatMap(([remark, text]) => {
    const names = measured.filter(({ remarks }) => remarks.includes(remark)).map(({ name }) => name);
    if (names.length === 0) return [];
    const more = names.length > MOST_NAMES ? ` and ${integer(names.length - MOST_NAMES)} more segments` : "";
    return [`${names.slice(0, MOST_NAMES).join("; ")}${more}: ${text}`];
  });
  const fewFrames = replicas.some(
    ({ planned, end }) =>
      end &&
      hasLindemann(planned.plan) &&
      end.run.segments.some(({ measured: is }, k) => is && end.digest.segments[k].lindemann === null),
  );
  if (part.section.trajectory && fewFrames)
    warnings.push(
      `segments with fewer than ${FEWEST_FRAMES} frames have no Lindemann index: lower dynamics.trajectory.every_steps`,
    );
  return warnings;
}

export function verdictOf(
  part: DynamicsPlan,
  replicas: readonly Replica[],
  curves: readonly StructureCurves[],
  warnings: number,
): Verdict {
  const done = replicas.filter(({ end }) => end);
  const failed = replicas.length - done.length;
  const measured = measuredSegments(part, replicas);
  const bad = measured.filter(({ remarks }) => remarks.length > 0).length;
  const sentences = [
    endText(done.length, failed),
    ...(measured.length === 0
      ? []
      : [
          bad === 0
            ? `Energies and temperatures had settled in ${measured.length === 1 ? "the measured segment" : `all ${integer(measured.length)} measured segments`}.`
            : `${integer(bad)} of ${count(measured.length, "segment")} ${bad === 1 ? "is" : "are"} not to be trusted.`,
        ]),
    ...driftSentence(replicas),
    ...curves.flatMap(({ structure, curves: own }) =>
      own.map((curve) => `${structure}, ${curve.direction}: ${meltingText(curve)}.`),
    ),
  ];
  return {
    level:
      failed > 0 || (measured.length > 0 && bad === measured.length)
        ? "problem"
        : warnings > 0
          ? "warning"
          : "ok",
    text: sentences.join(" "),
  };
}

function endText(done: number, failed: number): string {
  const runs = (n: number, is: string, are: string) =>
    n === 1 ? `The run ${is}` : n === 2 ? `Both runs ${are}` : `All ${integer(n)} runs ${are}`;
  if (failed === 0) return `${runs(done, "is", "are")} complete.`;
  if (done === 0) return `${runs(failed, "went", "went")} wrong.`;
  return `${integer(done)} of ${count(done + failed, "run")} ${done === 1 ? "is" : "are"} complete; ${failed === 1 ? "one" : integer(failed)} went wrong.`;
}

/** The worst one; of the runs whose conserved energy is known. */
function driftSentence(replicas: readonly Replica[]): string[] {
  const drifts = replicas.flatMap(({ planned, end }) =>
    (end?.run.segments ?? []).flatMap(({ drift }) =>
      drift ? [(1000 * Math.abs(drift.eV_per_ps)) / planned.plan.atoms.species.length] : [],
    ),
  );
  if (drifts.length === 0) return [];
  const worst = drifts.reduce((a, b) => Math.max(a, b), 0);
  return [`The conserved energy drifted by at most ${significant(worst, 2)} meV per atom and ps.`];
}

/** "the energy rises steepest at 575 ± 25 K; its Lindemann index passes 0.1 between 550 and 600 K". */
export function meltingText(curve: Caloric): string {
  const { steepest, melting_K, surface_melting_K } = curve;
  const known = curve.states.some(({ lindemann }) => lindemann !== null);
  const between = ([from, to]: readonly [number, number]) => `between ${plain(from)} and ${plain(to)} K`;
  const energy = steepest.clear
    ? `the energy rises steepest at ${plain(steepest.temperature)} ± ${plain(steepest.uncertainty)} K`
    : "no step stands out of the caloric curve";
  const surface =
    surface_melting_K && surface_melting_K[0] !== melting_K?.[0]
      ? `, that of the surface ${between(surface_melting_K)}`
      : "";
  const index = !known
    ? ""
    : melting_K
      ? `; its Lindemann index passes 0.1 ${between(melting_K)}${surface}`
      : `; its Lindemann index does not pass 0.1${surface}`;
  return `${energy}${index}`;
}
