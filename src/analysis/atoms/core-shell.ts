/** How a cluster is made up in layers: how many atoms each has, and which species prefer which. */
import { type AtomFrame, checkAtoms } from "./frame.ts";
import { type Averaged, type AveragedColumns, RatioAverages } from "./ratio-averages.ts";
import { centroid } from "./superposition.ts";

/**
 * Parts by layer from the outside: the surface is layer 1, the middle layer 2, the core all that is deeper, so that the
 * icosahedron of 147 atoms is 92 + 42 + 13 and that of 55 atoms 42 + 12 + 1. Atoms that are never at a surface belong
 * to the core.
 */
export const regions = ["surface", "middle", "core"] as const;
export type Region = (typeof regions)[number];

export function regionOf(layer: number): Region {
  return layer === 1 ? "surface" : layer === 2 ? "middle" : "core";
}

export interface PartComposition {
  /** "layer 1" is the surface; "surface", "middle", "core". */
  readonly part: string;
  /** Atoms in a frame. */
  readonly atoms: Averaged;
  /** Atoms of each species in a frame. */
  readonly species: Readonly<Record<string, Averaged>>;
}

export interface SurfacePreference {
  readonly species: string;
  /** Part of the atoms of this species that are at the surface. */
  readonly atSurface: Averaged;
  /** Part of the surface that is of this species. */
  readonly ofSurface: Averaged;
  /** The latter for species mixed at random: the share of the species in the cluster. */
  readonly random: number;
  /**
   * How far the number at the surface is from that of random mixing, in standard deviations of the hypergeometric
   * distribution for one frame; null where nothing could differ.
   */
  readonly deviation: Averaged | null;
}

export interface LayerResult {
  /** From the surface inwards. */
  readonly layers: PartComposition[];
  readonly regions: PartComposition[];
  readonly surface: SurfacePreference[];
}

/** One species' numbers over the frames that have such atoms. */
interface SpeciesAverages {
  readonly atSurface: RatioAverages;
  readonly deviation: RatioAverages;
}

/** Composition of layers and regions, frame after frame. */
export class LayerStatistics {
  /** A column for each part; and one for each part and species, named "part|species". */
  readonly #parts = new NamedAverages();
  /** Columns are species, in the order of the map. */
  readonly #bySpecies = new Map<string, SpeciesAverages>();
  readonly #ofSurface = new RatioAverages();
  readonly #ofAll = new RatioAverages();
  #deepest = 0;
  #never = false;

  /** @param layers of the atoms of this frame, from atomLayers */
  add(frame: AtomFrame, layers: Int32Array): void {
    checkAtoms(frame.positions, frame.species);
    const { species } = frame;
    const counts = new Map<string, number>();
    const countOne = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
    const totals = new Map<string, number>();
    species.forEach((kind, i) => {
      const layer = layers[i];
      totals.set(kind, (totals.get(kind) ?? 0) + 1);
      this.#deepest = Math.max(this.#deepest, layer);
      if (layer === 0) this.#never = true;
      for (const part of [layerName(layer), regionOf(layer)]) {
        countOne(part);
        countOne(`${part}|${kind}`);
      }
    });
    this.#parts.add(counts);
    for (const kind of totals.keys())
      if (!this.#bySpecies.has(kind))
        this.#bySpecies.set(kind, { atSurface: new RatioAverages(), deviation: new RatioAverages() });
    const kinds = [...this.#bySpecies.keys()];
    const all = species.length;
    const surface = counts.get(layerName(1)) ?? 0;
    const here = kinds.map((kind) => counts.get(`${layerName(1)}|${kind}`) ?? 0);
    const total = kinds.map((kind) => totals.get(kind) ?? 0);
    this.#ofSurface.add(here, surface);
    this.#ofAll.add(total, all);
    [...this.#bySpecies.values()].forEach(({ atSurface, deviation }, k) => {
      atSurface.add([here[k]], total[k]);
      // Drawing the surface atoms out of all of them without putting any back.
      const expected = (surface * total[k]) / all;
      const variance = (expected * (1 - total[k] / all) * (all - surface)) / (all - 1);
      if (variance > 0) deviation.add([(here[k] - expected) / Math.sqrt(variance)]);
    });
  }

  result(): LayerResult {
    const kinds = [...this.#bySpecies.keys()];
    const sorted = [...kinds].sort();
    const composition = (part: string): PartComposition => ({
      part,
      atoms: this.#parts.average(part),
      species: Object.fromEntries(sorted.map((kind) => [kind, this.#parts.average(`${part}|${kind}`)])),
    });
    const names = Array.from({ length: this.#deepest }, (_, k) => layerName(k + 1));
    if (this.#never) names.push(layerName(0));
    return {
      layers: names.map(composition),
      regions: regions.map(composition),
      // A bulk crystal has no surface to prefer.
      surface:
        this.#ofSurface.weight === 0
          ? []
          : sorted.map((species) => {
              const { atSurface, deviation } = this.#bySpecies.get(species)!;
              const column = kinds.indexOf(species);
              return {
                species,
                atSurface: atSurface.average(0)!,
                ofSurface: this.#ofSurface.average(column)!,
                random: this.#ofAll.average(column)!.mean,
                deviation: deviation.average(0),
              };
            }),
    };
  }
}

function layerName(layer: number): string {
  return layer === 0 ? "inside" : `layer ${layer}`;
}

/** Means over frames of numbers that have names; a name that a frame does not have is zero in it. */
class NamedAverages {
  readonly #columns: string[] = [];
  readonly #averages = new RatioAverages();

  add(values: ReadonlyMap<string, number>): void {
    for (const name of values.keys()) if (!this.#columns.includes(name)) this.#columns.push(name);
    this.#averages.add(this.#columns.map((name) => values.get(name) ?? 0));
  }

  average(name: string): Averaged {
    const column = this.#columns.indexOf(name);
    // A column that was never given stands beyond the last one, and is zero.
    return this.#averages.average(column < 0 ? this.#columns.length : column)!;
  }
}

export interface RadialProfile {
  /** Å; bin k goes from k width to (k + 1) width. */
  readonly width: number;
  /** For each species its atoms in each bin of a frame. */
  readonly atoms: Readonly<Record<string, AveragedColumns>>;
  /** For each species its share of the atoms in each bin; null where there are none. */
  readonly fraction: Readonly<Record<string, (number | null)[]>>;
  /** Share of each species in the whole: what random mixing would give in every bin. */
  readonly random: Readonly<Record<string, number>>;
}

/** Numbers of atoms by their distance from the mean position of all, frame after frame; for clusters. */
export class CentreProfile {
  readonly #width: number;
  readonly #bySpecies = new Map<string, RatioAverages>();
  #frames = 0;

  /** @param width of the bins, Å */
  constructor(width = 0.5) {
    this.#width = width;
  }

  add(frame: AtomFrame): void {
    const { positions, species } = frame;
    checkAtoms(positions, species);
    const centre = centroid(positions);
    const counts = new Map<string, number[]>([...this.#bySpecies.keys()].map((kind) => [kind, []]));
    species.forEach((kind, i) => {
      const away = Math.hypot(...centre.map((c, k) => positions[3 * i + k] - c));
      const own = counts.get(kind) ?? [];
      counts.set(kind, own);
      const bin = Math.floor(away / this.#width);
      while (own.length <= bin) own.push(0);
      own[bin]++;
    });
    for (const [kind, own] of counts) {
      const known = this.#bySpecies.get(kind);
      const averages = known ?? new RatioAverages();
      if (known === undefined) {
        for (let f = 0; f < this.#frames; f++) averages.add([]);
        this.#bySpecies.set(kind, averages);
      }
      averages.add(own);
    }
    this.#frames++;
  }

  result(): RadialProfile {
    const kinds = [...this.#bySpecies.keys()].sort();
    const bins = Math.max(...kinds.map((kind) => this.#bySpecies.get(kind)!.columns));
    const columns = kinds.map((kind) => this.#bySpecies.get(kind)!.averages(0, bins)!);
    const inBin = Array.from({ length: bins }, (_, k) => columns.reduce((sum, { mean }) => sum + mean[k], 0));
    const all = inBin.reduce((sum, n) => sum + n, 0);
    const byKind = <T>(value: (column: AveragedColumns) => T) =>
      Object.fromEntries(kinds.map((kind, c) => [kind, value(columns[c])]));
    return {
      width: this.#width,
      atoms: byKind((column) => column),
      fraction: byKind(({ mean }) => mean.map((n, k) => (inBin[k] > 0 ? n / inBin[k] : null))),
      random: byKind(({ mean }) => mean.reduce((sum, n) => sum + n, 0) / all),
    };
  }
}
