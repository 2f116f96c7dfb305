/** Tables of an analysis of atoms. */
import type { Table, TableColumn } from "../../analyze-formats.ts";
import type { Caloric } from "../caloric.ts";
import type { Comparison } from "./comparison.ts";
import type { Curve } from "./curve.ts";
import type { FileResult } from "./file-task.ts";
import type { AtomsAnalysisPlan } from "./plan.ts";
import { curveTables } from "./table-names.ts";

/** Everything that was measured, by data set. */
export interface MeasuredSet {
  readonly name: string;
  readonly curves: readonly Curve[];
}

export interface CaloricOf {
  readonly set: string;
  readonly structure: string;
  readonly caloric: Caloric;
}

/** Names of the columns with what a curve is drawn over; tables without one have a line for each label. */
const abscissas: Readonly<Record<string, string>> = {
  "bond-lengths": "length_A",
  coordination: "coordination",
  rdf: "r_A",
  angles: "angle_degrees",
  profile: "distance_A",
  msd: "time_ps",
  vacf: "time_ps",
  spectrum: "frequency_THz",
};

export function atomTables(
  plan: AtomsAnalysisPlan,
  sets: readonly MeasuredSet[],
  results: readonly FileResult[],
  caloric: readonly CaloricOf[],
  comparison: Comparison | null,
): Table[] {
  return [
    ...curveTables.map((name) => curveTable(name, sets)),
    ...rowTables(plan, results),
    caloricTable(caloric),
    ...(comparison ? comparisonTables(comparison) : []),
  ].filter(({ rows }) => rows.length > 0);
}

function curveTable(name: string, sets: readonly MeasuredSet[]): Table {
  const own = sets.flatMap(({ name: set, curves }) =>
    curves.filter(({ table }) => table === name).map((curve) => ({ set, curve })),
  );
  const labels = [...new Set(own.flatMap(({ curve }) => Object.keys(curve.labels)))];
  const quantities = [...new Set(own.map(({ curve }) => curve.quantity))];
  const withErrors = new Set(
    own.filter(({ curve }) => curve.errors !== undefined).map(({ curve }) => curve.quantity),
  );
  const abscissa = abscissas[name];
  const lines = new Map<
    string,
    { readonly head: (string | number | undefined)[]; readonly cells: Map<string, number | undefined> }
  >();
  for (const { set, curve } of own)
    curve.bins.forEach((bin, i) => {
      const values = labels.map((label) => curve.labels[label]);
      const key = JSON.stringify([set, values, bin]);
      const line = lines.get(key) ?? {
        head: [
          set,
          ...values.map((v) => (v === "" ? undefined : v)),
          ...(abscissa ? [roundOff(curve.x[i])] : []),
        ],
        cells: new Map(),
      };
      lines.set(key, line);
      line.cells.set(curve.quantity, curve.values[i]);
      line.cells.set(errorOf(curve.quantity), curve.errors?.[i] ?? undefined);
    });
  const columns: TableColumn[] = [
    { name: "data_set", type: "text" },
    ...labels.map((label): TableColumn => ({ name: label, type: numeric(label, own) ? "number" : "text" })),
    ...(abscissa ? [{ name: abscissa, type: "number" } as const] : []),
    ...quantities.flatMap((quantity): TableColumn[] => [
      { name: quantity, type: "number" },
      ...(withErrors.has(quantity) ? [{ name: errorOf(quantity), type: "number" } as const] : []),
    ]),
  ];
  const cells = columns.slice(1 + labels.length + (abscissa ? 1 : 0)).map((column) => column.name);
  return {
    name,
    columns,
    rows: [...lines.values()].map(({ head, cells: values }) => [
      ...head,
      ...cells.map((cell) => values.get(cell)),
    ]),
  };
}

/** Column of the standard error, the unit last as in every column: mean_A, mean_error_A. */
function errorOf(quantity: string): string {
  const [, name, unit] = /^(.+?)((?:_(?:A|A2|eV|K|ps|THz|degrees|cm2_per_s|per_[A-Za-z]+))*)$/.exec(
    quantity,
  )!;
  return `${name}_error${unit}`;
}

function numeric(label: string, own: readonly { readonly curve: Curve }[]): boolean {
  const values = own.map(({ curve }) => curve.labels[label]).filter((v) => v !== undefined && v !== "");
  return values.every((v) => typeof v === "number");
}

/** Middles of bins are products such as 3 × 0.05, which nobody wants to read as 0.15000000000000002. */
function roundOff(x: number): number {
  return Number(x.toPrecision(12));
}

const whereColumns: TableColumn[] = [
  { name: "data_set", type: "text" },
  { name: "file", type: "text" },
  { name: "frame", type: "whole" },
];

function rowTables({ files, sets }: AtomsAnalysisPlan, results: readonly FileResult[]): Table[] {
  const each = <Row>(
    rows: (result: FileResult) => readonly Row[],
    cells: (row: Row) => (string | number | undefined)[],
  ) =>
    results.flatMap((result, f) => {
      const { set, path } = files[f];
      return rows(result).map((row) => [sets[set].name, path, ...cells(row)]);
    });
  return [
    {
      name: "point-groups",
      columns: [
        ...whereColumns,
        { name: "name", type: "text" },
        { name: "atoms", type: "whole" },
        { name: "formula", type: "text" },
        { name: "energy_eV", type: "number" },
        { name: "point_group", type: "text" },
        { name: "order", type: "whole" },
        { name: "deviation_A", type: "number" },
      ],
      rows: each(
        ({ rows }) => rows.pointGroups,
        (row) => [
          row.frame + 1,
          row.name,
          row.atoms,
          row.formula,
          row.energy_eV,
          row.group,
          row.order,
          row.deviation_A,
        ],
      ),
    },
    {
      name: "rmsd",
      columns: [...whereColumns, { name: "time_ps", type: "number" }, { name: "rmsd_A", type: "number" }],
      rows: each(
        ({ rows }) => rows.rmsd,
        (row) => [row.frame + 1, row.time_ps, row.rmsd_A],
      ),
    },
    {
      name: "equivalence",
      columns: [
        ...whereColumns,
        { name: "atom", type: "whole" },
        { name: "species", type: "text" },
        { name: "index_A", type: "number" },
      ],
      rows: each(
        ({ rows }) => rows.equivalence,
        (row) => [row.frame + 1, row.atom, row.species, row.index_A],
      ),
    },
  ];
}

function caloricTable(curves: readonly CaloricOf[]): Table {
  const numbers = [
    "temperature_K",
    "measured_temperature_K",
    "energy_eV",
    "energy_error_eV",
    "slope_eV_per_K",
    "slope_error_eV_per_K",
    "heat_capacity_eV_per_K",
    "heat_capacity_error_eV_per_K",
    "lindemann",
    "lindemann_core",
    "lindemann_middle",
    "lindemann_surface",
  ];
  return {
    name: "caloric",
    columns: [
      { name: "data_set", type: "text" },
      { name: "structure", type: "text" },
      { name: "direction", type: "text" },
      ...numbers.map((name): TableColumn => ({ name, type: "number" })),
    ],
    rows: curves.flatMap(({ set, structure, caloric: { direction, states, slopes } }) =>
      states.map((state, k) => [
        set,
        structure,
        direction,
        state.temperature_K,
        state.measured_K.value,
        state.energy_eV.value,
        state.energy_eV.error ?? undefined,
        // From here to the next temperature.
        slopes[k]?.slope,
        slopeError(states, slopes, k),
        state.heat_capacity_eV_per_K?.value,
        state.heat_capacity_eV_per_K?.error ?? undefined,
        state.lindemann?.cluster,
        state.lindemann?.core,
        state.lindemann?.middle,
        state.lindemann?.surface,
      ]),
    ),
  };
}

/** A slope has an error where both of its energies have one. */
export function slopeError(
  states: Caloric["states"],
  slopes: Caloric["slopes"],
  k: number,
): number | undefined {
  const known = [states[k], states[k + 1]].every((state) => state && state.energy_eV.error !== null);
  return known ? slopes[k].error : undefined;
}

function comparisonTables({ map, coverages }: Comparison): Table[] {
  const axes = map?.explained.length ?? 0;
  return [
    {
      name: "soap-map",
      columns: [
        ...whereColumns,
        { name: "atom", type: "whole" },
        { name: "species", type: "text" },
        ...Array.from(
          { length: axes },
          (_, k): TableColumn => ({ name: `component_${k + 1}`, type: "number" }),
        ),
      ],
      rows:
        map?.points.map(({ set, file, frame, atom, species, scores }) => [
          set,
          file,
          frame + 1,
          atom + 1,
          species,
          ...scores,
        ]) ?? [],
    },
    {
      name: "coverage",
      columns: [
        { name: "data_set", type: "text" },
        { name: "covered_by", type: "text" },
        { name: "environments", type: "whole" },
        { name: "covered", type: "number" },
        { name: "threshold", type: "number" },
        { name: "mean_distance", type: "number" },
        { name: "largest_distance", type: "number" },
      ],
      rows: coverages.map((c) => [
        c.set,
        c.reference,
        c.environments,
        c.covered,
        c.threshold,
        c.meanDistance,
        c.largestDistance,
      ]),
    },
  ];
}
