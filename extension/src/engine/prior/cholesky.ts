/** Columns that are factored at a time: what they take from the rest stays in the fastest memory. */
const panel = 48;

/**
 * Cholesky factor of a symmetric positive definite matrix, in place: the lower triangle of `a` (row-major, n × n)
 * becomes L with L·Lᵀ = A. The upper one is not looked at, and means nothing afterwards.
 */
export function cholesky(a: Float64Array, n: number): void {
  for (let first = 0; first < n; first += panel) {
    const end = Math.min(n, first + panel);
    factorPanel(a, n, first, end);
    for (let left = end; left < n; left += panel)
      takeAway(a, n, first, end, left, Math.min(n, left + panel));
  }
}

/** Columns `first` to `end` of the factor; what the columns before say of them is taken away already. */
function factorPanel(a: Float64Array, n: number, first: number, end: number): void {
  for (let i = first; i < n; i++) {
    const row = i * n;
    for (let j = first; j <= i && j < end; j++) {
      const left = a[row + j] - product(a, row, j * n, first, j);
      a[row + j] = i === j ? Math.sqrt(Math.max(left, 1e-12)) : left / a[j * n + j];
    }
  }
}

/** Takes the product of columns `first` to `end` away from columns `left` to `right`, from their diagonal down. */
function takeAway(
  a: Float64Array,
  n: number,
  first: number,
  end: number,
  left: number,
  right: number,
): void {
  let i = left;
  for (; i + 3 < n; i += 4) {
    let j = left;
    for (; j + 2 < right && j <= i + 3; j += 3) takeTileAway(a, n, first, end, i, j);
    for (; j < right && j <= i + 3; j++)
      for (let r = i; r < i + 4; r++) a[r * n + j] -= product(a, r * n, j * n, first, end);
  }
  for (; i < n; i++)
    for (let j = left; j < right && j <= i; j++)
      a[i * n + j] -= product(a, i * n, j * n, first, end);
}

/** The same of the four rows from i and the three columns from j: each value is read once for several products. */
function takeTileAway(
  a: Float64Array,
  n: number,
  first: number,
  end: number,
  i: number,
  j: number,
): void {
  const [i0, i1, i2, i3] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n];
  const [j0, j1, j2] = [j * n, (j + 1) * n, (j + 2) * n];
  let [s00, s01, s02, s10, s11, s12] = [0, 0, 0, 0, 0, 0];
  let [s20, s21, s22, s30, s31, s32] = [0, 0, 0, 0, 0, 0];
  for (let k = first; k < end; k++) {
    const x0 = a[i0 + k];
    const x1 = a[i1 + k];
    const x2 = a[i2 + k];
    const x3 = a[i3 + k];
    const y0 = a[j0 + k];
    const y1 = a[j1 + k];
    const y2 = a[j2 + k];
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s20 += x2 * y0;
    s21 += x2 * y1;
    s22 += x2 * y2;
    s30 += x3 * y0;
    s31 += x3 * y1;
    s32 += x3 * y2;
  }
  a[i0 + j] -= s00;
  a[i0 + j + 1] -= s01;
  a[i0 + j + 2] -= s02;
  a[i1 + j] -= s10;
  a[i1 + j + 1] -= s11;
  a[i1 + j + 2] -= s12;
  a[i2 + j] -= s20;
  a[i2 + j + 1] -= s21;
  a[i2 + j + 2] -= s22;
  a[i3 + j] -= s30;
  a[i3 + j + 1] -= s31;
  a[i3 + j + 2] -= s32;
}

/** Product of columns `first` to `end` of the rows that begin at `row` and `other`. */
function product(a: Float64Array, row: number, other: number, first: number, end: number): number {
  let sum = 0;
  for (let k = first; k < end; k++) sum += a[row + k] * a[other + k];
  return sum;
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
