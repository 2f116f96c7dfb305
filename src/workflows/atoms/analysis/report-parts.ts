/** What the report shows of each measurement on atoms. */
import { localStructures } from "../../../analysis/atoms/common-neighbours.ts";
import type { AtomsPart } from "../../../report/atoms-model.ts";
import type { CurvePlot } from "../../../report/curve-model.ts";
import { fixed, integer, percent, significant, withError } from "../../../report/numbers.ts";
import type { Comparison } from "./comparison.ts";
import type { Curve } from "./curve.ts";
import type { FileResult } from "./file-task.ts";
import type { AtomsAnalysisPlan } from "./plan.ts";
import { caloricPart, motionParts } from "./report-motion.ts";
import { numberTable, seriesOf } from "./report-series.ts";
import type { CaloricOf, MeasuredSet } from "./tables.ts";

/** Lines of one figure; with more, only those over all species are drawn. */
const MOST_SERIES = 14;

export interface Measurements {
  readonly plan: AtomsAnalysisPlan;
  readonly sets: readonly MeasuredSet[];
  readonly results: readonly FileResult[];
  readonly caloric: readonly CaloricOf[];
  readonly comparison: Comparison | null;
}

export function reportParts(all: Measurements): AtomsPart[] {
  const { sets, plan, results } = all;
  const parts: (AtomsPart | null)[] = [
    bondPart(sets, plan.section.bonds?.width_A ?? 0),
    coordinationPart(sets),
    radialPart(sets),
    anglePart(sets),
    neighbourPart(sets),
    layerPart(sets),
    pointGroupPart(plan, results),
    rmsdPart(plan, results),
    equivalencePart(plan, results),
    ...motionParts(sets),
    caloricPart(all.caloric, plan),
    comparisonPart(all.comparison),
  ];
  return parts.filter((part) => part !== null);
}

/** Each species or pair on its own where that can be read, else all together. */
function readable(
  sets: readonly MeasuredSet[],
  table: string,
  quantity: string,
  label: string,
): CurvePlot["series"] {
  const nameOf = (curve: Curve) => String(curve.labels[label]);
  const each = seriesOf(sets, table, quantity, nameOf);
  if (each.length <= MOST_SERIES && sets.length === 1) return each;
  const together = seriesOf(sets, table, quantity, nameOf, (curve) => curve.labels[label] === "all");
  return together.length > 0 ? together : each;
}

const has = (sets: readonly MeasuredSet[], table: string) =>
  sets.some(({ curves }) => curves.some((curve) => curve.table === table));

/** A histogram that begins and ends at zero, as it does beyond its bins. */
function closed(points: CurvePlot["series"][number]["points"], width: number) {
  const [first, last] = [points[0], points[points.length - 1]];
  return [{ x: first.x - width, y: 0 }, ...points, { x: last.x + width, y: 0 }];
}

function bondPart(sets: readonly MeasuredSet[], width: number): AtomsPart | null {
  if (!has(sets, "bonds")) return null;
  return {
    title: "Bonds",
    curves: [
      {
        title: "Lengths of bonds",
        xLabel: "length (Å)",
        yLabel: "share of the bonds in a bin",
        series: seriesOf(sets, "bond-lengths", "fraction", (curve) => String(curve.labels.pair)).map(
          (series) => ({ ...series, points: closed(series.points, width) }),
        ),
      },
    ],
    tables: [
      numberTable(sets, "bonds", "Bonds", ["pair"], {
        bonds: "in a frame",
        mean_A: "mean, Å",
        shortest_A: "shortest, Å",
        longest_A: "longest, Å",
        in_window: "in the window",
      }),
    ],
  };
}

function coordinationPart(sets: readonly MeasuredSet[]): AtomsPart | null {
  if (!has(sets, "coordination")) return null;
  return {
    title: "Coordination",
    curves: [
      {
        title: "Distribution of coordination numbers",
        xLabel: "coordination number",
        yLabel: "P(CN)",
        series: readable(sets, "coordination", "probability", "species"),
      },
    ],
    tables: [
      numberTable(sets, "coordination-means", "Mean numbers of neighbours", ["species", "partner"], {
        mean: "neighbours",
        smooth_mean: "smooth",
      }),
    ],
  };
}

function radialPart(sets: readonly MeasuredSet[]): AtomsPart | null {
  if (!has(sets, "rdf")) return null;
  const curve = (quantity: string, title: string, yLabel: string): CurvePlot => ({
    title,
    xLabel: "distance (Å)",
    yLabel,
    series: readable(sets, "rdf", quantity, "pair"),
  });
  return {
    title: "Radial distribution",
    curves: [
      curve("g", "Radial distribution functions", "g(r)"),
      curve("neighbours_per_A", "Neighbours by distance", "neighbours for each Å"),
    ],
  };
}

function anglePart(sets: readonly MeasuredSet[]): AtomsPart | null {
  if (!has(sets, "angles")) return null;
  return {
    title: "Angles",
    curves: [
      {
        title: "Angles between bonds",
        xLabel: "angle (degrees)",
        yLabel: "density (1/degree)",
        series: readable(sets, "angles", "density_per_degree", "triplet"),
      },
    ],
    tables: [
      numberTable(sets, "angle-means", "Angles", ["triplet"], {
        angles: "in a frame",
        mean_degrees: "mean, degrees",
      }),
    ],
  };
}

function neighbourPart(sets: readonly MeasuredSet[]): AtomsPart | null {
  if (!has(sets, "cna")) return null;
  return {
    title: "Common neighbours",
    text: "Share of the atoms whose surroundings are those of a crystal or of an icosahedron; atoms at surfaces are other.",
    tables: [
      {
        title: "Local structure",
        columns: [{ title: "data set" }, ...localStructures.map((title) => ({ title, number: true }))],
        rows: sets.map(({ name, curves }) => [
          name,
          ...localStructures.map((structure) => {
            const found = curves.find(
              ({ table, labels }) => table === "cna" && labels.structure === structure,
            );
            return found ? withError(found.values[0], found.errors?.[0] ?? undefined) : "–";
          }),
        ]),
      },
    ],
  };
}

function layerPart(sets: readonly MeasuredSet[]): AtomsPart | null {
  if (!has(sets, "layers")) return null;
  return {
    title: "Layers",
    curves: [
      {
        title: "Atoms by their distance from the centre",
        xLabel: "distance from the mean position (Å)",
        yLabel: "atoms in a bin",
        series: seriesOf(sets, "profile", "atoms", (curve) => String(curve.labels.species)),
      },
    ],
    tables: [
      numberTable(sets, "layers", "Layers from the surface inwards", ["part", "species"], { atoms: "atoms" }),
      numberTable(sets, "segregation", "At the surface", ["species"], {
        at_surface: "share of the species",
        of_surface: "share of the surface",
        random: "the latter if mixed at random",
        deviation: "difference, standard deviations",
      }),
    ],
  };
}

function pointGroupPart(
  { files, sets }: AtomsAnalysisPlan,
  results: readonly FileResult[],
): AtomsPart | null {
  const rows = results.flatMap(({ rows: { pointGroups } }, f) =>
    pointGroups.map((row) => ({ set: sets[files[f].set].name, row })),
  );
  if (rows.length === 0) return null;
  const groups = new Map<string, number>();
  for (const { set, row } of rows) {
    const key = JSON.stringify([set, row.group]);
    groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  return {
    title: "Point groups",
    tables: [
      {
        title: "How often",
        columns: [{ title: "data set" }, { title: "point group" }, { title: "structures", number: true }],
        rows: [...groups]
          .sort((a, b) => b[1] - a[1])
          .map(([key, times]) => [...(JSON.parse(key) as [string, string]), integer(times)]),
      },
      {
        title: "Structures",
        columns: [
          { title: "data set" },
          { title: "frame", number: true },
          { title: "name" },
          { title: "formula" },
          { title: "energy, eV", number: true },
          { title: "point group" },
          { title: "farthest from symmetric, Å", number: true },
        ],
        rows: rows
          .slice(0, MOST_ROWS)
          .map(({ set, row }) => [
            set,
            integer(row.frame + 1),
            row.name,
            row.formula,
            fixed(row.energy_eV, 6),
            row.group,
            significant(row.deviation_A, 2),
          ]),
      },
    ],
  };
}

/** The rest is in the table. */
const MOST_ROWS = 200;

function rmsdPart(
  { files, sets, section }: AtomsAnalysisPlan,
  results: readonly FileResult[],
): AtomsPart | null {
  const series = results.flatMap(({ rows: { rmsd } }, f) => {
    if (rmsd.length === 0) return [];
    const timed = rmsd.every(({ time_ps }) => time_ps !== undefined);
    const own = files.filter(({ set }) => set === files[f].set).length;
    const { name } = sets[files[f].set];
    return [
      {
        timed,
        name: own === 1 ? name : `${name}: ${files[f].path}`,
        points: rmsd.map((row) => ({ x: timed ? row.time_ps! : row.frame + 1, y: row.rmsd_A })),
      },
    ];
  });
  if (series.length === 0) return null;
  const timed = series.every((one) => one.timed);
  const { superpose, reference } = section.rmsd!;
  return {
    title: "Distance from a reference",
    curves: [
      {
        title: "Root mean square distance",
        caption: `From ${reference ?? "the first frame of each file"}; ${
          superpose === "none" ? "not superposed" : `superposed by ${superpose}`
        }.`,
        xLabel: timed ? "time (ps)" : "frame",
        yLabel: "RMSD (Å)",
        series,
      },
    ],
  };
}

function equivalencePart(
  { files, sets }: AtomsAnalysisPlan,
  results: readonly FileResult[],
): AtomsPart | null {
  const series = results.flatMap(({ rows: { equivalence } }, f) => {
    const [first] = equivalence;
    if (!first) return [];
    const own = equivalence
      .filter(({ frame }) => frame === first.frame)
      .map(({ index_A }) => index_A)
      .sort((a, b) => a - b);
    return [{ name: sets[files[f].set].name, points: own.map((y, i) => ({ x: i + 1, y })) }];
  });
  if (series.length === 0) return null;
  return {
    title: "Atomic equivalence",
    curves: [
      {
        title: "Atomic equivalence indices",
        caption: "Of the first frame of each file, sorted: equal steps are atoms that symmetry exchanges.",
        xLabel: "atoms up to this index",
        yLabel: "Σ distances to all others (Å)",
        series: series.slice(0, MOST_SERIES),
      },
    ],
  };
}

function comparisonPart(comparison: Comparison | null): AtomsPart | null {
  if (!comparison) return null;
  const { map, coverages } = comparison;
  return {
    title: "Environments",
    text: "SOAP power spectra of environments drawn at random: their principal components, and how much of one data set lies within the threshold of another.",
    ...(map && map.explained.length > 1
      ? {
          map: {
            title: "Map of environments",
            caption: `The first two components hold ${percent(map.explained[0] + map.explained[1])} of the variance.`,
            xLabel: `component 1 (${percent(map.explained[0])})`,
            yLabel: `component 2 (${percent(map.explained[1])})`,
            series: map.sets.map((name) => ({
              name,
              points: map.points.filter(({ set }) => set === name).map(({ scores: [x, y] }) => ({ x, y })),
            })),
          },
        }
      : {}),
    tables: [
      {
        title: "Coverage",
        columns: [
          { title: "data set" },
          { title: "covered by" },
          { title: "covered", number: true },
          { title: "environments", number: true },
          { title: "threshold", number: true },
          { title: "mean distance", number: true },
        ],
        rows: coverages.map((c) => [
          c.set,
          c.reference,
          percent(c.covered),
          integer(c.environments),
          significant(c.threshold, 3),
          significant(c.meanDistance, 3),
        ]),
      },
    ],
  };
}
