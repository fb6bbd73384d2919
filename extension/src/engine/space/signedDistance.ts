import type { Grid, Vec3 } from './grid.ts';
import { patientToIndex } from './grid.ts';
import { interpolate } from './interpolate.ts';
import type { Mask } from './volume.ts';
import { atLeast } from './voxels.ts';

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
}

/** Edge of the blocks in which far-away voxels are skipped. */
const block = 4;

/**
 * Narrow-band signed distance of a mask, lightly smoothed so that a surface drawn at 0 shows the
 * shape and not the voxel stairs. The distance of a voxel is that to the nearest centre of the
 * other class, exact up to `band`; linear interpolation then crosses 0 half-way between centres,
 * which interpolates thick slices by shape.
 *
 * @param band mm; at least twice the largest spacing
 * @param smoothing passes of a 1-2-1 filter along each axis
 */
export function signedDistance(mask: Mask, band = 2, smoothing = 1): SignedDistanceField {
  const { grid, data } = mask;
  band = Math.max(band, 2 * Math.max(...grid.spacing));
  const active = activeBlocks(mask, band);
  const out = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = data[i] ? -127 : 127;

  let squared = alongRows(mask, band);
  squared = alongColumns(mask, active, squared, 1, band);
  squared = alongColumns(mask, active, squared, 2, band);
  const rounded = Int8Array.from({ length: far + 1 }, (_, v) =>
    Math.min(127, Math.round(127 * Math.sqrt(v / (far - 1)))),
  );
  forActive(active, grid, (p, end) => {
    for (; p < end; p++) out[p] = data[p] ? -rounded[squared[p]] : rounded[squared[p]];
  });
  for (let pass = 0; pass < smoothing; pass++) smooth(out, mask, active);
  return { grid, data: out, band };
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

/** Squared distances are kept as 16-bit fractions of band²; this one stands for all beyond. */
const far = 65535;

/** Squared distance of d = 0, 1, 2 … voxels along an axis, as far as the band reaches. */
function squaredSteps(spacing: number, band: number): Uint16Array {
  const reach = Math.floor(band / spacing);
  return Uint16Array.from({ length: reach + 1 }, (_, d) =>
    Math.min(far - 1, Math.round(((d * spacing) / band) ** 2 * (far - 1))),
  );
}

interface BlockMap {
  readonly count: readonly [number, number, number];
  readonly on: Uint8Array;
}

/** Blocks that hold both classes, or lie within `band` of one that does. */
function activeBlocks(mask: Mask, band: number): BlockMap {
  const { data, grid } = mask;
  const [nx, ny, nz] = grid.size;
  const count: [number, number, number] = [
    Math.ceil(nx / block),
    Math.ceil(ny / block),
    Math.ceil(nz / block),
  ];
  const [bx, by, bz] = count;
  const seen = new Uint8Array(bx * by * bz);
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      const brow = bx * ((j >> 2) + by * (k >> 2));
      for (let i = 0; i < nx; i++) seen[brow + (i >> 2)] |= data[row + i] ? 2 : 1;
    }
  }
  // A border between two uniform blocks is a surface too: the classes spread to the blocks around.
  const strides = [1, bx, bx * by];
  let classes: Uint8Array = seen;
  for (let axis = 0; axis < 3; axis++) {
    const reach = Math.max(1, Math.ceil(band / (grid.spacing[axis] * block)));
    classes = spread(classes, strides[axis], count[axis], reach);
  }
  const on = atLeast(classes, 3);
  return { count, on };
}

/** Bits of every element joined with those of its neighbours up to `reach` away along one axis. */
function spread(bits: Uint8Array, stride: number, n: number, reach: number): Uint8Array {
  const out = bits.slice();
  for (let p = 0; p < bits.length; p++) {
    const at = Math.floor(p / stride) % n;
    for (let d = 1; d <= reach; d++) {
      if (at >= d) out[p] |= bits[p - d * stride];
      if (at + d < n) out[p] |= bits[p + d * stride];
    }
  }
  return out;
}

/** Calls `visit(first, end, j, k)` for every stretch of voxels along i inside an active block. */
function forActive(
  map: BlockMap,
  grid: Grid,
  visit: (first: number, end: number, j: number, k: number) => void,
): void {
  const [nx, ny, nz] = grid.size;
  const [bx, by] = map.count;
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      const blocks = bx * ((j >> 2) + by * (k >> 2));
      for (let b = 0; b < bx; b++) {
        if (!map.on[blocks + b]) continue;
        const from = b;
        while (b + 1 < bx && map.on[blocks + b + 1]) b++;
        visit(row + from * block, row + Math.min(nx, (b + 1) * block), j, k);
      }
    }
}

/** Squared distance along i to the nearest voxel of the other class, for every voxel. */
function alongRows(mask: Mask, band: number): Uint16Array {
  const { data, grid } = mask;
  const [nx, ny, nz] = grid.size;
  const squared = squaredSteps(grid.spacing[0], band);
  const reach = squared.length - 1;
  const out = new Uint16Array(data.length).fill(far);
  for (let row = 0; row < ny * nz; row++) {
    const first = row * nx;
    const end = first + nx;
    for (let p = first + 1; p < end; p++) {
      if (data[p] === data[p - 1]) continue;
      for (let d = 1; d <= reach; d++) {
        const right = p + d - 1;
        if (right >= end || (d > 1 && data[right] !== data[p])) break;
        if (squared[d] < out[right]) out[right] = squared[d];
      }
      for (let d = 1; d <= reach; d++) {
        const left = p - d;
        if (left < first || data[left] !== data[p - 1]) break;
        if (squared[d] < out[left]) out[left] = squared[d];
      }
    }
  }
  return out;
}

/**
 * Takes squared distances known within rows (or planes) across one more axis: the least of
 * "d away along the axis, then on from there". Voxels outside the active blocks are beyond the
 * band of the other class in any case.
 */
function alongColumns(
  mask: Mask,
  active: BlockMap,
  squared: Uint16Array,
  axis: 1 | 2,
  band: number,
): Uint16Array {
  const { data, grid } = mask;
  const stride = axis === 1 ? grid.size[0] : grid.size[0] * grid.size[1];
  const last = grid.size[axis] - 1;
  const steps = squaredSteps(grid.spacing[axis], band);
  const out = new Uint16Array(data.length).fill(far);
  forActive(active, grid, (first, end, j, k) => {
    const at = axis === 1 ? j : k;
    const before = Math.min(steps.length - 1, at);
    const after = Math.min(steps.length - 1, last - at);
    for (let p = first; p < end; p++) {
      const own = data[p];
      let best = squared[p];
      for (let d = 1, q = p - stride; d <= before && steps[d] < best; d++, q -= stride) {
        const way = data[q] === own ? steps[d] + squared[q] : steps[d];
        if (way < best) best = way;
      }
      for (let d = 1, q = p + stride; d <= after && steps[d] < best; d++, q += stride) {
        const way = data[q] === own ? steps[d] + squared[q] : steps[d];
        if (way < best) best = way;
      }
      out[p] = best;
    }
  });
  return out;
}

/** Bone stays bone by at least this much, so that smoothing does not eat sheets one voxel thin. */
const leastInside = -16;

function smooth(values: Int8Array, mask: Mask, active: BlockMap): void {
  const { grid } = mask;
  const [nx, ny] = grid.size;
  const strides = [1, nx, nx * ny];
  for (let axis = 0; axis < 3; axis++) {
    const stride = strides[axis];
    const n = grid.size[axis];
    const source = values.slice();
    forActive(active, grid, (first, end, j, k) => {
      const row = nx * (j + ny * k);
      // The outermost voxels have a neighbour on one side only and stay.
      if (axis > 0) {
        const at = axis === 1 ? j : k;
        if (at === 0 || at === n - 1) return;
      } else {
        first = Math.max(first, row + 1);
        end = Math.min(end, row + n - 1);
      }
      for (let p = first; p < end; p++) {
        const mean = Math.round((source[p - stride] + 2 * source[p] + source[p + stride]) / 4);
        values[p] = mask.data[p] && mean > leastInside ? leastInside : mean;
      }
    });
  }
}
