/** What tempering, Wang-Landau sampling and annealing found, as parts of the report. */
import type { WalkersMean } from "../mc/density-of-states.ts";
import type { AnnealingRun, SamplingMethods, TemperingRun, WangLandauRun } from "../report/sampling-model.ts";
import type { SampleOutcome } from "./sample.ts";
import type { SampledDensity } from "./sample-densities.ts";
import type { SampledLadder } from "./sample-ladders.ts";
import type { SampledSearch } from "./sample-searches.ts";
import { supercellText } from "./sample-states.ts";

/** @returns null for plain chains */
export function methodsSummary(outcome: SampleOutcome): SamplingMethods | null {
  const { ladders, densities, searches } = outcome;
  if (ladders.length + densities.length + searches.length === 0) return null;
  return {
    tempering: ladders.map(temperingRun),
    wangLandau: densities.map(wangLandauRun),
    annealing: searches.map(annealingRun),
  };
}

function wangLandauRun({ state, walkers, joined }: SampledDensity): WangLandauRun {
  const [{ numCells }] = walkers;
  const estimate = ({ value }: WalkersMean) => value / numCells;
  return {
    name: `${state.conditionLabel}, ${supercellText(state.supercell)}`,
    energyUnit: "eV per cell",
    energies: joined.levels.map(({ energy_eV }) => energy_eV / numCells),
    lnG: joined.levels.map(({ lnStates }) => lnStates.value),
    absolute: true,
    finalLnF: Math.max(...walkers.map(({ lnF }) => lnF)),
    steps: walkers.reduce((sum, { steps }) => sum + steps, 0),
    converged: walkers.every(({ converged }) => converged),
    heatCapacityUnit: "k_B per cell",
    thermodynamics: joined.thermodynamics.map((row) => ({
      temperature_K: row.temperature_K,
      energy: estimate(row.energy_eV),
      heatCapacity: estimate(row.heatCapacity_kB),
      freeEnergy: estimate(row.freeEnergy_eV),
      entropy: estimate(row.entropy_kB),
    })),
  };
}

/** States that are named in the table of an annealing; the files have all. */
const MOST_STATES = 10;

function annealingRun({ state, numCells, coolings, search }: SampledSearch): AnnealingRun {
  const { states, restarts, metLowest } = search;
  return {
    name: `${state.conditionLabel}, ${supercellText(state.supercell)}`,
    energyUnit: "eV per cell",
    energies: coolings.map(({ potential_eV }) => potential_eV / numCells),
    lowest: states.slice(0, MOST_STATES).map(({ potential_eV, found }) => ({
      energy: potential_eV / numCells,
      found: found.length,
    })),
    note:
      `${metLowest} of ${restarts} restarts ended at the lowest energy that was found. ` +
      (state.ensemble.kind === "canonical"
        ? ""
        : "Energies are those of the ensemble's potential, chemical potentials included. ") +
      "A search proves nothing: only many restarts at one energy speak for it.",
  };
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

/** What a reader should know before trusting the numbers. */
export function methodWarnings({ ladders, densities, searches }: SampleOutcome): string[] {
  const place = (label: string, supercell: readonly number[]) => `${label}, ${supercellText(supercell)}`;
  return [
    ...ladders.flatMap(({ conditionLabel, supercell, report }) =>
      report.suggestions.map((suggestion) => `tempering, ${place(conditionLabel, supercell)}: ${suggestion}`),
    ),
    ...densities.flatMap(({ state, walkers }) =>
      walkers.flatMap(({ walker, reason }) =>
        reason === null
          ? []
          : [
              `density of states, ${place(state.conditionLabel, state.supercell)}, walker ${walker + 1}: ${reason}`,
            ],
      ),
    ),
    ...searches.flatMap(({ state, search }) =>
      search.metLowest > 1 || search.restarts === 1
        ? []
        : [
            `annealing, ${place(state.conditionLabel, state.supercell)}: only one of ${search.restarts} restarts found the lowest energy, ` +
              "so there may well be a lower one; take more steps or more restarts",
          ],
    ),
  ];
}
