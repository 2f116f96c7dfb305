/** Chains of one state (cell, composition, temperature) taken together. */
import type { Study } from "../data/study/schema.ts";
import type { ValueWithError } from "../mc/chain-summary.ts";
import type { LayerRow } from "../mc/layer-counts.ts";
import type { SampledChain } from "./sample.ts";

export interface LayerShare {
  /** "B", or "B@group" where several groups hold it: atoms never leave their group, so shares are within it. */
  readonly species: string;
  readonly layer: string;
  /** Share of the species' atoms that sit in the layer; null where there are none. */
  readonly share: ValueWithError | null;
  /** Share of the layer's sites that hold the species. */
  readonly occupancy: ValueWithError;
}

export interface SampledState {
  readonly supercell: readonly number[];
  /** "8 × 8 × 1". */
  readonly supercellText: string;
  readonly compositionLabel: string;
  readonly compositionIndex: number;
  /** Whole numbers in the supercell. */
  readonly composition: Readonly<Record<string, number>>;
  readonly temperature_K: number;
  readonly replicas: number;
  readonly numCells: number;
  /** eV for the supercell. */
  readonly energy_eV: ValueWithError;
  /** Of the supercell, in units of k_B. */
  readonly heatCapacity_kB: ValueWithError;
  readonly layers: readonly LayerShare[];
  readonly effectiveSamples: number;
  readonly acceptance: number;
  readonly equilibrated: boolean;
}

/** The states of a grid in the order of the study, replicas averaged. */
export function sampledStates(study: Study, chains: readonly SampledChain[]): SampledState[] {
  const states = new Map<string, SampledChain[]>();
  for (const chain of chains) {
    const { supercellIndex, compositionIndex, temperatureIndex } = chain.point;
    const key = `${supercellIndex}/${compositionIndex}/${temperatureIndex}`;
    states.set(key, [...(states.get(key) ?? []), chain]);
  }
  return [...states.values()].map((group): SampledState => {
    const { point, result } = group[0];
    const results = group.map((chain) => chain.result);
    const moves = results.flatMap((r) => r.acceptance);
    return {
      supercell: point.supercell,
      supercellText: supercellText(point.supercell),
      compositionLabel: compositionLabel(study, point.compositionIndex),
      compositionIndex: point.compositionIndex,
      composition: point.composition,
      temperature_K: point.temperature_K,
      replicas: group.length,
      numCells: result.numCells,
      energy_eV: average(results.map((r) => r.energy_eV)),
      heatCapacity_kB: average(results.map((r) => r.heatCapacity_kB)),
      layers: result.layers.map((row, i) => ({
        species: layerSpecies(row, result.layers),
        layer: row.layer,
        share: row.share === null ? null : average(results.map((r) => r.layers[i].share!)),
        occupancy: average(results.map((r) => r.layers[i].occupancy)),
      })),
      effectiveSamples: results.reduce((sum, r) => sum + r.equilibration.effective_samples, 0),
      acceptance: sum(moves.map((m) => m.accepted)) / Math.max(1, sum(moves.map((m) => m.proposed))),
      equilibrated: results.every((r) => r.equilibration.equilibrated),
    };
  });
}

function layerSpecies({ species, group }: LayerRow, rows: readonly LayerRow[]): string {
  return rows.some((row) => row.species === species && row.group !== group) ? `${species}@${group}` : species;
}

export function supercellText(matrix: readonly number[]): string {
  const rows = matrix.length === 9 ? [matrix.slice(0, 3), matrix.slice(3, 6), matrix.slice(6)] : [];
  return matrix.length === 3 ? matrix.join(" × ") : rows.map((row) => `(${row.join(" ")})`).join(" ");
}

/** The study's own label, or the composition itself. */
export function compositionLabel(study: Study, index: number): string {
  const composition = study.sample!.compositions[index];
  if (composition.label !== undefined) return composition.label;
  return Object.entries(composition.per_cell)
    .map(([species, n]) => `${species} ${Number(n.toFixed(4))}`)
    .join(", ");
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/**
 * Mean of independent replicas. The error is the larger of what the chains state and what their scatter shows, so
 * that chains stuck in different basins are not reported as one sharp number.
 */
function average(values: readonly ValueWithError[]): ValueWithError {
  const n = values.length;
  const mean = sum(values.map((v) => v.value)) / n;
  const stated = Math.sqrt(sum(values.map((v) => v.error ** 2))) / n;
  const scatter = n < 2 ? 0 : Math.sqrt(sum(values.map((v) => (v.value - mean) ** 2)) / (n * (n - 1)));
  return { value: mean, error: Math.max(stated, scatter) };
}
