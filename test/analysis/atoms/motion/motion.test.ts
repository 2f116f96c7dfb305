import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BondFluctuation } from "../../../../src/analysis/atoms/motion/bond-fluctuation.ts";
import { caloricCurve } from "../../../../src/analysis/atoms/motion/caloric-curve.ts";
import {
  diffusionOf,
  MeanSquaredDisplacement,
} from "../../../../src/analysis/atoms/motion/mean-squared-displacement.ts";
import {
  greenKubo,
  VelocityAutocorrelation,
  vibrationalSpectrum,
} from "../../../../src/analysis/atoms/motion/velocity-autocorrelation.ts";
import { RandomStream } from "../../../../src/core/random.ts";

describe("mean squared displacement", () => {
  it("agrees with the sum over all pairs of frames at every lag it gives", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.integer({ min: 1, max: 2 ** 30 }), (frames, seed) => {
        const random = new RandomStream(seed, 0);
        const path = Array.from({ length: frames }, () =>
          Float64Array.from({ length: 9 }, () => random.nextNormal()),
        );
        const recorder = new MeanSquaredDisplacement([2, 0]);
        for (const frame of path) recorder.add(frame);
        const { lags, squares, origins } = recorder.result();
        expect(lags).toEqual([...lags].sort((a, b) => a - b));
        expect(new Set(lags).size).toBe(lags.length);
        // Every lag up to 32 is there, and the spacing grows as lags do.
        expect(lags.slice(0, 32)).toEqual(Array.from({ length: Math.min(32, frames - 1) }, (_, k) => k + 1));
        expect(lags.at(-1)!).toBeGreaterThan((frames - 1) * (16 / 17) - 1);
        lags.forEach((lag, k) => {
          const stride = lag <= 32 ? 1 : 2 ** Math.ceil(Math.log2(lag / 32));
          const sums = [0, 0, 0];
          let count = 0;
          for (let t = 0; t + lag < frames; t += stride, count++)
            for (const atom of [0, 2])
              for (let c = 0; c < 3; c++)
                sums[c] += (path[t + lag][3 * atom + c] - path[t][3 * atom + c]) ** 2;
          expect(origins[k]).toBe(count);
          for (let c = 0; c < 3; c++) expect(squares[k][c]).toBeCloseTo(sums[c] / (2 * count), 10);
        });
      }),
      { numRuns: 40 },
    );
  });

  it("gives the diffusion coefficient of a random walk", () => {
    const random = new RandomStream(7, 0);
    const atoms = 200;
    const sigma = 0.3;
    const positions = new Float64Array(3 * atoms);
    const recorder = new MeanSquaredDisplacement(Array.from({ length: atoms }, (_, i) => i));
    for (let frame = 0; frame < 4000; frame++) {
      recorder.add(positions);
      for (let k = 0; k < positions.length; k++) positions[k] += sigma * random.nextNormal();
    }
    const { coefficient, from, to } = diffusionOf(recorder.result(), 2);
    // D = σ²/2Δt = 0.0225 Å²/fs. Displacements over half of the run have two independent origins for each of the 600
    // coordinates, so the slope is known to about √(2/600) = 6 %; limit 4 of these.
    expect(Math.abs(coefficient / 0.0225 - 1)).toBeLessThan(4 * Math.sqrt(2 / 600));
    expect(from).toBeGreaterThanOrEqual(0.1 * 2 * 3000);
    expect(to).toBeLessThanOrEqual(0.5 * 2 * 4000);
  });

  it("takes off what all atoms share, and follows flight exactly", () => {
    const recorder = new MeanSquaredDisplacement([0]);
    for (let t = 0; t < 10; t++) recorder.add(Float64Array.from([3 * t + 5 * t, 0, 0]), [5 * t, 0, 0]);
    const { lags, squares } = recorder.result();
    expect(squares).toEqual(lags.map((lag) => [9 * lag * lag, 0, 0]));
  });

  it("says when there are too few frames for a slope", () => {
    const recorder = new MeanSquaredDisplacement([0]);
    recorder.add(new Float64Array(3));
    recorder.add(new Float64Array(3));
    expect(() => diffusionOf(recorder.result(), 1)).toThrow(/needs three lags, found 0.*more frames/);
  });
});

describe("fluctuation of bonds", () => {
  it("is zero for a body that turns and moves", () => {
    const body = [
      [0, 0, 0],
      [2, 0, 0],
      [0, 3, 0],
      [1, 1, 4],
    ];
    const fluctuation = new BondFluctuation(4);
    for (let t = 0; t < 50; t++) {
      const [c, s] = [Math.cos(0.3 * t), Math.sin(0.3 * t)];
      fluctuation.add(
        Float64Array.from(body.flatMap(([x, y, z]) => [c * x - s * y + t, s * x + c * y, z - 2 * t])),
      );
    }
    // The variance of equal distances is their rounding squared.
    expect(fluctuation.index()).toBeLessThan(1e-13);
  });

  it("is that of an oscillating pair, among atoms, groups and bonds", () => {
    const fluctuation = new BondFluctuation(3);
    const frames = 1000;
    // Whole periods, so that the averages are exact: ⟨r⟩ = 3, ⟨r²⟩ − ⟨r⟩² = 0.2²/2. The distances of the third atom are
    // computed beside.
    const distance = (t: number) => 3 + 0.2 * Math.sin((2 * Math.PI * 10 * t) / frames);
    const far: number[] = [];
    for (let t = 0; t < frames; t++) {
      fluctuation.add(Float64Array.from([0, 0, 0, distance(t), 0, 0, 0, 40, 0]));
      far.push(Math.hypot(distance(t), 40));
    }
    const near = Math.sqrt(0.02) / 3;
    expect(fluctuation.pair(1, 0)).toBeCloseTo(near, 12);
    const mean = far.reduce((a, b) => a + b) / frames;
    const other = Math.sqrt(far.reduce((sum, r) => sum + (r - mean) ** 2, 0) / frames) / mean;
    expect(fluctuation.pair(2, 1)).toBeCloseTo(other, 12);
    expect([...fluctuation.atoms()]).toEqual(
      [near / 2, (near + other) / 2, other / 2].map((x) => expect.closeTo(x, 12)),
    );
    expect(fluctuation.index()).toBeCloseTo((near + other) / 3, 12);
    expect(fluctuation.byGroup(["core", "surface", "surface"]).get("surface")).toBeCloseTo(
      (near + 2 * other) / 4,
      12,
    );
    expect(fluctuation.ofBonds([[0, 1]])).toBeCloseTo(near, 12);
  });

  it("refuses more pairs than fit", () => {
    expect(() => new BondFluctuation(10_000)).toThrow(/follows all pairs: 10000 atoms have 49995000/);
  });
});

describe("velocities", () => {
  it("correlate as the cosines of their oscillations, weighted with masses", () => {
    // Two oscillators with whole numbers of periods in every window.
    const recorder = new VelocityAutocorrelation([0, 1], [1, 3], 40);
    for (let t = 0; t < 40 * 200; t++) {
      const v = new Float64Array(6);
      v[0] = Math.sin((2 * Math.PI * t) / 20);
      v[4] = 2 * Math.sin((2 * Math.PI * t) / 8 + 1);
      recorder.add(v);
    }
    const { normalised, perAtom } = recorder.result();
    for (let k = 0; k <= 40; k++) {
      const [a, b] = [Math.cos((2 * Math.PI * k) / 20), Math.cos((2 * Math.PI * k) / 8)];
      // m v²: 1·½ and 3·2. Origins end up to a period early at large lags: 40 of 8000.
      expect(normalised[k]).toBeCloseTo((0.5 * a + 6 * b) / 6.5, 2);
      expect(perAtom[k]).toBeCloseTo((0.5 * a + 2 * b) / 2, 2);
    }
    expect(normalised[0]).toBe(1);
  });

  it("show their frequencies in the spectrum, whose integral is one", () => {
    const step = 2; // fs
    const correlation = Float64Array.from({ length: 1000 }, (_, k) =>
      Math.cos(2 * Math.PI * 5.0 * k * step * 1e-3),
    );
    const { frequencies, density } = vibrationalSpectrum(correlation, step);
    const peak = density.indexOf(Math.max(...density));
    // The window of 2 ps resolves 0.5 THz.
    expect(Math.abs(frequencies[peak] - 5)).toBeLessThan(0.25);
    const width = frequencies[1] - frequencies[0];
    // A cosine series of C w at the grid's own frequencies: the trapezoidal sum over them gives back C(0) = 1.
    const integral = density.reduce((sum, x, k) => sum + x * (k === 0 ? 0.5 : 1), 0) * width;
    expect(integral).toBeCloseTo(1, 3);
  });

  it("integrate to the diffusion coefficient of an exponential memory", () => {
    // ⟨v·v⟩ = 3 c e^{−t/τ}: D = cτ.
    const perAtom = Float64Array.from({ length: 4001 }, (_, k) => 3 * 0.02 * Math.exp((-k * 0.5) / 100));
    // The trapezoidal rule is off by (Δt/τ)²/12 = 2e-6, the tail by e⁻²⁰.
    expect(greenKubo(perAtom, 0.5)[4000]).toBeCloseTo(0.02 * 100, 5);
  });

  it("need atoms that move", () => {
    const still = new VelocityAutocorrelation([0], [1], 3);
    still.add(new Float64Array(3));
    expect(() => still.result()).toThrow(/needs frames with moving atoms/);
  });
});

describe("caloric curve", () => {
  it("finds the jump between two straight branches, whatever the order of the points", () => {
    const energy = (t: number) => 0.01 * t + (t > 640 ? 3 : 0);
    const points = [300, 800, 400, 700, 600, 500].map((temperature) => ({
      temperature,
      energy: energy(temperature),
      error: 0.1,
    }));
    const { steepest, slopes, points: sorted } = caloricCurve(points);
    expect(sorted.map((p) => p.temperature)).toEqual([300, 400, 500, 600, 700, 800]);
    expect(steepest).toEqual({ temperature: 650, uncertainty: 50, slope: expect.closeTo(0.04, 12) });
    expect(slopes[0]).toEqual({
      temperature: 350,
      slope: expect.closeTo(0.01, 12),
      error: expect.closeTo(Math.SQRT2 / 1000, 12),
    });
  });

  it("needs three temperatures, each once", () => {
    const point = (temperature: number) => ({ temperature, energy: 0, error: 0 });
    expect(() => caloricCurve([point(1), point(2)])).toThrow(/three temperatures, found 2/);
    expect(() => caloricCurve([point(1), point(2), point(2)])).toThrow(/found two at 2 K/);
  });
});
