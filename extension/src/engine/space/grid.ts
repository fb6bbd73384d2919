/** Room `space`: voxels and where they are in, the same elsewhere out; and what all rooms share, errors and verified files. */

import { CranioplastyError } from './errors.ts';
import { why } from '../words/errorSentences.ts';

export type Vec3 = readonly [number, number, number];

/**
 * A regular voxel grid in patient space (DICOM LPS, mm).
 *
 * Voxels are stored with index i fastest, then j, then k. The centre of voxel (i, j, k) lies at
 * `origin + i·spacing[0]·axes[0] + j·spacing[1]·axes[1] + k·spacing[2]·axes[2]`.
 */
export interface Grid {
  /** Number of voxels along i, j, k. */
  readonly size: Vec3;
  /** Distance of voxel centres along i, j, k in mm. */
  readonly spacing: Vec3;
  /** Position of the centre of voxel (0, 0, 0), mm. */
  readonly origin: Vec3;
  /** Unit directions of i, j, k in patient space. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
}

export const identityAxes: Grid['axes'] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** Number of voxels of a grid. */
export function voxelCount(grid: Grid): number {
  return grid.size[0] * grid.size[1] * grid.size[2];
}

/** Volume of one voxel in mm³. */
export function voxelVolume(grid: Grid): number {
  return grid.spacing[0] * grid.spacing[1] * grid.spacing[2];
}

/** Patient position (mm) of a continuous voxel index. */
export function indexToPatient(grid: Grid, index: Vec3): [number, number, number] {
  const p: [number, number, number] = [grid.origin[0], grid.origin[1], grid.origin[2]];
  for (let a = 0; a < 3; a++) {
    const step = index[a] * grid.spacing[a];
    for (let c = 0; c < 3; c++) p[c] += step * grid.axes[a][c];
  }
  return p;
}

/** Continuous voxel index of a patient position (mm). Valid for orthonormal axes only. */
export function patientToIndex(grid: Grid, position: Vec3): [number, number, number] {
  const { origin, axes, spacing } = grid;
  const [u, v, w] = axes;
  const x = position[0] - origin[0];
  const y = position[1] - origin[1];
  const z = position[2] - origin[2];
  return [
    (x * u[0] + y * u[1] + z * u[2]) / spacing[0],
    (x * v[0] + y * v[1] + z * v[2]) / spacing[1],
    (x * w[0] + y * w[1] + z * w[2]) / spacing[2],
  ];
}

/** Largest difference in mm between where two grids of the same size put their corner voxels; Infinity for different sizes. */
export function gridDistance(a: Grid, b: Grid): number {
  if (a.size.some((n, i) => n !== b.size[i])) return Infinity;
  let worst = 0;
  for (let corner = 0; corner < 8; corner++) {
    const index: Vec3 = [
      corner & 1 ? a.size[0] - 1 : 0,
      corner & 2 ? a.size[1] - 1 : 0,
      corner & 4 ? a.size[2] - 1 : 0,
    ];
    const p = indexToPatient(a, index);
    const q = indexToPatient(b, index);
    worst = Math.max(worst, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
  }
  return worst;
}

/** A step of one mm in a direction of any length (patient), in voxels along each axis. */
export function voxelsAlong({ axes, spacing }: Grid, [x, y, z]: Vec3): Vec3 {
  const length = Math.hypot(x, y, z);
  const along = (a: number): number =>
    (x * axes[a][0] + y * axes[a][1] + z * axes[a][2]) / (length * spacing[a]);
  return [along(0), along(1), along(2)];
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/**
 * Checks that a grid is usable: positive sizes and spacings, orthonormal axes (either handedness).
 * @throws CranioplastyError `bad-geometry`
 */
export function assertGrid(grid: Grid): void {
  const ok =
    grid.size.every((n) => Number.isInteger(n) && n > 0) &&
    grid.spacing.every((s) => Number.isFinite(s) && s > 0) &&
    grid.origin.every(Number.isFinite) &&
    [0, 1, 2].every((a) =>
      [0, 1, 2].every((b) => {
        const cosine = dot(grid.axes[a], grid.axes[b]);
        return Math.abs(cosine - (a === b ? 1 : 0)) < 1e-3;
      }),
    );
  if (!ok) {
    throw new CranioplastyError('bad-geometry', why('error.grid'));
  }
}
