import { CranioplastyError } from './errors.ts';
import type { Grid } from './grid.ts';
import { voxelCount } from './grid.ts';

export type VoxelArray = Uint8Array | Int16Array | Uint16Array | Float32Array;

/** Voxels and the grid that says where they are: one never travels without the other. */
export interface Volume<T extends VoxelArray = VoxelArray> {
  readonly grid: Grid;
  /** `grid.size[0]·grid.size[1]·grid.size[2]` values, i fastest. */
  readonly data: T;
}

/** A binary volume: 0 or 1. */
export type Mask = Volume<Uint8Array>;

/** CT numbers in Hounsfield units. */
export type CtVolume = Volume<Int16Array>;

/**
 * Joins voxels and grid.
 * @throws CranioplastyError `bad-geometry` if the number of voxels does not fit the grid.
 */
export function makeVolume<T extends VoxelArray>(grid: Grid, data: T): Volume<T> {
  if (data.length !== voxelCount(grid)) {
    throw new CranioplastyError(
      'bad-geometry',
      `The volume holds ${data.length} voxels where its grid of ${grid.size.join(' × ')} needs ${voxelCount(grid)}: the data is damaged.`,
    );
  }
  return { grid, data };
}

/** An empty mask on a grid. */
export function emptyMask(grid: Grid): Mask {
  return { grid, data: new Uint8Array(voxelCount(grid)) };
}

/** Number of voxels that are set in a mask's data. */
export function countSet(data: Uint8Array): number {
  // Runs of empty voxels, most of any mask, are skipped by the engine's own search.
  let n = 0;
  for (let p = data.indexOf(1); p >= 0; p = data.indexOf(1, p))
    for (; p < data.length && data[p] === 1; p++) n++;
  return n;
}

/** 1 where a value reaches the threshold, 0 elsewhere. */
export function atLeast(values: ArrayLike<number>, threshold: number): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let p = 0; p < out.length; p++) if (values[p] >= threshold) out[p] = 1;
  return out;
}

/** Mirrors volumes of rows of n voxels at the mid-sagittal plane, in place: x ↦ n − 1 − x. */
export function reverseRows(data: Float32Array, n: number): void {
  for (let first = 0; first < data.length; first += n) data.subarray(first, first + n).reverse();
}

/** Overlap of two binary arrays: 2|A∩B| / (|A|+|B|); 1 when both are empty. */
export function dice(a: Uint8Array, b: Uint8Array): number {
  let both = 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i]) sum++;
    if (b[i]) sum++;
    if (a[i] && b[i]) both++;
  }
  return sum ? (2 * both) / sum : 1;
}
