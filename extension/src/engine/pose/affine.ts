import type { Grid, Vec3 } from '../space/grid.ts';

/** A point moved by a row-major 3 × 4 affine matrix. */
export function transform(m: readonly number[], p: Vec3): [number, number, number] {
  return [
    m[0] * p[0] + m[1] * p[1] + m[2] * p[2] + m[3],
    m[4] * p[0] + m[5] * p[1] + m[6] * p[2] + m[7],
    m[8] * p[0] + m[9] * p[1] + m[10] * p[2] + m[11],
  ];
}

/** Inverse of a row-major 3 × 4 affine matrix. */
export function invert(m: readonly number[]): number[] {
  const [a, b, c, , d, e, f, , g, h, i] = m;
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const n = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ].map((v) => v / det);
  return [0, 1, 2].flatMap((r) => {
    const row = n.slice(3 * r, 3 * r + 3);
    return [...row, -(row[0] * m[3] + row[1] * m[7] + row[2] * m[11])];
  });
}

/** First b, then a; row-major 3 × 4. */
export function multiplyAffine(a: readonly number[], b: readonly number[]): number[] {
  return [0, 1, 2].flatMap((r) =>
    [0, 1, 2, 3].map(
      (c) =>
        a[4 * r] * b[c] +
        a[4 * r + 1] * b[4 + c] +
        a[4 * r + 2] * b[8 + c] +
        (c === 3 ? a[4 * r + 3] : 0),
    ),
  );
}

/** Patient LPS mm → voxel indices of a grid, row-major 3 × 4. */
export function patientToIndexMatrix(grid: Grid): number[] {
  return [0, 1, 2].flatMap((a) => {
    const row = grid.axes[a].map((v) => v / grid.spacing[a]);
    return [...row, -(row[0] * grid.origin[0] + row[1] * grid.origin[1] + row[2] * grid.origin[2])];
  });
}
