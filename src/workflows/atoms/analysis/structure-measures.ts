/** Measurements on the arrangement of atoms, frame after frame, in the words of the section `analysis`. */
import { AngularDistribution } from "../../../analysis/atoms/angular-distribution.ts";
import { BondLengths } from "../../../analysis/atoms/bond-lengths.ts";
import { BondCutoffs } from "../../../analysis/atoms/bonds.ts";
import {
  adaptiveCommonNeighbours,
  commonNeighbours,
  localStructures,
  StructureFractions,
} from "../../../analysis/atoms/common-neighbours.ts";
import { CoordinationDistribution, smoothCoordination } from "../../../analysis/atoms/coordination.ts";
import { CentreProfile, LayerStatistics } from "../../../analysis/atoms/core-shell.ts";
import type { AtomFrame } from "../../../analysis/atoms/frame.ts";
import { atomLayers, type LayerRule } from "../../../analysis/atoms/layers.ts";
import { firstShellCutoff, RadialDistribution } from "../../../analysis/atoms/radial-distribution.ts";
import { type Averaged, RatioAverages } from "../../../analysis/atoms/ratio-averages.ts";
import { type Curve, columnsCurve, numberCurve, plainNumber } from "./curve.ts";
import type { AnalysisSection } from "./settings.ts";

/** One kind of measurement over the frames of a file. */
export interface StructureMeasure {
  add(frame: AtomFrame): void;
  /** @param frames that were added */
  curves(frames: number): Curve[];
}

/** @param first frame, which decides bond lengths where the section leaves it to the radial distribution */
export function bondCutoffs({ bonded }: AnalysisSection, first: AtomFrame): BondCutoffs {
  if (bonded === "covalent-radii") return new BondCutoffs();
  if (bonded === "first-minimum") return new BondCutoffs({ cutoff: firstShellCutoff([first]) });
  const { factor, cutoff_A, pairs_A } = bonded;
  return new BondCutoffs({ factor, cutoff: cutoff_A, pairs: pairs_A });
}

/** All that the section asks for. */
export function structureMeasures(section: AnalysisSection, cutoffs: BondCutoffs): StructureMeasure[] {
  const { bonds, coordination, rdf, angles, cna, shells } = section;
  return [
    ...(bonds ? [bondMeasure(bonds, cutoffs)] : []),
    ...(coordination ? [coordinationMeasure(coordination, cutoffs)] : []),
    ...(rdf ? [radialMeasure(rdf)] : []),
    ...(angles ? [angleMeasure(angles, cutoffs)] : []),
    ...(cna ? [neighbourMeasure(cna)] : []),
    ...(shells ? [shellMeasure(shells, cutoffs)] : []),
  ];
}

function bondMeasure(
  { width_A: width, window_A }: NonNullable<AnalysisSection["bonds"]>,
  cutoffs: BondCutoffs,
): StructureMeasure {
  const lengths = new BondLengths(cutoffs, { width, ...(window_A ? { window: window_A } : {}) });
  return {
    add: (frame) => lengths.add(frame),
    curves: (frames) =>
      lengths.result().flatMap(({ pair, histogram, ...numbers }) => {
        const perFrame = { table: "bonds", labels: { pair }, weight: frames };
        const bonds = numbers.bonds.mean * frames;
        const perBond = { ...perFrame, weight: bonds };
        const bins = histogram.fraction.map((_, k) => histogram.first + k);
        return [
          ...numberCurve("bonds", numbers.bonds, { ...perFrame, missing: "frames" }),
          ...numberCurve("mean_A", numbers.mean, perBond),
          ...numberCurve("shortest_A", numbers.shortest, perFrame),
          ...numberCurve("longest_A", numbers.longest, perFrame),
          ...numberCurve("second_longest_A", numbers.secondLongest, perFrame),
          ...numberCurve("in_window", numbers.inWindow, perBond),
          {
            table: "bond-lengths",
            labels: { pair },
            quantity: "fraction",
            bins,
            x: bins.map((bin) => (bin + 0.5) * width),
            values: histogram.fraction,
            errors: histogram.error,
            weight: bonds,
            missing: "zero" as const,
          },
        ];
      }),
  };
}

function coordinationMeasure(
  { smooth_A }: NonNullable<AnalysisSection["coordination"]>,
  cutoffs: BondCutoffs,
): StructureMeasure {
  const numbers = new CoordinationDistribution(cutoffs);
  const smooth = new NamedRatios();
  return {
    add(frame) {
      numbers.add(frame);
      if (!smooth_A) return;
      const values = smoothCoordination(frame, ...smooth_A);
      for (const name of ["all", ...new Set(frame.species)]) {
        const own = values.filter((_, i) => name === "all" || frame.species[i] === name);
        smooth.add(name, [own.reduce((a, b) => a + b, 0)], own.length);
      }
    },
    curves: () => [
      ...numbers.result().flatMap(({ species, atoms, mean, probability, error, partners }) => {
        const of = { table: "coordination-means", weight: atoms };
        return [
          columnsCurve("probability", { mean: probability, error }, (bin) => bin, {
            table: "coordination",
            labels: { species },
            weight: atoms,
          }),
          ...numberCurve("mean", mean, { ...of, labels: { species, partner: "all" } }),
          ...Object.entries(partners).flatMap(([partner, value]) =>
            numberCurve("mean", value, { ...of, labels: { species, partner }, missing: "zero" }),
          ),
        ];
      }),
      ...smooth.result().flatMap(({ name, value, weight }) =>
        numberCurve("smooth_mean", value, {
          table: "coordination-means",
          labels: { species: name, partner: "all" },
          weight,
        }),
      ),
    ],
  };
}

/** Crystals and clusters may stand in one file: each kind has a distribution of its own. */
function radialMeasure({ cutoff_A, width_A }: NonNullable<AnalysisSection["rdf"]>): StructureMeasure {
  const kinds = [true, false].map((periodic) => ({
    periodic,
    frames: 0,
    distribution: new RadialDistribution({ cutoff: cutoff_A, width: width_A }),
  }));
  return {
    add(frame) {
      const own = kinds.find(({ periodic }) => periodic === frame.periodic.every(Boolean))!;
      own.distribution.add(frame);
      own.frames++;
    },
    curves: () =>
      kinds.flatMap(({ distribution, frames, periodic }) =>
        frames === 0
          ? []
          : distribution.result().flatMap(({ pair, r, values, error, within }) => {
              const of = { table: "rdf", labels: { pair }, weight: frames };
              const columns = { mean: values, error };
              const curve = columnsCurve(periodic ? "g" : "neighbours_per_A", columns, (bin) => r[bin], of);
              const { errors: _, ...plain } = columnsCurve(
                "within",
                { mean: within, error: null },
                (bin) => r[bin],
                of,
              );
              return [curve, plain];
            }),
      ),
  };
}

function angleMeasure(
  { width_degrees }: NonNullable<AnalysisSection["angles"]>,
  cutoffs: BondCutoffs,
): StructureMeasure {
  const angles = new AngularDistribution(cutoffs, width_degrees);
  return {
    add: (frame) => angles.add(frame),
    curves: (frames) =>
      angles.result().flatMap(({ triplet, angles: number, mean, degrees, density, error }) => {
        const of = { table: "angle-means", labels: { triplet }, weight: number.mean * frames };
        return [
          columnsCurve("density_per_degree", { mean: density, error }, (bin) => degrees[bin], {
            ...of,
            table: "angles",
          }),
          ...numberCurve("angles", number, { ...of, weight: frames, missing: "frames" }),
          ...numberCurve("mean_degrees", mean, of),
        ];
      }),
  };
}

function neighbourMeasure({ cutoff_A }: NonNullable<AnalysisSection["cna"]>): StructureMeasure {
  const fractions = new StructureFractions();
  const signatures = new NamedRatios();
  let atoms = 0;
  return {
    add(frame) {
      atoms += frame.species.length;
      if (cutoff_A === undefined) {
        fractions.add(adaptiveCommonNeighbours(frame));
        return;
      }
      const { structure, signatures: found } = commonNeighbours(frame, cutoff_A);
      fractions.add(structure);
      const bonds = Object.values(found).reduce((a, b) => a + b, 0);
      for (const name of new Set([...signatures.names(), ...Object.keys(found)]))
        signatures.add(name, [found[name] ?? 0], bonds);
    },
    curves() {
      const result = fractions.result();
      const all = signatures.result().reduce((most, { weight }) => Math.max(most, weight), 0);
      return [
        ...(result === null
          ? []
          : localStructures.flatMap((structure) =>
              numberCurve("fraction", result[structure], {
                table: "cna",
                labels: { structure },
                weight: atoms,
              }),
            )),
        // A signature that came late was at zero before.
        ...signatures.result().map(({ name, value, weight }) =>
          plainNumber("fraction", (value.mean * weight) / all, {
            table: "cna-signatures",
            labels: { signature: name },
            weight: all,
            missing: "zero",
          }),
        ),
      ];
    },
  };
}

function layerRule(
  { by, probe_A, most_bonds }: NonNullable<AnalysisSection["shells"]>,
  cutoffs: BondCutoffs,
): LayerRule {
  return by === "probe"
    ? { by, ...(probe_A === undefined ? {} : { radius: probe_A }) }
    : { by, cutoffs, ...(most_bonds === undefined ? {} : { most: most_bonds }) };
}

function shellMeasure(
  section: NonNullable<AnalysisSection["shells"]>,
  cutoffs: BondCutoffs,
): StructureMeasure {
  const rule = layerRule(section, cutoffs);
  const layers = new LayerStatistics();
  const profile = new CentreProfile(section.width_A);
  let used = 0;
  let clusters = 0;
  return {
    add(frame) {
      // Crystals have no surface.
      if (frame.periodic.every(Boolean)) return;
      layers.add(frame, atomLayers(frame, rule));
      used++;
      // Slabs have no centre.
      if (frame.periodic.some(Boolean)) return;
      profile.add(frame);
      clusters++;
    },
    curves() {
      if (used === 0) return [];
      const { layers: each, regions, surface } = layers.result();
      const parts = [...each, ...regions].flatMap(({ part, atoms, species }) =>
        Object.entries<Averaged>({ all: atoms, ...species }).flatMap(([name, value]) =>
          numberCurve("atoms", value, {
            table: "layers",
            labels: { part, species: name },
            weight: used,
            missing: "frames",
          }),
        ),
      );
      const preferences = surface.flatMap(({ species, atSurface, ofSurface, random, deviation }) => {
        const of = { table: "segregation", labels: { species }, weight: used };
        return [
          ...numberCurve("at_surface", atSurface, of),
          ...numberCurve("of_surface", ofSurface, of),
          plainNumber("random", random, of),
          ...numberCurve("deviation", deviation, of),
        ];
      });
      return [...parts, ...preferences, ...profileCurves(profile, clusters)];
    },
  };
}

function profileCurves(profile: CentreProfile, frames: number): Curve[] {
  if (frames === 0) return [];
  const { width, atoms } = profile.result();
  return Object.entries(atoms).map(([species, columns]) =>
    columnsCurve("atoms", columns, (bin) => (bin + 0.5) * width, {
      table: "profile",
      labels: { species },
      weight: frames,
    }),
  );
}

/** Ratios by names that may come up late. */
class NamedRatios {
  readonly #byName = new Map<string, RatioAverages>();

  names(): string[] {
    return [...this.#byName.keys()];
  }

  add(name: string, values: readonly number[], weight: number): void {
    const known = this.#byName.get(name) ?? new RatioAverages();
    this.#byName.set(name, known);
    known.add(values, weight);
  }

  result(): { readonly name: string; readonly value: Averaged; readonly weight: number }[] {
    return [...this.#byName].flatMap(([name, averages]) => {
      const value = averages.average(0);
      return value === null ? [] : [{ name, value, weight: averages.weight }];
    });
  }
}
