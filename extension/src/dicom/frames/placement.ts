import { CranioplastyError } from '../../engine/space/errors.ts';
import { dot, patientToIndex, type Grid, type Vec3 } from '../../engine/space/grid.ts';
import { depth, planeNormal, type Plane } from './planes.ts';
import { why } from '../errorSentences.ts';

/** Largest distance of a voxel from the voxel that it is taken for, in voxels. */
const tolerance = 0.1;

/** Where the pixels of a frame go in a grid: pixel (i, j) is voxel `start + i·stepI + j·stepJ`. */
export interface Placement {
  readonly start: number;
  readonly stepI: number;
  readonly stepJ: number;
  /** Index of the frame's first pixel and the index steps along i and j. */
  readonly first: Vec3;
  readonly alongI: Vec3;
  readonly alongJ: Vec3;
  /** Whether the whole frame is within the grid. */
  readonly inside: boolean;
}

/**
 * Checks that frames are no nearer to each other than the slices of a grid: slices may be left out, not put between.
 * @throws CranioplastyError `bad-geometry`
 */
export function assertSliceDistance(grid: Grid, planes: readonly Plane[]): void {
  const normal = planeNormal(planes[0]);
  const steps = grid.axes.map((axis, a) => Math.abs(dot(axis, normal)) * grid.spacing[a]);
  const depths = planes.map((plane) => depth(plane, normal)).sort((a, b) => a - b);
  const gaps = depths.slice(1).map((d, n) => d - depths[n]);
  const least = 0.1 * Math.max(...steps);
  // Frames of several segments lie at the same place.
  const smallest = gaps.filter((gap) => gap > least).reduce((a, b) => Math.min(a, b), Infinity);
  if (smallest < (1 - tolerance) * Math.max(...steps)) {
    throw new CranioplastyError('bad-geometry', why('error.seg.other-voxels'));
  }
}

const add = (a: Vec3, b: Vec3, n: number): Vec3 => [
  a[0] + n * b[0],
  a[1] + n * b[1],
  a[2] + n * b[2],
];
const round = (a: Vec3): Vec3 => [Math.round(a[0]), Math.round(a[1]), Math.round(a[2])];
const distance = (a: Vec3, b: Vec3): number =>
  Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));

/**
 * Finds the voxels of `grid` that are the pixels of a frame, by patient position alone. Frames may be
 * flipped or turned by right angles against the grid, and may reach beyond it.
 *
 * @throws CranioplastyError `bad-geometry` if a pixel lies more than 0.1 voxel beside a voxel
 */
export function placeFrame(grid: Grid, plane: Plane, columns: number, rows: number): Placement {
  const step = (direction: Vec3, spacing: number): Vec3 =>
    [0, 1, 2].map(
      (a) => (dot(direction, grid.axes[a]) * spacing) / grid.spacing[a],
    ) as unknown as Vec3;
  const first = patientToIndex(grid, plane.position);
  const i = step(plane.row, plane.spacing[0]);
  const j = step(plane.column, plane.spacing[1]);
  const [first0, i0, j0] = [round(first), round(i), round(j)];
  const alongAxes = [i0, j0].every((v) => Math.abs(v[0]) + Math.abs(v[1]) + Math.abs(v[2]) === 1);
  // What grows from pixel to pixel is another voxel size or direction, not a shift.
  const drift = Math.max(distance(i, i0) * (columns - 1), distance(j, j0) * (rows - 1));
  let worst = alongAxes && drift <= 2 * tolerance ? 0 : Infinity;
  let inside = true;
  for (const [a, b] of [
    [0, 0],
    [columns - 1, 0],
    [0, rows - 1],
    [columns - 1, rows - 1],
  ]) {
    const corner = add(add(first0, i0, a), j0, b);
    worst = Math.max(worst, distance(add(add(first, i, a), j, b), corner));
    inside &&= corner.every((n, axis) => n >= 0 && n < grid.size[axis]);
  }
  if (!(worst <= tolerance)) {
    throw new CranioplastyError(
      'bad-geometry',
      Number.isFinite(worst)
        ? why('error.seg.beside', { voxels: worst.toFixed(2) })
        : why('error.seg.other-voxels'),
    );
  }
  const strides: Vec3 = [1, grid.size[0], grid.size[0] * grid.size[1]];
  return {
    start: dot(first0, strides),
    stepI: dot(i0, strides),
    stepJ: dot(j0, strides),
    first: first0,
    alongI: i0,
    alongJ: j0,
    inside,
  };
}

function isWithin([i, j, k]: Vec3, [nx, ny, nz]: Vec3): boolean {
  return i >= 0 && i < nx && j >= 0 && j < ny && k >= 0 && k < nz;
}

/**
 * Sets the voxels of `target` where `frame` is set.
 * @throws CranioplastyError `bad-geometry` if a set pixel is outside the grid
 */
export function paintFrame(
  target: Uint8Array,
  grid: Grid,
  placement: Placement,
  frame: Uint8Array,
  columns: number,
): void {
  const { start, stepI, stepJ, inside, first, alongI, alongJ } = placement;
  for (let p = 0; p < frame.length; p++) {
    if (frame[p] === 0) continue;
    const i = p % columns;
    const j = (p - i) / columns;
    if (!inside) {
      const index = add(add(first, alongI, i), alongJ, j);
      if (!isWithin(index, grid.size)) {
        throw new CranioplastyError('bad-geometry', why('error.seg.beyond'));
      }
    }
    target[start + i * stepI + j * stepJ] = 1;
  }
}
