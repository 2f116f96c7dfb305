/** What sampling leaves in the output folder: averages as JSON and CSV, snapshots as files for other programs. */
import { join } from "node:path";
import type { ClusterExpansion } from "../clusters/expansion.ts";
import { withoutRounding } from "../core/units.ts";
import { structureOfConfiguration } from "../data/configuration-structure.ts";
import { writeExtxyz } from "../data/formats/extxyz-write.ts";
import { writePoscar } from "../data/formats/poscar-write.ts";
import type { Study } from "../data/study/schema.ts";
import { strictJson, writeFileAtomic } from "../exec/atomic-file.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import { type CsvValue, toCsv } from "../report/csv.ts";
import { methodRecords, writeDensities, writeSearches } from "./method-files.ts";
import { SNAPSHOTS } from "./output-files.ts";
import type { SampleOutcome } from "./sample.ts";
import { chainFile, type SampledChain } from "./sample-chains.ts";
import type { SampledState } from "./sample-states.ts";
import { samplingHeader } from "./sampling-record.ts";

/** Writes sampling.json, tables of the states and, for each chain, its snapshots. */
export function writeSamplingFiles(
  study: Study,
  expansion: ClusterExpansion,
  outcome: SampleOutcome,
  states: readonly SampledState[],
  outDir: string,
): void {
  const { chains, densities, searches } = outcome;
  writeFileAtomic(
    join(outDir, "sampling.json"),
    `${strictJson(
      {
        ...samplingHeader(expansion, study.lattice?.vacancies ?? []),
        seed: study.seed,
        steps: study.sample!.steps,
        states: states.map(({ maps: _, ...state }) => state),
        chains: chains.map(chainRecord),
        ...methodRecords(outcome),
      },
      1,
    )}\n`,
  );
  if (densities.length > 0) writeDensities(densities, outDir);
  if (searches.length > 0) writeSearches(study, expansion.lattice, searches, outDir);
  if (chains.length > 0) writeStates(study, states, outDir);
  for (const chain of chains) writeSnapshots(study, expansion.lattice, chain, outDir);
}

function writeStates(study: Study, states: readonly SampledState[], outDir: string): void {
  const columns = [
    "energy_eV",
    "error_eV",
    "heat_capacity_kB",
    "heat_capacity_error_kB",
    "acceptance",
    "effective_samples",
    "equilibrated",
  ];
  writeTable(outDir, "sampling.csv", columns, states, (s) => [
    [
      s.energy_eV.value,
      s.energy_eV.error,
      s.heatCapacity_kB?.value,
      s.heatCapacity_kB?.error,
      s.acceptance,
      s.effectiveSamples,
      s.equilibrated,
    ],
  ]);
  const layerColumns = ["species", "layer", "share", "share_error", "occupancy", "occupancy_error"];
  writeTable(outDir, "layers.csv", layerColumns, states, (s) =>
    s.layers.map((row) => [
      row.species,
      row.layer,
      row.share?.value,
      row.share?.error,
      row.occupancy.value,
      row.occupancy.error,
    ]),
  );
  if (study.sample!.ensemble !== "canonical") {
    const constrained = study.sample!.ensemble === "variance-constrained";
    const more = constrained ? ["delta_mu_eV", "delta_mu_error_eV"] : [];
    const fractionColumns = ["species", "group", "fraction", "fraction_error", ...more];
    writeTable(outDir, "fractions.csv", fractionColumns, states, (s) =>
      s.fractions.map(({ species, group, fraction, deltaMu_eV }) => [
        species,
        group,
        fraction.value,
        fraction.error,
        ...(constrained ? [deltaMu_eV?.value, deltaMu_eV?.error] : []),
      ]),
    );
  }
  // Users' modules measure without a section of the study.
  if (study.sample!.observe || states.some((s) => s.observations.length > 0))
    writeTable(outDir, "observations.csv", ["observable", "unit", "value", "error"], states, (s) =>
      s.observations.map((row) => [row.name, row.unit, row.value, row.error]),
    );
  if (states.some((s) => s.maps.length > 0))
    writeTable(outDir, "maps.csv", ["map", "number", "value"], states, (s) =>
      s.maps.flatMap(({ name, values }) => Array.from(values, (value, i) => [name, i, value])),
    );
}

/** A table with some lines for each state. */
function writeTable(
  outDir: string,
  file: string,
  columns: readonly string[],
  states: readonly SampledState[],
  rowsOf: (state: SampledState) => readonly (readonly CsvValue[])[],
): void {
  const rows = states.flatMap((state) =>
    rowsOf(state).map((row) => [state.supercellText, state.conditionLabel, state.temperature_K, ...row]),
  );
  writeFileAtomic(
    join(outDir, file),
    toCsv(file, ["supercell", "condition", "temperature_K", ...columns], rows),
  );
}

/** Snapshots and lowest state: one extended XYZ file with absent atoms as X, and a POSCAR each without them. */
function writeSnapshots(study: Study, lattice: ParentLattice, chain: SampledChain, outDir: string): void {
  const supercell = new Supercell(lattice, chain.point.supercell);
  const vacancies = study.lattice?.vacancies ?? [];
  const name = chainFile(chain.point);
  const states = [
    ...chain.result.snapshots.map((s) => ({ ...s, id: `${name}-step-${s.step}` })),
    { ...chain.result.lowest, id: `${name}-lowest` },
  ].map(({ id, occupation, energy_eV }) => ({
    id,
    supercell,
    occupation,
    energy: withoutRounding(energy_eV),
  }));
  const folder = join(outDir, SNAPSHOTS);
  const pictures = states.map((state) => structureOfConfiguration(state, { vacancies, absent: "dummy" }));
  writeFileAtomic(join(folder, `${name}.extxyz`), writeExtxyz(pictures));
  for (const state of states) {
    const atoms = structureOfConfiguration(state, { vacancies, absent: "omit" });
    writeFileAtomic(join(folder, `${state.id}.POSCAR`), writePoscar(atoms));
  }
}

function chainRecord({ point, result }: SampledChain) {
  // Chains are known by their place in the grid; a ladder counts its own.
  const {
    index: _____,
    trace: _,
    snapshots: __,
    lowest,
    layers: ___,
    maps: ____,
    energy_eV,
    ...rest
  } = result;
  return {
    ...point,
    ...rest,
    energy_eV: { value: withoutRounding(energy_eV.value), error: withoutRounding(energy_eV.error) },
    lowest: { step: lowest.step, energy_eV: withoutRounding(lowest.energy_eV) },
  };
}
