/** What tempering, Wang-Landau sampling and annealing found, as parts of the report. */
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import { joinDensities, type WalkersMean } from "../mc/methods/density-of-states.ts";
import type {
  AnnealingRun,
  SamplingMethods,
  SnapshotMaps,
  TemperingRun,
  WangLandauRun,
} from "../report/sampling-model.ts";
import { searchFile } from "./method-files.ts";
import { viewOf } from "./plane-view.ts";
import type { SampleOutcome } from "./sample.ts";
import type { SampledDensity } from "./sample-densities.ts";
import type { SampledLadder } from "./sample-ladders.ts";
import type { SampledSearch } from "./sample-searches.ts";
import { marksOf, snapshotPanel } from "./snapshot-panels.ts";
import { supercellText } from "./supercell-text.ts";

/** @returns null for plain chains */
export function methodsSummary(outcome: SampleOutcome, lattice: ParentLattice): SamplingMethods | null {
  const { ladders, densities, searches } = outcome;
  if (ladders.length + densities.length + searches.length === 0) return null;
  return {
    tempering: ladders.map(temperingRun),
    wangLandau: densities.map(wangLandauRun),
    annealing: searches.map((search, s) => annealingRun(search, s, lattice)),
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
    thermodynamics: joinDensities(
      walkers.map(({ levels }) => levels),
      closeTemperatures(joined.thermodynamics.map((row) => row.temperature_K)),
    ).thermodynamics.map((row) => ({
      temperature_K: row.temperature_K,
      energy: estimate(row.energy_eV),
      heatCapacity: estimate(row.heatCapacity_kB),
      freeEnergy: estimate(row.freeEnergy_eV),
      entropy: estimate(row.entropy_kB),
    })),
  };
}

/** Averages at any temperature follow from the numbers of states, so curves need not stop at the study's own. */
function closeTemperatures(temperatures: readonly number[]): number[] {
  const [low, high] = [Math.min(...temperatures), Math.max(...temperatures)];
  if (low === high) return [low];
  return Array.from({ length: CURVE_POINTS }, (_, k) => low + ((high - low) * k) / (CURVE_POINTS - 1));
}

const CURVE_POINTS = 61;

/** States that are named in the table of an annealing; the files have all. */
const MOST_STATES = 10;

function annealingRun(
  { state, numCells, coolings, search }: SampledSearch,
  number: number,
  lattice: ParentLattice,
): AnnealingRun {
  const supercell = new Supercell(lattice, state.supercell);
  const { states, restarts, metLowest } = search;
  return {
    name: `${state.conditionLabel}, ${supercellText(state.supercell)}`,
    energyUnit: "eV per cell",
    energies: coolings.map(({ potential_eV }) => potential_eV / numCells),
    lowest: states.slice(0, MOST_STATES).map(({ potential_eV, found, occupation }, rank) => ({
      energy: potential_eV / numCells,
      found: found.length,
      description: describeOccupation(supercell, occupation),
      file: searchFile(number, rank),
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

/** How many of each species but the background are in each layer: "12 V in O2, 4 V in O3". */
function describeOccupation(supercell: Supercell, occupation: Uint8Array): string {
  const counts = new Map<string, number>();
  for (const i of supercell.active) {
    if (occupation[i] === 0) continue;
    const { species, layer, name } = supercell.lattice.sites[supercell.sublatticeOf(i)];
    const key = `${species[occupation[i]]} in ${layer || name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, n]) => `${n} ${key}`).join(", ") || "nothing but the background";
}

/** The lowest states of every search from above, for slabs. */
export function searchMaps(searches: readonly SampledSearch[], lattice: ParentLattice): SnapshotMaps[] {
  const view = viewOf(lattice);
  if (!view) return [];
  const marks = marksOf(lattice, view);
  const cells = [...new Set(searches.map(({ state }) => supercellText(state.supercell)))];
  return cells.map((cell) => {
    const here = searches.filter(({ state }) => supercellText(state.supercell) === cell);
    const supercell = new Supercell(lattice, here[0].state.supercell);
    const drawn = Math.min(MOST_PICTURES, Math.max(...here.map(({ search }) => search.states.length)));
    return {
      title: `Lowest states found, ${cell} cell`,
      rows: here.map(({ state }) => state.conditionLabel),
      columns: Array.from({ length: drawn }, (_, rank) => `rank ${rank + 1}`),
      marks,
      panels: here.flatMap(({ state, search, numCells }) =>
        search.states.slice(0, drawn).map(({ occupation, potential_eV }, rank) => ({
          row: state.conditionLabel,
          column: `rank ${rank + 1}`,
          caption: `${(potential_eV / numCells).toFixed(5)} eV per cell`,
          ...snapshotPanel(supercell, occupation, marks, view),
        })),
      ),
    };
  });
}

const MOST_PICTURES = 4;

/** What a reader should know before trusting the numbers. */
export function methodWarnings({ ladders, densities, searches }: SampleOutcome): string[] {
  const place = (label: string, supercell: readonly number[]) => `${label}, ${supercellText(supercell)}`;
  return [
    ...ladders.flatMap(({ conditionLabel, supercell, report }) =>
      report.suggestions.map((suggestion) => `tempering, ${place(conditionLabel, supercell)}: ${suggestion}`),
    ),
    ...densities.flatMap(({ state, walkers }) => {
      const reasons = [...new Set(walkers.flatMap(({ reason }) => reason ?? []))];
      return reasons.map((reason) => {
        const of = walkers.filter((w) => w.reason === reason).map(({ walker }) => walker + 1);
        return `density of states, ${place(state.conditionLabel, state.supercell)}, walker${of.length > 1 ? "s" : ""} ${of.join(", ")}: ${reason}`;
      });
    }),
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
