/** Mixing energy against composition: what a binary alloy gains or loses by being mixed, at each temperature. */
import { CompiledExpansion } from "../clusters/compiled-expansion.ts";
import type { ClusterExpansion } from "../clusters/expansion.ts";
import { Supercell } from "../lattice/supercell.ts";
import { exchangeGroups } from "../mc/exchange-groups.ts";
import type { CurvePlot } from "../report/curve-model.ts";
import type { SampledState } from "./sample-states.ts";

/** Two points and the ends are no curve. */
const FEWEST_COMPOSITIONS = 3;

/**
 * ΔE(x, T) = ⟨E⟩ / site - [(1 - x) E(A) + x E(B)], with the model's own energies of the pure ends A and B. Only for
 * lattices on which two species exchange, and nothing else does.
 */
export function mixingCurves(expansion: ClusterExpansion, states: readonly SampledState[]): CurvePlot[] {
  const { lattice } = expansion;
  const groups = exchangeGroups(lattice);
  if (groups.length !== 1 || groups[0].species.length !== 2) return [];
  // In open ensembles the composition has an error bar of its own.
  if (states.some((state) => state.fractions.length > 0)) return [];
  const [group] = groups;
  const [background, species] = group.species;
  // A study writes a species of a group as "B" or "B@group"; what it leaves out is background.
  const count = (state: SampledState) =>
    Object.entries(state.composition).reduce(
      (sum, [key, n]) => (key.split("@")[0] === species ? sum + n : sum),
      0,
    );
  const cells = [...new Set(states.map((state) => state.supercellText))];
  const temperatures = [...new Set(states.map((state) => state.temperature_K))].sort((a, b) => a - b);
  const fraction = (state: SampledState) => count(state) / (group.sublattices.length * state.numCells);
  if (new Set(states.map(fraction)).size < FEWEST_COMPOSITIONS) return [];
  const [pureBackground, pureSpecies] = [0, 1].map(
    (k) => pureEnergy(expansion, k) / group.sublattices.length,
  );
  return cells.map((cell) => ({
    title: cells.length > 1 ? `Mixing energy, ${cell}` : "Mixing energy against composition",
    caption: `Mean energy relative to unmixed ${background} and ${species}, one line for each temperature.`,
    xLabel: `Fraction of ${species}`,
    yLabel: "Mixing energy (eV per site)",
    series: temperatures.map((temperature) => ({
      name: `${temperature} K`,
      points: [
        { x: 0, y: 0 },
        ...states
          .filter((state) => state.supercellText === cell && state.temperature_K === temperature)
          .map((state) => {
            const x = fraction(state);
            const sites = group.sublattices.length * state.numCells;
            return {
              x,
              y: state.energy_eV.value / sites - ((1 - x) * pureBackground + x * pureSpecies),
              error: state.energy_eV.error / sites,
            };
          }),
        { x: 1, y: 0 },
      ].sort((a, b) => a.x - b.x),
    })),
  }));
}

/** Energy of one parent cell with every site that can change holding the same species number, eV. */
function pureEnergy(expansion: ClusterExpansion, species: number): number {
  const supercell = new Supercell(expansion.lattice, [1, 1, 1]);
  const occupation = new Uint8Array(supercell.numSites);
  for (const site of supercell.active) occupation[site] = species;
  return new CompiledExpansion(expansion, supercell).energy(occupation);
}
