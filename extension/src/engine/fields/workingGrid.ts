import type { Box } from '../space/crop.ts';
import { boundingBox, boxGrid, cropData, growBox } from '../space/crop.ts';
import { distanceTransform } from '../space/distance.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { fromCentreToSurface, signedDistance } from '../space/signedDistance.ts';
import type { Mask } from '../space/volume.ts';
import { atLeast } from '../space/voxels.ts';

/** Voxel of the grid on which an implant is designed, mm. */
export const workingSpacing = 0.5;
/** Nothing farther from the patch plays a part, mm. */
export const reach = 10;
/** Edge of the blocks by which the surroundings of the patch are found, working voxels. */
const block = 4;
/** Slices so much thicker than their pixels are wide are joined by their outlines. */
const thickSlices = 1.8;
/** Farthest distance within a slice that is told apart, mm. */
const farthestInSlice = 8;

/** A fine grid around a patch, and the stretch of each of its rows that lies near it. */
export interface WorkingGrid {
  /** Along the axes of the native grid. */
  readonly grid: Grid;
  /** First and end of the stretch of row j + size[1] · k; empty where nothing is near. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Skull and patch around the patch, on their native grid. */
export interface Surroundings {
  /** The patch's own voxels. */
  readonly patchBox: Box;
  readonly bone: Mask;
  readonly patch: Mask;
}

/** The part of skull and patch that plays a part; the patch must not be empty. */
export function surroundingsOf(skull: Mask, patch: Mask): Surroundings {
  const { size, spacing } = skull.grid;
  const content = boundingBox([patch.data], size);
  if (!content) throw new RangeError('An empty patch has no surroundings.');
  const box = growBox(content, reach + 2, size, spacing);
  const grid = boxGrid(skull.grid, box);
  return {
    patchBox: content,
    bone: { grid, data: cropData(skull.data, size, box).data },
    patch: { grid, data: cropData(patch.data, size, box).data },
  };
}

/** The working grid of a patch. */
export function workingGridOf({ grid: native, data }: Mask): WorkingGrid {
  const size = native.size.map(
    (n, a) => Math.floor(((n - 1) * native.spacing[a]) / workingSpacing) + 1,
  ) as [number, number, number];
  const grid: Grid = {
    ...native,
    size,
    spacing: [workingSpacing, workingSpacing, workingSpacing],
  };
  const count = size.map((n) => Math.ceil(n / block)) as [number, number, number];
  const scale = native.spacing.map((s) => s / (block * workingSpacing));
  const holds = new Uint8Array(count[0] * count[1] * count[2]);
  const [nx, ny, nz] = native.size;
  const cell = (i: number, a: number) => Math.min(count[a] - 1, Math.floor(i * scale[a]));
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++)
        if (data[p]) holds[cell(i, 0) + count[0] * (cell(j, 1) + count[1] * cell(k, 2))] = 1;
  const edge = block * workingSpacing;
  const away = distanceTransform(holds, count, [edge, edge, edge]);
  const from = new Int32Array(size[1] * size[2]);
  const to = new Int32Array(size[1] * size[2]);
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) {
      const row = j + size[1] * k;
      const first = count[0] * (Math.floor(j / block) + count[1] * Math.floor(k / block));
      let [low, high] = [-1, -1];
      for (let c = 0; c < count[0]; c++)
        if (away[first + c] <= reach) {
          if (low < 0) low = c;
          high = c + 1;
        }
      if (low < 0) continue;
      from[row] = low * block;
      to[row] = Math.min(size[0], high * block);
    }
  return { grid, from, to };
}

/**
 * About the distance from a mask's surface (positive outside, mm) at its voxels; exact enough for where the
 * surface runs. Thick slices are told apart by the distance from their outlines, so that the surface between two
 * slices runs straight from one outline to the next instead of in steps.
 */
function nativeDistance({ grid, data }: Mask): Float32Array {
  const { size, spacing } = grid;
  const out = new Float32Array(data.length);
  const [thin, thick] = [Math.min(...spacing), Math.max(...spacing)];
  if (thick / thin < thickSlices) {
    const voxel = Math.cbrt(spacing[0] * spacing[1] * spacing[2]);
    const field = signedDistance({ grid, data }, 3, 0);
    const distances = Float32Array.from({ length: 255 }, (_, v) =>
      fromCentreToSurface(((v - 127) * field.band) / 127, voxel),
    );
    for (let p = 0; p < out.length; p++) out[p] = distances[field.data[p] + 127];
    return out;
  }
  // So far apart that no other slice is ever nearer.
  const apart = spacing.map((s) => (s === thick ? 1e4 : s)) as unknown as Vec3;
  const outside = distanceTransform(data, size, apart);
  const inside = distanceTransform(atLeast(outside, 1e-6), size, apart);
  for (let p = 0; p < out.length; p++) {
    const d = outside[p] > 0 ? outside[p] - thin / 2 : thin / 2 - inside[p];
    out[p] = Math.max(-farthestInSlice, Math.min(farthestInSlice, d));
  }
  return out;
}

/** About the distance from a mask's surface on the working grid, mm, positive outside; exact near the surface. */
export function distanceOn(working: WorkingGrid, mask: Mask): Float32Array {
  return resample(nativeDistance(mask), mask.grid, working);
}

/** How a surface is smoothed, in native voxels: standard deviation, and how far it may move. */
export interface Smoothing {
  readonly width: number;
  readonly mayMove: number;
}

/**
 * Smooths a field near its surface, in place, so that it is free of voxel stairs but moves no farther than these are
 * high (after Whitaker 2000, "Reducing aliasing artifacts in iso-surfaces of binary volumes").
 *
 * @param native grid of the mask that it came from
 */
export function smoothSurface(
  values: Float32Array,
  working: WorkingGrid,
  native: Grid,
  { width, mayMove }: Smoothing,
): void {
  const voxel = Math.cbrt(native.spacing[0] * native.spacing[1] * native.spacing[2]);
  const sigma = width * Math.max(voxel, workingSpacing);
  const { grid, from, to } = working;
  const [nx, ny, nz] = grid.size;
  const found = new Int32Array(nx * ny * nz);
  let count = 0;
  const edge = longest;
  for (let k = edge; k < nz - edge; k++)
    for (let j = edge; j < ny - edge; j++) {
      const row = j + ny * k;
      const end = nx * row + Math.min(to[row], nx - edge);
      for (let p = nx * row + Math.max(from[row], edge); p < end; p++)
        if (Math.abs(values[p]) < smoothedWithin) found[count++] = p;
    }
  const voxels = found.subarray(0, count);
  const original = valuesAt(values, voxels);
  // Wide steps first: the same width in a third of the passes. Each pass adds half the square of its step.
  let variance = (sigma / workingSpacing) ** 2;
  for (let step = longest; step >= 1; step--) {
    const passes = Math.floor(
      (step > 1 ? 0.8 : 1) * variance * (2 / step ** 2) + (step > 1 ? 0 : 0.5),
    );
    variance -= (passes * step ** 2) / 2;
    const strides = [1, nx, nx * ny].map((stride) => step * stride);
    smoothAt(values, voxels, strides, passes, mayMove * voxel, original);
  }
}

/** Beyond the stretches of rows that are near a field has this value, mm. */
const far = 30;

function resample(data: Float32Array, native: Grid, { grid, from, to }: WorkingGrid): Float32Array {
  const [nx, ny, nz] = grid.size;
  const out = new Float32Array(nx * ny * nz).fill(far);
  const [index, share] = [0, 1, 2].reduce<[Int32Array[], Float32Array[]]>(
    ([whole, part], a) => {
      const step = workingSpacing / native.spacing[a];
      const last = Math.max(0, native.size[a] - 2);
      const at = Int32Array.from({ length: grid.size[a] }, (_, i) =>
        Math.min(last, Math.floor(i * step)),
      );
      return [
        [...whole, at],
        [...part, Float32Array.from(at, (w, i) => Math.min(1, i * step - w))],
      ];
    },
    [[], []],
  );
  const [sx, sy, sz] = native.size;
  const [dx, dy, dz] = [sx > 1 ? 1 : 0, sy > 1 ? sx : 0, sz > 1 ? sx * sy : 0];
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const row = j + ny * k;
      const first = sx * (index[1][j] + sy * index[2][k]);
      const [fy, fz] = [share[1][j], share[2][k]];
      for (let i = from[row]; i < to[row]; i++) {
        const p = first + index[0][i];
        const fx = share[0][i];
        const a = data[p] + fx * (data[p + dx] - data[p]);
        const b = data[p + dy] + fx * (data[p + dy + dx] - data[p + dy]);
        const c = data[p + dz] + fx * (data[p + dz + dx] - data[p + dz]);
        const q = p + dz + dy;
        const d = data[q] + fx * (data[q + dx] - data[q]);
        const low = a + fy * (b - a);
        out[nx * row + i] = low + fz * (c + fy * (d - c) - low);
      }
    }
  return out;
}

/** Farther from the surface a smoothed field is not smoothed, mm. */
const smoothedWithin = 2;
/** Widest step of the smoothing, working voxels. */
const longest = 3;

function valuesAt(values: Float32Array, voxels: Int32Array): Float32Array {
  const out = new Float32Array(voxels.length);
  for (let n = 0; n < out.length; n++) out[n] = values[voxels[n]];
  return out;
}

/**
 * Passes of a 1-2-1 filter along each axis at some voxels, none of them nearer to a face than a stride; values move by
 * `limit` from the original ones at most, and those of 30 and more are none and mix with nothing.
 */
export function smoothAt(
  values: Float32Array,
  voxels: Int32Array,
  strides: readonly number[],
  passes: number,
  limit = Infinity,
  original = valuesAt(values, voxels),
): void {
  const means = new Float32Array(voxels.length);
  for (let pass = 0; pass < passes; pass++)
    for (const stride of strides) {
      for (let n = 0; n < voxels.length; n++) {
        const p = voxels[n];
        const [before, after] = [values[p - stride], values[p + stride]];
        means[n] = before >= far || after >= far ? values[p] : (before + 2 * values[p] + after) / 4;
      }
      for (let n = 0; n < voxels.length; n++) {
        const own = original[n];
        const mean = means[n];
        values[voxels[n]] =
          mean < own - limit ? own - limit : mean > own + limit ? own + limit : mean;
      }
    }
}
