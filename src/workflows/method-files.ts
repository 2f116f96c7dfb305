/** What Wang-Landau sampling and annealing leave in the output folder. */
import { basename, join } from "node:path";
import { withoutRounding } from "../core/units.ts";
import { structureOfConfiguration } from "../data/configuration-structure.ts";
import { writePoscar } from "../data/formats/poscar-write.ts";
import type { Study } from "../data/study/schema.ts";
import { writeFileAtomic } from "../exec/atomic-file.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import { type CsvValue, toCsv } from "../report/csv.ts";
import { numbered, SNAPSHOTS } from "./output-files.ts";
import type { SampleOutcome } from "./sample.ts";
import type { SampledDensity } from "./sample-densities.ts";
import type { SampledLadder } from "./sample-ladders.ts";
import type { AthermalState } from "./sample-plan.ts";
import type { SampledSearch } from "./sample-searches.ts";
import { supercellText } from "./supercell-text.ts";

function stateRecord({ supercell, conditionLabel, composition, ensemble }: AthermalState) {
  return { supercell, conditionLabel, composition, ensemble };
}

function write(
  outDir: string,
  file: string,
  columns: readonly string[],
  rows: readonly (readonly CsvValue[])[],
): void {
  writeFileAtomic(join(outDir, file), toCsv(file, ["supercell", "condition", ...columns], rows));
}

const place = ({ supercell, conditionLabel }: AthermalState) => [supercellText(supercell), conditionLabel];

function densityRecord({ state, walkers, joined }: SampledDensity) {
  return {
    ...stateRecord(state),
    walkers: walkers.map(({ levels: _, thermodynamics: __, lowest, interrupted: ___, ...walker }) => ({
      ...walker,
      lowest_eV: withoutRounding(lowest.energy_eV),
    })),
    thermodynamics: joined.thermodynamics,
  };
}

export interface MethodRecords {
  readonly ladders?: readonly SampledLadder[];
  readonly densities?: readonly ReturnType<typeof densityRecord>[];
  readonly searches?: readonly ReturnType<typeof searchRecord>[];
}

/** Of sampling.json; methods that were not used are left out. */
export function methodRecords({ ladders, densities, searches }: SampleOutcome): MethodRecords {
  return {
    ...(ladders.length > 0 ? { ladders } : {}),
    ...(densities.length > 0 ? { densities: densities.map(densityRecord) } : {}),
    ...(searches.length > 0 ? { searches: searches.map(searchRecord) } : {}),
  };
}

/** density-of-states.csv and thermodynamics.csv */
export function writeDensities(densities: readonly SampledDensity[], outDir: string): void {
  write(
    outDir,
    "density-of-states.csv",
    ["energy_eV", "ln_states", "ln_states_error", "walkers"],
    densities.flatMap(({ state, joined }) =>
      joined.levels.map(({ energy_eV, lnStates, walkers }) => [
        ...place(state),
        withoutRounding(energy_eV),
        lnStates.value,
        lnStates.error ?? undefined,
        walkers,
      ]),
    ),
  );
  const names = ["free_energy_eV", "energy_eV", "heat_capacity_kB", "entropy_kB"];
  write(
    outDir,
    "thermodynamics.csv",
    ["temperature_K", ...names.flatMap((name) => [name, name.replace(/_(eV|kB)$/, "_error_$1")])],
    densities.flatMap(({ state, joined }) =>
      joined.thermodynamics.map((row) => [
        ...place(state),
        row.temperature_K,
        ...[row.freeEnergy_eV, row.energy_eV, row.heatCapacity_kB, row.entropy_kB].flatMap(
          ({ value, error }) => [value, error ?? undefined],
        ),
      ]),
    ),
  );
}

function searchRecord({ state, coolings, search }: SampledSearch) {
  return {
    ...stateRecord(state),
    restarts: search.restarts,
    metLowest: search.metLowest,
    states: search.states.map(({ potential_eV, energy_eV, found }) => ({
      potential_eV: withoutRounding(potential_eV),
      energy_eV: withoutRounding(energy_eV),
      found: found.length,
    })),
    coolings: coolings.map(({ index, steps, potential_eV, descended, minimum, trace }) => ({
      index,
      steps,
      potential_eV: withoutRounding(potential_eV),
      descended,
      minimum,
      trace,
    })),
  };
}

/** File of the state of a search, counted from 0, that has the rank, below the output folder. */
export function searchFile(search: number, rank: number): string {
  return `${SNAPSHOTS}/${numbered("search", search)}-${String(rank + 1).padStart(2, "0")}.POSCAR`;
}

/** ground-states.csv, and a POSCAR of every state in it. */
export function writeSearches(
  study: Study,
  lattice: ParentLattice,
  searches: readonly SampledSearch[],
  outDir: string,
): void {
  write(
    outDir,
    "ground-states.csv",
    ["rank", "potential_eV", "energy_eV", "restarts_that_found_it", "restarts", "file"],
    searches.flatMap(({ state, search }, s) =>
      search.states.map(({ potential_eV, energy_eV, found }, rank) => [
        ...place(state),
        rank + 1,
        withoutRounding(potential_eV),
        withoutRounding(energy_eV),
        found.length,
        search.restarts,
        searchFile(s, rank),
      ]),
    ),
  );
  const vacancies = study.lattice?.vacancies ?? [];
  searches.forEach(({ state, search }, s) => {
    const supercell = new Supercell(lattice, state.supercell);
    search.states.forEach(({ occupation, energy_eV }, rank) => {
      const file = searchFile(s, rank);
      const id = basename(file, ".POSCAR");
      const configuration = { id, supercell, occupation, energy: withoutRounding(energy_eV) };
      const atoms = structureOfConfiguration(configuration, { vacancies, absent: "omit" });
      writeFileAtomic(join(outDir, file), writePoscar(atoms));
    });
  });
}
