import type { ActiveBlocks } from './band/activeBlocks.ts';
import { activeBlocks, blocksApart, settled } from './band/activeBlocks.ts';
import type { DistanceTask } from './band/distanceSlab.ts';
import { fillDistance } from './band/distanceSlab.ts';
import type { Grid, Vec3 } from './grid.ts';
import { patientToIndex } from './grid.ts';
import { interpolate } from './interpolate.ts';
import type { Mask } from './volume.ts';

/**
 * A signed distance to the surface of a mask, held only near the surface: positive outside,
 * negative inside, mm. Voxels farther than `band` hold ±127.
 */
export interface SignedDistanceField {
  readonly grid: Grid;
  /** Distance in units of `band` / 127. */
  readonly data: Int8Array;
  /** Farthest distance that is told apart, mm. */
  readonly band: number;
  /** Where the field is not ±127, and how far from there each block is (`blocksApart`). */
  readonly blocks: ActiveBlocks;
  readonly apart: Uint8Array;
}

/**
 * Narrow-band signed distance of a mask, lightly smoothed so that a surface drawn at 0 shows the
 * shape and not the voxel stairs. The distance of a voxel is that to the nearest centre of the
 * other class, exact up to `band`; linear interpolation then crosses 0 half-way between centres,
 * which interpolates thick slices by shape.
 *
 * @param band mm; at least twice the largest spacing
 * @param smoothing passes of a 1-2-1 filter along each axis
 */
export function signedDistance(mask: Mask, band = 2, smoothing: 0 | 1 = 1): SignedDistanceField {
  const task = distanceTask(mask, new Int8Array(mask.data.length), band, smoothing);
  fillDistance(task, 0, mask.grid.size[2]);
  return filledDistance(task);
}

/** A signed distance whose slices are to be filled (`fillDistance`), in any order. */
export function distanceTask(
  mask: Mask,
  out: Int8Array,
  band = 2,
  smoothing: 0 | 1 = 1,
): DistanceTask {
  band = Math.max(band, 2 * Math.max(...mask.grid.spacing));
  return { mask, blocks: activeBlocks(mask, band), band, smoothing, out };
}

/** The field once all its slices are filled. */
export function filledDistance({ mask, blocks, band, out }: DistanceTask): SignedDistanceField {
  const { grid } = mask;
  const near = settled(blocks, out, grid.size);
  return { grid, data: out, band, blocks: near, apart: blocksApart(near) };
}

/**
 * Distance (mm) from the surface, which runs half-way between the voxel centres of both classes, given
 * the field's distance from the nearest centre of the other class. Exact for flat walls along an axis.
 *
 * @param voxel edge of a voxel, mm
 */
export function fromCentreToSurface(distance: number, voxel: number): number {
  if (Math.abs(distance) < voxel) return distance / 2;
  return distance - (Math.sign(distance) * voxel) / 2;
}

/** Signed distance (mm) from the surface as a function of the position, patient LPS mm. */
export function surfaceDistance({
  grid,
  data,
  band,
}: SignedDistanceField): (position: Vec3) => number {
  const voxel = Math.cbrt(grid.spacing[0] * grid.spacing[1] * grid.spacing[2]);
  return (position) => {
    const [x, y, z] = patientToIndex(grid, position);
    return fromCentreToSurface((interpolate(data, grid.size, x, y, z) * band) / 127, voxel);
  };
}
