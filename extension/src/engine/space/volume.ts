import { CranioplastyError } from './errors.ts';
import type { Grid } from './grid.ts';
import { voxelCount } from './grid.ts';
import { why } from '../words/errorSentences.ts';

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
      why('error.voxels', {
        found: data.length,
        size: grid.size.join(' × '),
        needed: voxelCount(grid),
      }),
    );
  }
  return { grid, data };
}

/** An empty mask on a grid. */
export function emptyMask(grid: Grid): Mask {
  return { grid, data: new Uint8Array(voxelCount(grid)) };
}
