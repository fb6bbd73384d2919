import type { Grid, Vec3 } from './grid.ts';
import { indexToPatient } from './grid.ts';
import type { Mask } from './volume.ts';
import { emptyMask } from './volume.ts';

/** Free space that the stages after the segmentation need around a skull, mm. */
export const skullMargin = 8;

/** Gives memory: so many bytes, all zero. */
export type Room = (bytes: number) => ArrayBufferLike;

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

/**
 * Copies the box [low, high) of a volume, voxels.
 * @param room gives the memory for it, as many bytes as it is asked for
 */
export function cropData<T extends Uint8Array | Float32Array>(
  data: T,
  size: Vec3,
  { low, high }: Box,
  room: Room = (bytes) => new ArrayBuffer(bytes),
): { data: T; size: [number, number, number] } {
  const out: [number, number, number] = [high[0] - low[0], high[1] - low[1], high[2] - low[2]];
  const memory = room(out[0] * out[1] * out[2] * data.BYTES_PER_ELEMENT);
  const crop = (
    data instanceof Float32Array ? new Float32Array(memory) : new Uint8Array(memory)
  ) as T;
  for (let k = 0, t = 0; k < out[2]; k++)
    for (let j = 0; j < out[1]; j++, t += out[0]) {
      const row = low[0] + size[0] * (low[1] + j + size[1] * (low[2] + k));
      crop.set(data.subarray(row, row + out[0]), t);
    }
  return { data: crop, size: out };
}

/**
 * The part of a mask that holds all its set voxels and `margin` mm around; a copy. An empty mask stays as it is.
 * @param content bounding box of the set voxels
 */
export function cropToContent(
  mask: Mask,
  margin: number,
  content = boundingBox([mask.data], mask.grid.size),
  room?: Room,
): Mask {
  const { grid, data } = mask;
  if (!content) return mask;
  const box = growBox(content, margin, grid.size, grid.spacing);
  return { grid: boxGrid(grid, box), data: cropData(data, grid.size, box, room).data };
}

/** A mask on a piece of a grid, or of its continuation, and the index of its first voxel there. */
export interface MaskPart {
  readonly mask: Mask;
  readonly low: Vec3;
}

/** A part of a mask in a box of its grid, which may reach beyond both: what lies outside is empty. */
export function partInBox({ mask, low }: MaskPart, grid: Grid, box: Box): Mask {
  const own = box.low.every((n) => n === 0) && box.high.every((n, a) => n === grid.size[a]);
  const out = emptyMask(own ? grid : boxGrid(grid, box));
  const [px, py] = mask.grid.size;
  const [ox, oy] = out.grid.size;
  const from = low.map((n, a) => Math.max(n, box.low[a]));
  const to = low.map((n, a) => Math.min(n + mask.grid.size[a], box.high[a]));
  if (from.some((n, a) => n >= to[a])) return out;
  for (let k = from[2]; k < to[2]; k++)
    for (let j = from[1]; j < to[1]; j++) {
      const row = px * (j - low[1] + py * (k - low[2])) - low[0];
      const target = ox * (j - box.low[1] + oy * (k - box.low[2])) - box.low[0];
      out.data.set(mask.data.subarray(row + from[0], row + to[0]), target + from[0]);
    }
  return out;
}

/** The box of a whole grid. */
export const wholeBox = ({ size }: Grid): Box => ({ low: [0, 0, 0], high: size });

/** The smallest box that holds both. */
export function unionBox(a: Box, b: Box): Box {
  const low = [0, 1, 2].map((axis) => Math.min(a.low[axis], b.low[axis])) as unknown as Vec3;
  const high = [0, 1, 2].map((axis) => Math.max(a.high[axis], b.high[axis])) as unknown as Vec3;
  return { low, high };
}

/**
 * A grid continued on every side on which there are less than `margin` mm around a mask's content.
 * @returns its box in voxels of the grid
 */
export function roomAround(content: Box, margin: number, grid: Grid): Box {
  const voxels = grid.spacing.map((s) => Math.ceil(margin / s));
  const low = content.low.map((n, a) => n - voxels[a]) as unknown as Vec3;
  const high = content.high.map((n, a) => n + voxels[a]) as unknown as Vec3;
  return unionBox(wholeBox(grid), { low, high });
}
