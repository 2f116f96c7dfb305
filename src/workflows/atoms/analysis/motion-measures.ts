/** Measurements on how atoms move, over the frames of a trajectory or of its segments. */
import type { BondCutoffs } from "../../../analysis/atoms/bonds.ts";
import { regionOf } from "../../../analysis/atoms/core-shell.ts";
import { type AtomFrame, pairName } from "../../../analysis/atoms/frame.ts";
import { atomLayers } from "../../../analysis/atoms/layers.ts";
import { BondFluctuation } from "../../../analysis/atoms/motion/bond-fluctuation.ts";
import {
  diffusionOf,
  MeanSquaredDisplacement,
} from "../../../analysis/atoms/motion/mean-squared-displacement.ts";
import {
  greenKubo,
  VelocityAutocorrelation,
  vibrationalSpectrum,
} from "../../../analysis/atoms/motion/velocity-autocorrelation.ts";
import { EcitonError } from "../../../core/errors.ts";
import { type Curve, numberCurve } from "./curve.ts";
import type { AnalysisSection } from "./settings.ts";

/** What is known of the atoms from the first frame of the file. */
export interface MotionSubject {
  readonly file: string;
  readonly species: readonly string[];
  /** amu */
  readonly masses: Float64Array;
  /** Part of the cluster that each atom is in: surface, middle, core; null where nobody asks. */
  readonly regions: readonly string[] | null;
  /** Bonds of each pair of species. */
  readonly bonds: ReadonlyMap<string, readonly (readonly [number, number])[]>;
}

export function motionSubject(
  file: string,
  frame: AtomFrame,
  masses: Float64Array,
  section: AnalysisSection,
  cutoffs: BondCutoffs,
): MotionSubject {
  const { species } = frame;
  const bonds = new Map<string, [number, number][]>();
  if (section.lindemann?.bonds) {
    const { first, index } = cutoffs.bonds(frame, "half");
    for (let i = 0; i < species.length; i++)
      for (let n = first[i]; n < first[i + 1]; n++) {
        const pair = pairName(species[i], species[index[n]]);
        const known = bonds.get(pair) ?? [];
        bonds.set(pair, known);
        known.push([i, index[n]]);
      }
  }
  const regions = section.lindemann?.shells
    ? Array.from(atomLayers(frame), (layer) => regionOf(layer) as string)
    : null;
  return { file, species, masses, regions, bonds };
}

/** Lags that a velocity autocorrelation keeps at most, in bytes of velocities. */
const MOST_BYTES = 2 ** 30;

/** Frames that a fluctuation is told from. */
const FEWEST_FRAMES = 20;
/** Metals vibrate up to some 10 THz. */
const LOWEST_LIMIT_THZ = 15;

/** One window of a trajectory: frames that are evenly spaced in time. */
export class MotionMeasures {
  readonly #section: AnalysisSection;
  readonly #subject: MotionSubject;
  readonly #frameTime: number;
  readonly #displacements: { readonly species: string; readonly curve: MeanSquaredDisplacement }[];
  readonly #fluctuation: BondFluctuation | null;
  readonly #velocities: VelocityAutocorrelation | null;
  #frames = 0;

  /**
   * @param frameTime fs between frames; null where only measurements without times are asked for
   * @throws {EcitonError} "memory" for too many pairs or velocities, "data" for species to follow that are not there
   */
  constructor(section: AnalysisSection, subject: MotionSubject, frameTime: number | null) {
    this.#section = section;
    this.#subject = subject;
    this.#frameTime = frameTime ?? 0;
    this.#displacements = section.msd ? displacementGroups(section.msd.species, subject) : [];
    this.#fluctuation = section.lindemann ? new BondFluctuation(subject.species.length) : null;
    this.#velocities = section.velocity_autocorrelation
      ? autocorrelation(section.velocity_autocorrelation.longest_ps, subject, this.#frameTime)
      : null;
  }

  get frames(): number {
    return this.#frames;
  }

  /** @param positions unwrapped, Å @param velocities Å/fs */
  add(positions: Float64Array, velocities: Float64Array | null): void {
    this.#frames++;
    const origin =
      this.#section.msd?.drift === "remove" ? centreOf(positions, this.#subject.masses) : [0, 0, 0];
    for (const { curve } of this.#displacements) curve.add(positions, origin);
    this.#fluctuation?.add(positions);
    if (!this.#velocities) return;
    if (velocities === null)
      throw new EcitonError(
        "data",
        "a velocity autocorrelation needs velocities in every frame, found one without",
      );
    this.#velocities.add(velocities);
  }

  /** @param labels of the window */
  curves(labels: Curve["labels"], warn: (text: string) => void): Curve[] {
    return [
      ...this.#displacements.flatMap((group) => this.#displacementCurves(group, labels, warn)),
      ...(this.#fluctuation && this.#frames > 1
        ? this.#fluctuationCurves(this.#fluctuation, labels, warn)
        : []),
      ...(this.#velocities && this.#frames > 1 ? this.#velocityCurves(this.#velocities, labels, warn) : []),
    ];
  }

  #displacementCurves(
    { species, curve }: { readonly species: string; readonly curve: MeanSquaredDisplacement },
    labels: Curve["labels"],
    warn: (text: string) => void,
  ): Curve[] {
    const result = curve.result();
    const of = { labels: { ...labels, species }, weight: this.#frames, missing: "absent" as const };
    const x = result.lags.map((lag) => (lag * this.#frameTime) / 1000);
    const bins = x.map(timeBin);
    const column = (quantity: string, values: number[]): Curve => ({
      ...of,
      table: "msd",
      quantity,
      bins,
      x,
      values,
    });
    const total = result.squares.map(([a, b, c]) => a + b + c);
    const curves = [
      { ...column("total_A2", total), errors: total.map(() => null) },
      ...["x_A2", "y_A2", "z_A2"].map((name, c) =>
        column(
          name,
          result.squares.map((square) => square[c]),
        ),
      ),
      column("origins", [...result.origins]),
    ];
    try {
      const { coefficient, error, from, to } = diffusionOf(result, this.#frameTime, this.#section.msd!.fit);
      const number = { ...of, table: "diffusion" };
      return [
        ...curves,
        ...numberCurve("D_A2_per_ps", { mean: 1000 * coefficient, error: 1000 * error }, number),
        ...numberCurve("D_cm2_per_s", { mean: 0.1 * coefficient, error: 0.1 * error }, number),
        ...plain("from_ps", rounded(from), number),
        ...plain("to_ps", rounded(to), number),
      ];
    } catch (error) {
      if (!(error instanceof EcitonError) || error.code !== "data") throw error;
      warn(`${this.#subject.file}: no diffusion coefficient: ${error.message}`);
      return curves;
    }
  }

  #fluctuationCurves(
    fluctuation: BondFluctuation,
    labels: Curve["labels"],
    warn: (text: string) => void,
  ): Curve[] {
    const { file, regions, bonds, species } = this.#subject;
    if (this.#frames < FEWEST_FRAMES)
      warn(
        `${file}: Lindemann indices of fewer than ${FEWEST_FRAMES} frames are too small: slow motion has not been seen`,
      );
    const number = (kind: string, part: string, value: number) =>
      numberCurve(
        "index",
        { mean: value, error: null },
        {
          table: "lindemann",
          labels: { ...labels, kind, part },
          weight: this.#frames,
        },
      );
    const atoms = fluctuation.atoms();
    return [
      ...number("cluster", "all", fluctuation.index()),
      ...(regions === null
        ? []
        : [...fluctuation.byGroup(regions)].flatMap(([part, value]) => number("shell", part, value))),
      ...(new Set(species).size > 1
        ? [...fluctuation.byGroup(species)].flatMap(([part, value]) => number("species", part, value))
        : []),
      ...[...bonds].flatMap(([pair, pairs]) => number("bonds", pair, fluctuation.ofBonds(pairs))),
      ...(this.#section.lindemann!.atoms
        ? Array.from(atoms).flatMap((value, i) => number("atom", `${i + 1} ${species[i]}`, value))
        : []),
    ];
  }

  #velocityCurves(
    velocities: VelocityAutocorrelation,
    labels: Curve["labels"],
    warn: (text: string) => void,
  ): Curve[] {
    const limit = 500 / this.#frameTime;
    if (limit < LOWEST_LIMIT_THZ)
      warn(
        `${this.#subject.file}: with a frame every ${Number(this.#frameTime.toPrecision(6))} fs, vibrations above ` +
          `${Number(limit.toPrecision(3))} THz show at lower frequencies; write frames more often`,
      );
    const { normalised, perAtom } = velocities.result();
    const integral = greenKubo(perAtom, this.#frameTime);
    const spectrum = vibrationalSpectrum(normalised, this.#frameTime);
    const of = { labels, weight: this.#frames, missing: "absent" as const };
    const times = Array.from(normalised, (_, k) => (k * this.#frameTime) / 1000);
    const frequencies = Array.from(spectrum.frequencies);
    const column = (table: string, quantity: string, x: number[], values: Float64Array): Curve => ({
      ...of,
      table,
      quantity,
      bins: x.map(timeBin),
      x,
      values: Array.from(values),
      errors: x.map(() => null),
    });
    return [
      column("vacf", "autocorrelation", times, normalised),
      column(
        "vacf",
        "D_until_A2_per_ps",
        times,
        integral.map((d) => 1000 * d),
      ),
      column("spectrum", "density_per_THz", frequencies, spectrum.density),
    ];
  }
}

function plain(quantity: string, value: number, of: Parameters<typeof numberCurve>[2]): Curve[] {
  const [{ errors: _, ...curve }] = numberCurve(quantity, { mean: value, error: null }, of);
  return [curve];
}

/** fs to ps; times are differences of numbers with few digits. */
function rounded(time: number): number {
  return Number((time / 1000).toPrecision(9));
}

/** Files with other times between frames share the points that they have in common: to a millionth of a ps (THz). */
function timeBin(x: number): number {
  return Math.round(1e6 * x);
}

function displacementGroups(wanted: readonly string[] | undefined, { file, species }: MotionSubject) {
  const found = [...new Set(species)].sort();
  const names = wanted ?? found;
  const unknown = names.find((name) => !found.includes(name));
  if (unknown !== undefined)
    throw new EcitonError(
      "data",
      `${file}: there is no ${unknown} among its species ${found.join(", ")} to follow (analysis.msd.species)`,
      { file, species: unknown },
    );
  const everything = wanted === undefined && found.length > 1 ? ["all"] : [];
  return [...everything, ...names].map((name) => ({
    species: name,
    curve: new MeanSquaredDisplacement(
      species.flatMap((own, i) => (name === "all" || own === name ? [i] : [])),
    ),
  }));
}

function autocorrelation(longest_ps: number, subject: MotionSubject, frameTime: number) {
  const lags = Math.max(1, Math.round((1000 * longest_ps) / frameTime));
  const { length } = subject.species;
  const bytes = 24 * length * (lags + 1);
  if (bytes > MOST_BYTES)
    throw new EcitonError(
      "memory",
      `analysis.velocity_autocorrelation.longest_ps: ${lags} frames of ${length} atoms need ` +
        `${Math.round(bytes / 2 ** 20)} MiB, at most ${MOST_BYTES / 2 ** 20} are allowed; ask for a shorter time`,
      { path: "analysis.velocity_autocorrelation.longest_ps" },
    );
  return new VelocityAutocorrelation(
    Array.from({ length }, (_, i) => i),
    subject.masses,
    lags,
  );
}

function centreOf(positions: Float64Array, masses: Float64Array): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  let mass = 0;
  for (let i = 0; i < masses.length; i++) {
    mass += masses[i];
    for (let c = 0; c < 3; c++) sum[c] += masses[i] * positions[3 * i + c];
  }
  return [sum[0] / mass, sum[1] / mass, sum[2] / mass];
}
