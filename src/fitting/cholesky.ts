/** Cholesky factors of small dense matrices, row-major, lower triangle in place. */

/** S ← L with S = LLᵀ; only the lower triangle is read and written. S must be positive definite. */
export function cholesky(S: Float64Array, k: number): void {
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) {
      let sum = S[i * k + j];
      for (let m = 0; m < j; m++) sum -= S[i * k + m] * S[j * k + m];
      S[i * k + j] = i === j ? Math.sqrt(sum) : sum / S[j * k + j];
    }
}

/** L⁻¹b; `first` is the first non-zero element of b. */
export function forwardSolve(L: Float64Array, k: number, b: Float64Array, first = 0): Float64Array {
  const v = b.slice();
  for (let i = first; i < k; i++) {
    let sum = v[i];
    for (let j = first; j < i; j++) sum -= L[i * k + j] * v[j];
    v[i] = sum / L[i * k + i];
  }
  return v;
}

/** (LLᵀ)⁻¹b */
export function solveCholesky(L: Float64Array, k: number, b: Float64Array): Float64Array {
  const v = forwardSolve(L, k, b);
  for (let i = k - 1; i >= 0; i--) {
    v[i] /= L[i * k + i];
    for (let j = 0; j < i; j++) v[j] -= L[i * k + j] * v[i];
  }
  return v;
}
