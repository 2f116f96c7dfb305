/** What the files of a finished run tell: how energies went on, whether they settled, how distances fluctuated. */
import { regionOf, regions } from "../../analysis/atoms/core-shell.ts";
import { atomLayers } from "../../analysis/atoms/layers.ts";
import { BondFluctuation } from "../../analysis/atoms/motion/bond-fluctuation.ts";
import { BOLTZMANN_EV_PER_K } from "../../core/units.ts";
import { framesOf } from "../../data/frames.ts";
import { openLines } from "../../data/line-source.ts";
import type { SegmentResult } from "../../dynamics/md/averages.ts";
import type { FinishedMd, ReplicaPlan } from "../../dynamics/md/replica.ts";
import { Histogram, ThinnedRows } from "./thinned-series.ts";

/** Indices of fewer frames are too small: slow motion has not been seen. */
export const FEWEST_FRAMES = 20;
/** Rows of a segment, each half of which has to have some. */
const FEWEST_ROWS = 8;
/** Pairs of atoms that are followed. */
const MOST_ATOMS = 7000;

export interface LindemannIndices {
  readonly frames: number;
  readonly cluster: number;
  /** By where the atoms were at the start; absent where there were none. */
  readonly core?: number;
  readonly middle?: number;
  readonly surface?: number;
}

export interface SegmentDigest {
  /** Mean potential energy of the later half less that of the earlier half, eV; null for few rows. */
  readonly halves_eV: number | null;
  /** Null for what is periodic or not measured, and where there are too few frames. */
  readonly lindemann: LindemannIndices | null;
}

export interface ReplicaDigest {
  /** Block means, by the columns of the series file; columns with empty cells are left out. */
  readonly series: Readonly<Record<string, Float64Array>>;
  readonly segments: readonly SegmentDigest[];
  /** K/kT of the measured segments at one temperature; null in nve and for few rows. */
  readonly kinetic: KineticHistogram | null;
}

export interface KineticHistogram {
  readonly from: number;
  readonly width: number;
  readonly counts: Float64Array;
}

export function digestReplica(plan: ReplicaPlan, run: FinishedMd): ReplicaDigest {
  const { series, halves, kinetic } = readSeries(plan, run);
  const indices = readFrames(plan, run.segments);
  return {
    series,
    kinetic,
    segments: run.segments.map((_, k) => ({ halves_eV: halves[k], lindemann: indices[k] })),
  };
}

/** Whether a segment holds one temperature and is measured. */
export function isState({ measured, temperature_K: [from, to] }: SegmentResult): boolean {
  return measured && from === to;
}

/** Number of the segment that a step belongs to: its last step belongs to it, its first state to the one before. */
class SegmentFinder {
  readonly #ends: number[] = [];
  #current = 0;

  constructor(segments: readonly SegmentResult[]) {
    let steps = 0;
    for (const segment of segments) this.#ends.push((steps += segment.steps));
  }

  /** @param step not below that of the call before */
  at(step: number): number {
    while (step > this.#ends[this.#current]) this.#current++;
    return this.#current;
  }

  /** Part of a segment that is over after so many steps. */
  part(segment: number, step: number): number {
    const start = segment === 0 ? 0 : this.#ends[segment - 1];
    return (step - start) / (this.#ends[segment] - start);
  }
}

function readSeries({ series, ensemble }: ReplicaPlan, { segments, steps, degreesOfFreedom }: FinishedMd) {
  const { path, everySteps } = series!;
  const { lines, close } = openLines(path);
  try {
    const columns = lines.next()!.split(",");
    const [step, potential, kinetic] = ["step", "potential_eV", "kinetic_eV"].map((c) => columns.indexOf(c));
    const thinned = new ThinnedRows(columns, Math.floor(steps / everySteps) + 2);
    const canonical = ensemble.kind !== "nve";
    const histogram = new Histogram(degreesOfFreedom / 2, Math.sqrt(degreesOfFreedom / 2));
    const finder = new SegmentFinder(segments);
    const sums = segments.map(() => [new Mean(), new Mean()] as const);
    for (let line = lines.next(); line !== undefined; line = lines.next()) {
      const row = line.split(",").map((cell) => (cell === "" ? Number.NaN : Number(cell)));
      thinned.add(row);
      // The very first state belongs to no segment.
      if (row[step] === 0) continue;
      const k = finder.at(row[step]);
      sums[k][finder.part(k, row[step]) <= 0.5 ? 0 : 1].add(row[potential]);
      if (canonical && isState(segments[k]))
        histogram.add(row[kinetic] / (BOLTZMANN_EV_PER_K * segments[k].temperature_K[0]));
    }
    const halves = sums.map(([early, late], k) =>
      isState(segments[k]) && Math.min(early.entries, late.entries) >= FEWEST_ROWS
        ? late.value - early.value
        : null,
    );
    return { series: thinned.columns(), halves, kinetic: histogram.result() };
  } finally {
    close();
  }
}

class Mean {
  entries = 0;
  value = 0;

  add(x: number): void {
    this.value += (x - this.value) / ++this.entries;
  }
}

/** Whether a structure has Lindemann indices: clusters alone have distances without images. */
export function hasLindemann({ atoms }: ReplicaPlan): boolean {
  const count = atoms.species.length;
  return !atoms.periodic.some(Boolean) && count >= 2 && count <= MOST_ATOMS;
}

/** The trajectory is read frame by frame. */
function readFrames(plan: ReplicaPlan, segments: readonly SegmentResult[]): (LindemannIndices | null)[] {
  const { atoms, trajectory } = plan;
  const indices = segments.map((): LindemannIndices | null => null);
  if (!trajectory || !hasLindemann(plan)) return indices;
  const count = atoms.species.length;
  const groups = regionsOfStart(plan);
  const finder = new SegmentFinder(segments);
  let current = -1;
  let fluctuation = new BondFluctuation(count);
  const finish = () => {
    if (current < 0 || fluctuation.frames < FEWEST_FRAMES) return;
    const byRegion = fluctuation.byGroup(groups);
    indices[current] = {
      frames: fluctuation.frames,
      cluster: fluctuation.index(),
      ...Object.fromEntries(
        regions.filter((region) => byRegion.has(region)).map((region) => [region, byRegion.get(region)!]),
      ),
    };
  };
  for (const { info, positions } of framesOf(trajectory.path, { format: trajectory.format })) {
    const step = Number(info.step);
    const k = finder.at(step);
    if (step === 0 || !segments[k].measured) continue;
    if (k !== current) {
      finish();
      current = k;
      fluctuation = new BondFluctuation(count);
    }
    fluctuation.add(positions);
  }
  finish();
  return indices;
}

function regionsOfStart({ atoms }: ReplicaPlan) {
  const { species, periodic } = atoms;
  const positions = Float64Array.from(atoms.positions);
  const layers = atomLayers({ species, periodic, positions, cell: Float64Array.from(atoms.cell) });
  return Array.from(layers, regionOf);
}
