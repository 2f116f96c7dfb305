/** The Monte Carlo part of the report. */
import type { ClusterExpansion } from "../clusters/expansion.ts";
import { DUMMY_SPECIES, structureOfConfiguration } from "../data/configuration-structure.ts";
import type { Study } from "../data/study/schema.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import { okabeIto } from "../report/marks.ts";
import type { LayerOccupations, McSummary, SnapshotFrame, SnapshotSummary } from "../report/model.ts";
import { integer } from "../report/numbers.ts";
import type { SnapshotMaps } from "../report/sampling-model.ts";
import { conditionName, conditionsOfStudy } from "./conditions.ts";
import { mixingCurves } from "./mixing-curve.ts";
import { fractionCurves, notSettled, thermalCurves } from "./report-curves.ts";
import type { SampledChain } from "./sample-chains.ts";
import type { SampledState } from "./sample-states.ts";
import { snapshotGrids } from "./snapshot-grids.ts";
import { supercellText } from "./supercell-text.ts";

/** Lattices this small in layers have no layer plot. */
const FEWEST_LAYERS = 2;
/** Name of absent atoms in pictures. */
const ABSENT = "vacancy";
/** Larger cells make a report that no browser likes. */
const MOST_ATOMS_IN_PICTURE = 5000;

export function mcSummary(
  study: Study,
  expansion: ClusterExpansion,
  chains: readonly SampledChain[],
  states: readonly SampledState[],
): McSummary {
  const perCell = (energy: number, cells: number) => energy / cells;
  return {
    method:
      `${ensembleText(study)}, up to ${integer(study.sample!.steps)} trial moves for each chain; averages leave out the steps before equilibrium. ` +
      "Error bars are those of the sampling alone; the errors of the model come on top.",
    energyUnit: "eV per cell",
    chains: chains.map(({ point, conditionLabel, result }) => ({
      name: chainName(study, { point, conditionLabel }),
      panel: `${conditionLabel}, ${supercellText(point.supercell)}`,
      series: `${point.temperature_K} K`,
      temperature_K: point.temperature_K,
      steps: result.steps,
      moves: result.acceptance.map((move) => ({
        move: move.move,
        attempted: move.proposed,
        accepted: move.accepted,
      })),
      equilibrated: result.equilibration.equilibrated,
      averagedFrom: result.equilibration.start_step,
      ...(result.equilibration.reason === null ? {} : { note: result.equilibration.reason }),
      trace: {
        step: result.trace.steps,
        energy: result.trace.energies_eV.map((e) => perCell(e, result.numCells)),
      },
    })),
    layers: layerPlots(study, states),
    averages: {
      energyUnit: "eV per cell",
      heatCapacityUnit: "k_B per cell",
      rows: states.map((state) => ({
        state: `${state.conditionLabel}, ${state.supercellText}${state.equilibrated ? "" : " (not settled)"}`,
        temperature_K: state.temperature_K,
        energy: {
          mean: perCell(state.energy_eV.value, state.numCells),
          error: perCell(state.energy_eV.error, state.numCells),
        },
        ...(state.heatCapacity_kB
          ? {
              heatCapacity: {
                mean: perCell(state.heatCapacity_kB.value, state.numCells),
                error: perCell(state.heatCapacity_kB.error, state.numCells),
              },
            }
          : {}),
        effectiveSamples: state.effectiveSamples,
      })),
    },
    curves: [
      ...thermalCurves(states),
      ...fractionCurves(study, expansion.lattice, states),
      ...mixingCurves(expansion, states),
    ],
  };
}

function ensembleText(study: Study): string {
  const { ensemble, reservoir, method } = study.sample!;
  const walk = method === "tempering" ? "Monte Carlo with parallel tempering" : "Metropolis Monte Carlo";
  switch (ensemble) {
    case "canonical":
      return `Canonical ${walk}: species exchange sites within their group, the composition stays`;
    case "semi-grand":
      return `Semi-grand canonical ${walk}: sites change their species at given chemical potentials`;
    case "variance-constrained":
      return `Variance-constrained semi-grand canonical ${walk}: sites change their species, a constraint holds the composition near the one asked for`;
    case "reservoir": {
      const both = reservoir!.replace.map(({ from, to, count }) => `${count} ${from} → ${count} ${to}`);
      return `Charge-neutral semi-grand canonical ${walk}: ${both.join(" and ")} in one move, forward and back, at the chemical potential of the reservoir`;
    }
    default:
      throw ensemble satisfies never;
  }
}

export function chainName(
  study: Study,
  { point, conditionLabel }: Pick<SampledChain, "point" | "conditionLabel">,
): string {
  const replica = study.sample!.replicas > 1 ? `, replica ${point.replica + 1}` : "";
  return `${conditionLabel}, ${point.temperature_K} K, ` + `${supercellText(point.supercell)}${replica}`;
}

/** One stacked plot for each species that is spread over layers, with a panel for each cell: the paper's Fig. 7. */
function layerPlots(study: Study, states: readonly SampledState[]): LayerOccupations[] {
  const section = study.sample!;
  const conditions = conditionsOfStudy(section);
  const backgrounds = new Set(study.lattice?.sites.map((site) => site.species[0]));
  const cells = new Set(states.map((s) => s.supercellText));
  const species = new Set(states.flatMap((s) => s.layers.map((row) => row.species)));
  return [...species].flatMap((name): LayerOccupations[] => {
    if (backgrounds.has(name.split("@")[0])) return [];
    const layers = states[0].layers.filter((row) => row.species === name).map((row) => row.layer);
    const filled = states.filter((s) => s.layers.some((row) => row.species === name && row.share !== null));
    if (layers.length < FEWEST_LAYERS || filled.length === 0) return [];
    return [
      {
        title: `Share of ${name} in each layer${cells.size > 1 ? "" : `, ${[...cells][0]} cell`}`,
        layers,
        conditionName: conditionName(section),
        note:
          (section.ensemble === "canonical"
            ? "Θ names the composition of the study; the CSV file has the numbers per cell."
            : "") + notSettled(filled),
        states: filled.map((state) => ({
          condition:
            conditions[state.conditionIndex].axisValue ?? countOf(name, state.composition) / state.numCells,
          conditionLabel: conditions[state.conditionIndex].shortLabel,
          ...(cells.size > 1 ? { cell: state.supercellText } : {}),
          temperature_K: state.temperature_K,
          fractions: state.layers
            .filter((row) => row.species === name)
            .map((row) => ({ mean: row.share!.value, error: row.share!.error })),
        })),
      },
    ];
  });
}

/** Number of "B" or "B@group" in a composition, which may name a group also where "B" would do. */
function countOf(name: string, composition: SampledState["composition"]): number {
  const whole = Object.entries(composition).find(([key]) => key === name || key.startsWith(`${name}@`));
  return whole?.[1] ?? 0;
}

/** The first replica of every state from above, for slabs. */
export function snapshotMapsOf(lattice: ParentLattice, chains: readonly SampledChain[]): SnapshotMaps[] {
  const pictured = chains
    .filter(({ point }) => point.replica === 0)
    .map(({ point, conditionLabel, result }) => ({
      supercell: point.supercell,
      cellText: supercellText(point.supercell),
      condition: conditionLabel,
      temperature_K: point.temperature_K,
      equilibrated: result.equilibration.equilibrated,
      snapshots: result.snapshots,
    }));
  return snapshotGrids(lattice, pictured);
}

/** Final snapshots of every chain that is not too large to show. */
export function snapshotSummary(
  study: Study,
  lattice: ParentLattice,
  chains: readonly SampledChain[],
): SnapshotSummary {
  const vacancies = study.lattice?.vacancies ?? [];
  const frames = chains.flatMap((chain): SnapshotFrame[] => {
    const supercell = new Supercell(lattice, chain.point.supercell);
    if (supercell.numSites > MOST_ATOMS_IN_PICTURE) return [];
    const { snapshots } = chain.result;
    const last = snapshots[snapshots.length - 1];
    const configuration = { id: "", supercell, occupation: last.occupation, energy: undefined };
    const atoms = structureOfConfiguration(configuration, { vacancies, absent: "dummy" });
    return [
      {
        chain: chainName(study, chain),
        label: `final, step ${integer(last.step)}`,
        cell: Array.from(atoms.cell),
        species: atoms.species.map((symbol, i) => speciesName(symbol, atoms.charges?.[i])),
        positions: Array.from(atoms.positions, (x) => Number(x.toFixed(4))),
      },
    ];
  });
  return { frames, styles: pictureStyles(lattice, frames) };
}

/** Background atoms small and pale, absent atoms black, the rest in colours that colour-blind people can tell apart. */
function pictureStyles(lattice: ParentLattice, frames: readonly SnapshotFrame[]): SnapshotSummary["styles"] {
  const backgrounds = new Set(lattice.sites.map((site) => site.species[0]));
  const strong = [okabeIto.blue, okabeIto.vermillion, okabeIto.green, okabeIto.purple, okabeIto.orange];
  const pale = ["#e8b9b9", "#e6e6e6", "#cfe0ee", "#e3e3c4", "#d8cfe6"];
  const names = [...new Set(frames.flatMap((frame) => frame.species))].sort();
  const next = { strong: 0, pale: 0 };
  return names.map((species) => {
    if (species === ABSENT) return { species, color: okabeIto.black, radius_A: 0.9 };
    return backgrounds.has(species)
      ? { species, color: pale[next.pale++ % pale.length], radius_A: 0.5 }
      : { species, color: strong[next.strong++ % strong.length], radius_A: 0.9 };
  });
}

/** Ce with charge 3 and Ce with charge 4 are different things in a picture. */
function speciesName(symbol: string, charge: number | undefined): string {
  if (symbol === DUMMY_SPECIES) return ABSENT;
  return charge ? `${symbol}${Math.abs(charge)}${charge > 0 ? "+" : "-"}` : symbol;
}
