/** Averages of the sampled states as curves of the report. */
import type { Study } from "../data/study/schema.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import type { ValueWithError } from "../mc/records/chain-summary.ts";
import type { CurvePlot } from "../report/curve-model.ts";
import { conditionAxis, conditionsOfStudy } from "./conditions.ts";
import type { SampledState } from "./sample-states.ts";

/** More states than this are counted rather than named in a caption. */
const MOST_NAMED = 4;
/** Lines that fill less than this part of the axis, gaps being the rest, are drawn from a common zero. */
const LEAST_FILLED = 1 / 3;

/** States whose averages a reader should not use, for captions. */
export function notSettled(states: readonly SampledState[]): string {
  const names = states
    .filter((state) => !state.equilibrated)
    .map((state) => `${state.conditionLabel}, ${state.temperature_K} K, ${state.supercellText}`);
  if (names.length === 0) return "";
  if (names.length > MOST_NAMED) return ` ${names.length} states are not at equilibrium (table of chains).`;
  return ` Not at equilibrium: ${names.join("; ")}.`;
}

/** Energy and heat capacity against temperature, one line for each composition and cell. */
export function thermalCurves(states: readonly SampledState[]): CurvePlot[] {
  if (new Set(states.map((s) => s.temperature_K)).size < 2) return [];
  const names = [...new Set(states.map(seriesName))];
  const lowest = lowestEnergies(states);
  const curve = (
    title: string,
    caption: string,
    yLabel: string,
    of: (s: SampledState) => ValueWithError | null,
    from?: ReadonlyMap<string, number>,
  ) => ({
    title,
    caption,
    xLabel: "Temperature (K)",
    yLabel,
    series: names.map((name) => ({
      name,
      points: states
        .filter((state) => seriesName(state) === name)
        .flatMap((state) => {
          const mean = of(state);
          if (mean === null) return [];
          const y = mean.value / state.numCells - (from?.get(name) ?? 0);
          return [{ x: state.temperature_K, y, error: mean.error / state.numCells }];
        }),
    })),
  });
  return [
    curve(
      "Energy against temperature",
      "Mean energy of the model, one line for each condition and cell" +
        (lowest ? "; each is drawn from its own lowest value, because they lie far apart." : ".") +
        notSettled(states),
      lowest ? "Energy above the lowest (eV per cell)" : "Energy (eV per cell)",
      (s) => s.energy_eV,
      lowest,
    ),
    ...(states.some((s) => s.heatCapacity_kB)
      ? [
          curve(
            "Heat capacity against temperature",
            `Configurational part alone, from the fluctuation of the energy; a peak may mark where order is lost.${notSettled(states)}`,
            "Heat capacity (k_B per cell)",
            (s) => s.heatCapacity_kB,
          ),
        ]
      : []),
  ];
}

/** Lowest energy per cell of each line where lines lie so far apart that none would show its slope. */
function lowestEnergies(states: readonly SampledState[]): ReadonlyMap<string, number> | undefined {
  const ranges = new Map<string, { low: number; high: number }>();
  for (const state of states) {
    const energy = state.energy_eV.value / state.numCells;
    const known = ranges.get(seriesName(state)) ?? { low: energy, high: energy };
    ranges.set(seriesName(state), { low: Math.min(known.low, energy), high: Math.max(known.high, energy) });
  }
  const all = [...ranges.values()];
  const whole = Math.max(...all.map((r) => r.high)) - Math.min(...all.map((r) => r.low));
  const filled = all.reduce((sum, r) => sum + r.high - r.low, 0);
  if (filled >= LEAST_FILLED * whole) return undefined;
  return new Map([...ranges].map(([name, { low }]) => [name, low]));
}

function seriesName(state: SampledState): string {
  return `${state.conditionLabel}, ${state.supercellText}`;
}

/** How much there is of each species where the ensemble decides it, against temperature and against the condition. */
export function fractionCurves(
  study: Study,
  lattice: ParentLattice,
  states: readonly SampledState[],
): CurvePlot[] {
  const section = study.sample!;
  const backgrounds = new Set(lattice.sites.map((site) => site.species[0]));
  const rows = (states[0]?.fractions ?? []).filter(({ species }) => !backgrounds.has(species));
  const conditions = conditionsOfStudy(section);
  const axis = conditionAxis(section);
  const temperatures = [...new Set(states.map((s) => s.temperature_K))].sort((a, b) => a - b);
  const cells = [...new Set(states.map((s) => s.supercellText))];
  return rows.flatMap(({ species, group }) => {
    const rowOf = (state: SampledState) =>
      state.fractions.find((row) => row.species === species && row.group === group)!;
    const point = (x: number, state: SampledState) => {
      const { value, error } = rowOf(state).fraction;
      return { x, y: value, error };
    };
    const yLabel = `Share of ${group} sites with ${species}`;
    const isothermsWith = (at: (state: SampledState) => CurvePlot["series"][number]["points"]) =>
      cells.flatMap((cell) =>
        temperatures.map((temperature) => ({
          name: cells.length > 1 ? `${temperature} K, ${cell}` : `${temperature} K`,
          points: states
            .filter((s) => s.supercellText === cell && s.temperature_K === temperature)
            .flatMap(at)
            .sort((a, b) => a.x - b.x),
        })),
      );
    const plots: CurvePlot[] = [];
    if (temperatures.length > 1)
      plots.push({
        title: `${species} against temperature`,
        caption: `Mean share of the ${group} sites that hold ${species}, one line for each condition and cell.${notSettled(states)}`,
        xLabel: "Temperature (K)",
        yLabel,
        series: [...new Set(states.map(seriesName))].map((name) => ({
          name,
          points: states.filter((s) => seriesName(s) === name).map((s) => point(s.temperature_K, s)),
        })),
      });
    if (axis !== null && conditions.length > 1)
      plots.push({
        title: `${species} against ${axis.charAt(0).toLowerCase()}${axis.slice(1)}`,
        caption: `Mean share of the ${group} sites that hold ${species}, one line for each temperature and cell.${notSettled(states)}`,
        xLabel: axis,
        yLabel,
        series: isothermsWith((s) => [point(conditions[s.conditionIndex].axisValue!, s)]),
      });
    const potentials = isothermsWith((state) => {
      const { fraction: share, deltaMu_eV } = rowOf(state);
      return deltaMu_eV ? [{ x: share.value, y: deltaMu_eV.value, error: deltaMu_eV.error }] : [];
    });
    if (potentials.some(({ points }) => points.length > 1))
      plots.push({
        title: `Chemical potential of ${species} against its share`,
        caption: `Derivative of the free energy of mixing, Δμ = −κ k_B T (φ + 2 c), at the mean share c of the ${group} sites; where it falls, the mixture is unstable. One line for each temperature and cell.${notSettled(states)}`,
        xLabel: yLabel,
        yLabel: `Δμ of ${species} (eV)`,
        series: potentials,
      });
    return plots;
  });
}
