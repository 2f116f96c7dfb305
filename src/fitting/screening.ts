/**
 * Which gradients need not be computed. With the gradients c = X̃ᵀs known at some residual s, any residual
 * r = αs + e has |x̃_jᵀr| ≤ |α c_j| + ‖x̃_j‖‖e‖; a column for which that stays below its bound cannot violate
 * it. The test is safe: nothing that violates is ever passed over.
 */
export class SafeScreen {
  #reference: Float64Array | null = null;
  readonly #gradient: Float64Array;
  #known = false;

  constructor(columns: number) {
    this.#gradient = new Float64Array(columns);
  }

  forget(): void {
    this.#known = false;
  }

  remember(residual: Float64Array, gradient: Float64Array): void {
    this.#reference ??= new Float64Array(residual.length);
    this.#reference.set(residual);
    this.#gradient.set(gradient);
    this.#known = true;
  }

  /**
   * Writes the columns that have to be looked at to `out`; all of them when the reference is of little use.
   * @param norms ‖x̃_j‖²
   * @returns how many
   */
  select(
    residual: Float64Array,
    norms: Float64Array,
    penalty: Float64Array,
    mu: number,
    out: Int32Array,
  ): number {
    const columns = norms.length;
    let count = 0;
    if (this.#known && this.#reference) {
      const s = this.#reference;
      let rs = 0;
      let ss = 0;
      for (let i = 0; i < s.length; i++) {
        rs += residual[i] * s[i];
        ss += s[i] * s[i];
      }
      const alpha = ss > 0 ? rs / ss : 0;
      let ee = 0;
      for (let i = 0; i < s.length; i++) ee += (residual[i] - alpha * s[i]) ** 2;
      // A little more than exact arithmetic needs, for rounding.
      const e = Math.sqrt(ee) * (1 + 1e-9);
      const a = Math.abs(alpha) * (1 + 1e-9);
      for (let j = 0; j < columns; j++)
        if (a * Math.abs(this.#gradient[j]) + Math.sqrt(norms[j]) * e >= mu * penalty[j]) out[count++] = j;
      if (2 * count < columns) return count;
    }
    for (let j = 0; j < columns; j++) out[j] = j;
    return columns;
  }
}
