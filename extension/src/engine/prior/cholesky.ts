/**
 * Cholesky factor of a symmetric positive definite matrix, in place: the lower triangle of `a` (row-major, n × n)
 * becomes L with L·Lᵀ = A; the upper one is not looked at.
 */
export function cholesky(a: Float64Array, n: number): void {
  // Two rows at a time: those above are read from memory once for both.
  let i = 0;
  for (; i + 1 < n; i += 2) {
    for (let j = 0; j < i; j++) bothEntries(a, n, i, j);
    entry(a, n, i, i);
    entry(a, n, i + 1, i);
    entry(a, n, i + 1, i + 1);
  }
  if (i < n) for (let j = 0; j <= i; j++) entry(a, n, i, j);
}

/** Entry j of row i of the factor. */
function entry(a: Float64Array, n: number, i: number, j: number): void {
  const row = i * n;
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

/** Entry j of rows i and i + 1, which lie below row j; summed in the order of `entry`. */
function bothEntries(a: Float64Array, n: number, i: number, j: number): void {
  const row = i * n;
  const next = row + n;
  const other = j * n;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let t0 = 0;
  let t1 = 0;
  let t2 = 0;
  let t3 = 0;
  let k = 0;
  for (; k + 3 < j; k += 4) {
    const b0 = a[other + k];
    const b1 = a[other + k + 1];
    const b2 = a[other + k + 2];
    const b3 = a[other + k + 3];
    s0 += a[row + k] * b0;
    s1 += a[row + k + 1] * b1;
    s2 += a[row + k + 2] * b2;
    s3 += a[row + k + 3] * b3;
    t0 += a[next + k] * b0;
    t1 += a[next + k + 1] * b1;
    t2 += a[next + k + 2] * b2;
    t3 += a[next + k + 3] * b3;
  }
  for (; k < j; k++) {
    s0 += a[row + k] * a[other + k];
    t0 += a[next + k] * a[other + k];
  }
  const pivot = a[other + j];
  a[row + j] = (a[row + j] - (s0 + s1 + s2 + s3)) / pivot;
  a[next + j] = (a[next + j] - (t0 + t1 + t2 + t3)) / pivot;
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
