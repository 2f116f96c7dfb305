/** What tempering tells about itself, as a part of the report. */
import type { SamplingMethods, TemperingRun } from "../report/sampling-model.ts";
import type { SampleOutcome } from "./sample.ts";
import type { SampledLadder } from "./sample-ladders.ts";
import { supercellText } from "./sample-states.ts";

/** @returns null for plain chains */
export function methodsSummary({ ladders }: SampleOutcome): SamplingMethods | null {
  return ladders.length === 0 ? null : { tempering: ladders.map(temperingRun) };
}

function temperingRun({
  supercell,
  conditionLabel,
  replica,
  temperatures_K,
  report,
}: SampledLadder): TemperingRun {
  return {
    name: `${conditionLabel}, ${supercellText(supercell)}${replica > 0 ? `, replica ${replica + 1}` : ""}`,
    temperatures_K,
    exchanges: report.pairs.map(({ attempted, accepted }) => ({ attempted, accepted })),
    roundTrips: report.roundTrips,
    ...(report.stepsPerRoundTrip === null ? {} : { roundTrip_steps: { mean: report.stepsPerRoundTrip } }),
    // The report counts from the cold end, the ladder from the hot one.
    flow: report.fromHot.map((share) => (share === null ? undefined : 1 - share)),
  };
}
