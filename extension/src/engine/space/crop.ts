import type { Grid, Vec3 } from './grid.ts';
import { indexToPatient } from './grid.ts';
import type { Mask } from './volume.ts';
import { emptyMask } from './volume.ts';

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

/** A box of a grid that may reach beyond it, as a mask: what lies outside is empty. */
function regrid({ grid, data }: Mask, { low, high }: Box): Mask {
  const out = emptyMask(boxGrid(grid, { low, high }));
  const [nx, ny, nz] = grid.size;
  const [ox, oy] = out.grid.size;
  const from: Vec3 = [Math.max(0, low[0]), Math.max(0, low[1]), Math.max(0, low[2])];
  const to: Vec3 = [Math.min(nx, high[0]), Math.min(ny, high[1]), Math.min(nz, high[2])];
  for (let k = from[2]; k < to[2]; k++)
    for (let j = from[1]; j < to[1]; j++) {
      const row = nx * (j + ny * k);
      const target = from[0] - low[0] + ox * (j - low[1] + oy * (k - low[2]));
      out.data.set(data.subarray(row + from[0], row + to[0]), target);
    }
  return out;
}

/** The smallest box that holds both. */
function union(a: Box, b: Box): Box {
  const low = [0, 1, 2].map((axis) => Math.min(a.low[axis], b.low[axis])) as unknown as Vec3;
  const high = [0, 1, 2].map((axis) => Math.max(a.high[axis], b.high[axis])) as unknown as Vec3;
  return { low, high };
}

const unbounded: Vec3 = [Infinity, Infinity, Infinity];

/** A box grown by `margin` mm on every side, whatever lies there. */
function growFreely(box: Box, margin: number, spacing: Vec3): Box {
  const { high } = growBox(box, margin, unbounded, spacing);
  const low = [0, 1, 2].map((a) => box.low[a] - (high[a] - box.high[a])) as unknown as Vec3;
  return { low, high };
}

/** A mask with more room, and where the mask that it was made of begins and ends in it. */
export interface Grown {
  readonly mask: Mask;
  readonly original: Box;
}

/**
 * Continues a mask's grid on every side on which there are less than `margin` mm around its content.
 * @returns undefined if there is enough room already, or nothing set
 */
export function growAround(mask: Mask, margin: number): Grown | undefined {
  const { grid, data } = mask;
  const content = boundingBox([data], grid.size);
  if (!content) return undefined;
  const own: Box = { low: [0, 0, 0], high: grid.size };
  const box = union(own, growFreely(content, margin, grid.spacing));
  const low = box.low.map((n) => 0 - n) as unknown as Vec3;
  const original = { low, high: low.map((n, a) => n + grid.size[a]) as unknown as Vec3 };
  const same = box.low.every((n) => n === 0) && box.high.every((n, a) => n === grid.size[a]);
  return same ? undefined : { mask: regrid(mask, box), original };
}

/**
 * Takes back the room that is not needed: the original grid, continued as far as any of the masks is set.
 * @param masks all on the grown grid
 */
export function trim(masks: readonly Mask[], original: Box): Mask[] {
  const [{ grid }] = masks;
  const content = boundingBox(
    masks.map(({ data }) => data),
    grid.size,
  );
  const box = content ? union(original, content) : original;
  return masks.map((mask) => regrid(mask, box));
}
