/** How long atoms remember their velocity, and at which frequencies they swing. */
import { EcitonError } from "../../../core/errors.ts";

export interface VelocityCorrelation {
  /** Σ_i m_i ⟨v_i(t)·v_i(t+τ)⟩ / Σ_i m_i ⟨v_i²⟩ at lag τ = k frames, 1 at 0. */
  readonly normalised: Float64Array;
  /** ⟨v·v(τ)⟩ for each atom, without masses, Å²/fs². */
  readonly perAtom: Float64Array;
}

/**
 * Averaged over atoms and all origins, up to a longest lag.
 * @see Dickey, Paskin, Phys. Rev. 188, 1407 (1969), for the mass-weighted spectrum
 */
export class VelocityAutocorrelation {
  readonly #group: Int32Array;
  readonly #masses: Float64Array;
  readonly #longest: number;
  readonly #ring: Float64Array;
  readonly #weighted: Float64Array;
  readonly #plain: Float64Array;
  readonly #counts: Float64Array;
  #frames = 0;

  /**
   * @param group numbers of the atoms to follow
   * @param masses amu, of all atoms
   * @param longest largest lag, frames
   */
  constructor(group: readonly number[], masses: ArrayLike<number>, longest: number) {
    this.#group = Int32Array.from(group);
    this.#masses = Float64Array.from(group, (atom) => masses[atom]);
    this.#longest = longest;
    this.#ring = new Float64Array((longest + 1) * 3 * group.length);
    this.#weighted = new Float64Array(longest + 1);
    this.#plain = new Float64Array(longest + 1);
    this.#counts = new Float64Array(longest + 1);
  }

  get frames(): number {
    return this.#frames;
  }

  /** @param velocities Float64Array(3N), Å/fs; frames are evenly spaced in time */
  add(velocities: Float64Array): void {
    const size = 3 * this.#group.length;
    const frame = this.#frames++;
    const slots = this.#longest + 1;
    const now = (frame % slots) * size;
    this.#group.forEach((atom, k) => {
      for (let c = 0; c < 3; c++) this.#ring[now + 3 * k + c] = velocities[3 * atom + c];
    });
    for (let lag = 0; lag <= Math.min(this.#longest, frame); lag++) {
      const then = ((frame - lag) % slots) * size;
      let weighted = 0;
      let plain = 0;
      for (let k = 0; k < this.#group.length; k++) {
        const a = now + 3 * k;
        const b = then + 3 * k;
        const product =
          this.#ring[a] * this.#ring[b] +
          this.#ring[a + 1] * this.#ring[b + 1] +
          this.#ring[a + 2] * this.#ring[b + 2];
        plain += product;
        weighted += this.#masses[k] * product;
      }
      this.#plain[lag] += plain / this.#group.length;
      this.#weighted[lag] += weighted;
      this.#counts[lag]++;
    }
  }

  /** @throws {EcitonError} "data" without frames, or where nothing moves */
  result(): VelocityCorrelation {
    const lags = Math.min(this.#longest + 1, this.#frames);
    const start = this.#weighted[0] / this.#counts[0];
    if (!(start > 0))
      throw new EcitonError("data", "a velocity autocorrelation needs frames with moving atoms");
    return {
      normalised: Float64Array.from({ length: lags }, (_, k) => this.#weighted[k] / this.#counts[k] / start),
      perAtom: Float64Array.from({ length: lags }, (_, k) => this.#plain[k] / this.#counts[k]),
    };
  }
}

export interface VibrationalSpectrum {
  /** THz (cycles). */
  readonly frequencies: Float64Array;
  /** 1/THz; its integral over the frequencies is 1 where the spectrum has room. */
  readonly density: Float64Array;
}

/**
 * g(ν) = 4 ∫₀^∞ C(τ) cos(2πντ) w(τ) dτ, with a Hann window that ends at the last lag.
 * @param correlation normalised, evenly spaced
 * @param frameTime fs between frames; frequencies reach the Nyquist limit, 500/frameTime THz
 */
export function vibrationalSpectrum(correlation: Float64Array, frameTime: number): VibrationalSpectrum {
  const lags = correlation.length;
  const step = frameTime / 1000; // ps, so that frequencies are THz
  const count = lags;
  const frequencies = Float64Array.from({ length: count }, (_, k) => k / (2 * step * count));
  const density = frequencies.map((nu) => {
    let sum = 0.5 * correlation[0];
    for (let k = 1; k < lags; k++) {
      const window = 0.5 * (1 + Math.cos((Math.PI * k) / lags));
      sum += correlation[k] * window * Math.cos(2 * Math.PI * nu * k * step);
    }
    return 4 * sum * step;
  });
  return { frequencies, density };
}

/**
 * D = ⅓ ∫₀^T ⟨v(0)·v(τ)⟩ dτ (Green-Kubo), by the trapezoidal rule.
 * @returns running integral for each lag, Å²/fs
 */
export function greenKubo(perAtom: Float64Array, frameTime: number): Float64Array {
  const out = new Float64Array(perAtom.length);
  for (let k = 1; k < out.length; k++) out[k] = out[k - 1] + ((perAtom[k - 1] + perAtom[k]) / 6) * frameTime;
  return out;
}
