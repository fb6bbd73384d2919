/**
 * Cholesky factor of a symmetric positive definite matrix, in place: the lower triangle of `a` (row-major, n × n)
 * becomes L with L·Lᵀ = A; the upper one is not looked at.
 */
export function cholesky(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let k = 0;
      for (; k + 3 < j; k += 4) {
        s0 += a[row + k] * a[other + k];
        s1 += a[row + k + 1] * a[other + k + 1];
        s2 += a[row + k + 2] * a[other + k + 2];
        s3 += a[row + k + 3] * a[other + k + 3];
      }
      for (; k < j; k++) s0 += a[row + k] * a[other + k];
      const left = a[row + j] - (s0 + s1 + s2 + s3);
      a[row + j] = i === j ? Math.sqrt(Math.max(left, 1e-12)) : left / a[other + j];
    }
  }
}

/** Solves L·x = b in place, with L as `cholesky` leaves it. */
export function solveLower(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let s0 = 0;
    let s1 = 0;
    let k = 0;
    for (; k + 1 < i; k += 2) {
      s0 += l[row + k] * b[k];
      s1 += l[row + k + 1] * b[k + 1];
    }
    if (k < i) s0 += l[row + k] * b[k];
    b[i] = (b[i] - s0 - s1) / l[row + i];
  }
}

/** Solves L·Lᵀ·x = b in place, with L as `cholesky` leaves it. */
export function solveCholesky(l: Float64Array, n: number, b: Float64Array): void {
  solveLower(l, n, b);
  for (let i = n - 1; i >= 0; i--) {
    b[i] /= l[i * n + i];
    const x = b[i];
    for (let k = 0; k < i; k++) b[k] -= l[i * n + k] * x;
  }
}
