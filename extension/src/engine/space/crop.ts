import type { Grid, Vec3 } from './grid.ts';
import { indexToPatient } from './grid.ts';
import type { Mask } from './volume.ts';

/** Free space that the stages after the segmentation need around a skull, mm. */
export const skullMargin = 8;

/** A box of voxels: [low, high) along each axis. */
export interface Box {
  readonly low: Vec3;
  readonly high: Vec3;
}

/** Bounding box of the set voxels of one or more arrays of the same size, or null if none is set. */
export function boundingBox(arrays: readonly Uint8Array[], size: Vec3): Box | null {
  const low: [number, number, number] = [...size];
  const high: [number, number, number] = [0, 0, 0];
  const [nx, ny, nz] = size;
  for (const data of arrays)
    for (let k = 0; k < nz; k++)
      for (let j = 0; j < ny; j++) {
        const line = data.subarray(nx * (j + ny * k), nx * (j + 1 + ny * k));
        const first = line.indexOf(1);
        if (first < 0) continue;
        low[0] = Math.min(low[0], first);
        high[0] = Math.max(high[0], line.lastIndexOf(1) + 1);
        low[1] = Math.min(low[1], j);
        high[1] = Math.max(high[1], j + 1);
        low[2] = Math.min(low[2], k);
        high[2] = k + 1;
      }
  return high[0] ? { low, high } : null;
}

/** A box grown by `margin` mm on every side, cut off at the volume's faces. */
export function growBox(box: Box, margin: number, size: Vec3, spacing: Vec3): Box {
  const voxels = spacing.map((s) => Math.ceil(margin / s));
  return {
    low: [0, 1, 2].map((a) => Math.max(0, box.low[a] - voxels[a])) as [number, number, number],
    high: [0, 1, 2].map((a) => Math.min(size[a], box.high[a] + voxels[a])) as [
      number,
      number,
      number,
    ],
  };
}

/** The part of a grid that a box covers, as a grid. */
export function boxGrid(grid: Grid, { low, high }: Box): Grid {
  return {
    ...grid,
    size: [high[0] - low[0], high[1] - low[1], high[2] - low[2]],
    origin: indexToPatient(grid, low),
  };
}

/** Copies the box [low, high) of a volume, voxels. */
export function cropData<T extends Uint8Array | Float32Array>(
  data: T,
  size: Vec3,
  { low, high }: Box,
): { data: T; size: [number, number, number] } {
  const out: [number, number, number] = [high[0] - low[0], high[1] - low[1], high[2] - low[2]];
  const voxels = out[0] * out[1] * out[2];
  const crop = (
    data instanceof Float32Array ? new Float32Array(voxels) : new Uint8Array(voxels)
  ) as T;
  for (let k = 0, t = 0; k < out[2]; k++)
    for (let j = 0; j < out[1]; j++, t += out[0]) {
      const row = low[0] + size[0] * (low[1] + j + size[1] * (low[2] + k));
      crop.set(data.subarray(row, row + out[0]), t);
    }
  return { data: crop, size: out };
}

/** The part of a mask that holds all its set voxels and `margin` mm around; a copy. An empty mask stays as it is. */
export function cropToContent(mask: Mask, margin: number): Mask {
  const { grid, data } = mask;
  const content = boundingBox([data], grid.size);
  if (!content) return mask;
  const box = growBox(content, margin, grid.size, grid.spacing);
  return { grid: boxGrid(grid, box), data: cropData(data, grid.size, box).data };
}
