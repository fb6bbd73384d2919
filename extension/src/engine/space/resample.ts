import { block, blocksApart } from './activeBlocks.ts';
import type { RegionField } from './canonical.ts';
import { canonicalGrid } from './canonical.ts';
import type { Box, MaskPart } from './crop.ts';
import { boxGrid, wholeBox } from './crop.ts';
import type { Grid, Vec3 } from './grid.ts';
import { indexToPatient, patientToIndex } from './grid.ts';
import { interpolate } from './interpolate.ts';
import type { SignedDistanceField } from './signedDistance.ts';
import { fromCentreToSurface } from './signedDistance.ts';
import type { RigidTransform } from './transform.ts';
import { applyRigid, invertRigid } from './transform.ts';
import type { Mask, Volume } from './volume.ts';
import { emptyMask } from './volume.ts';

/** An affine map between continuous voxel indices: q = m·p + t. */
interface IndexMap {
  /** Row-major 3 × 3. */
  readonly m: readonly number[];
  readonly t: readonly [number, number, number];
}

/** Map from the voxel indices of `from` to those of `to`, with `transform` taking mm of `from` to mm of `to`. */
function indexMap(from: Grid, to: Grid, transform: RigidTransform): IndexMap {
  const image = (...index: [number, number, number]): [number, number, number] =>
    patientToIndex(to, applyRigid(transform, indexToPatient(from, index)));
  const t = image(0, 0, 0);
  const columns = [image(1, 0, 0), image(0, 1, 0), image(0, 0, 1)];
  const m = [0, 1, 2].flatMap((row) => columns.map((c) => c[row] - t[row]));
  return { m, t };
}

/** A skull by its native signed distance, and where it lies in the canonical frame. */
export interface PlacedSkull {
  readonly field: SignedDistanceField;
  /** Patient LPS mm → canonical mm. */
  readonly toCanonical: RigidTransform;
}

/**
 * Skull on its native grid → binary skull on the canonical grid: where the interpolated signed
 * distance is negative.
 */
export function resampleToCanonical(skull: PlacedSkull, canonical: Grid): Mask {
  const out = emptyMask(canonical);
  const { data } = out;
  overField(skull, canonical, 0, (distance, p, end) => {
    // Most runs are short: filling them as arrays do costs more.
    if (distance < 0) for (; p < end; p++) data[p] = 1;
  });
  return out;
}

/**
 * The skull's occupancy on a part of the canonical grid, soft over one of its voxels: what a scan says
 * about the surface finer than a voxel.
 */
export function resampleOccupancy(skull: PlacedSkull, part: Grid, out: Float32Array): void {
  const soften = softener(skull.field, part.spacing[0]);
  out.fill(0);
  overField(skull, part, 2 * part.spacing[0], (distance, p, end) => {
    const occupancy = soften(distance);
    if (occupancy > 0) for (; p < end; p++) out[p] = occupancy;
  });
}

/** The same as a function of the position, canonical mm. */
export function occupancyAt(
  { field, toCanonical }: PlacedSkull,
  spacing: number,
): (x: number, y: number, z: number) => number {
  const at = distanceAt(field, toCanonical);
  const soften = softener(field, spacing);
  return (x, y, z) => soften(at(x, y, z));
}

/** Signed distance (mm, negative inside) from a skull's surface as a function of the position, canonical mm. */
export function skullSurfaceDistance({
  field,
  toCanonical,
}: PlacedSkull): (x: number, y: number, z: number) => number {
  const at = distanceAt(field, toCanonical);
  const { spacing } = field.grid;
  const voxel = Math.cbrt(spacing[0] * spacing[1] * spacing[2]);
  return (x, y, z) => fromCentreToSurface(at(x, y, z), voxel);
}

/** Occupancy of a voxel of `spacing` by the field's distance at its centre, mm. */
function softener({ grid }: SignedDistanceField, spacing: number): (distance: number) => number {
  const voxel = Math.cbrt(grid.spacing[0] * grid.spacing[1] * grid.spacing[2]);
  return (distance) =>
    Math.min(1, Math.max(0, 0.5 - fromCentreToSurface(distance, voxel) / spacing));
}

/**
 * Tells the skull's distance (mm) at the voxels of a canonical grid inside the native volume: each one nearer
 * to the surface than `exact`, and runs of voxels [p, end) that are all farther on one side.
 */
function overField(
  { field, toCanonical }: PlacedSkull,
  canonical: Grid,
  exact: number,
  tell: (distance: number, p: number, end: number) => void,
): void {
  const { m, t } = indexMap(canonical, field.grid, invertRigid(toCanonical));
  const [nx, ny, nz] = canonical.size;
  const [sx, sy, sz] = field.grid.size;
  const plane = sx * sy;
  const { data, blocks } = field;
  const apart = blocksApart(blocks);
  const [bx, by] = blocks.count;
  const unit = field.band / 127;
  // The field changes by at most one mm a mm, so a large value lets the row jump ahead.
  const skip = 0.9 / canonical.spacing[0];
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const x0 = m[1] * j + m[2] * k + t[0];
      const y0 = m[4] * j + m[5] * k + t[1];
      const z0 = m[7] * j + m[8] * k + t[2];
      const row = nx * (j + ny * k);
      const [first, last] = insideStretch([x0, y0, z0], [m[0], m[3], m[6]], [sx, sy, sz], nx);
      for (let i = first; i <= last;) {
        const x = x0 + m[0] * i;
        const y = y0 + m[3] * i;
        const z = z0 + m[6] * i;
        // Inside the volume, cutting off is rounding down, and what lies before the first centre belongs to it.
        const xi = Math.min(sx - 2, x | 0);
        const yi = Math.min(sy - 2, y | 0);
        const zi = Math.min(sz - 2, z | 0);
        const p = xi + sx * yi + plane * zi;
        const b = (xi >> 2) + bx * ((yi >> 2) + by * (zi >> 2));
        if (apart[b] > 0) {
          // Nothing is near in the blocks around either: the row goes on until it leaves them.
          const reach = apart[b] - 1;
          const step = Math.min(
            stepsWithin(x, m[0], xi >> 2, reach),
            stepsWithin(y, m[3], yi >> 2, reach),
            stepsWithin(z, m[6], zi >> 2, reach),
          );
          tell(blocks.side[b] * field.band, row + i, row + Math.min(last + 1, i + step));
          i += step;
          continue;
        }
        const fx = x - xi;
        const fy = y - yi;
        const fz = z - zi;
        const a = data[p] + fx * (data[p + 1] - data[p]);
        const c0 = data[p + sx] + fx * (data[p + sx + 1] - data[p + sx]);
        const q = p + plane;
        const c = data[q] + fx * (data[q + 1] - data[q]);
        const d = data[q + sx] + fx * (data[q + sx + 1] - data[q + sx]);
        const low = a + fy * (c0 - a);
        const distance = unit * (low + fz * (c + fy * (d - c) - low));
        const step = Math.max(1, Math.floor((Math.abs(distance) - exact) * skip));
        tell(distance, row + i, row + Math.min(last + 1, i + step));
        i += step;
      }
    }
  }
}

/** How many steps of `slope` voxels stay within so many blocks around the one at `blockAt`, along one axis; 1 at least. */
function stepsWithin(at: number, slope: number, blockAt: number, reach: number): number {
  if (slope === 0) return Infinity;
  // The voxel after a position has a part in its value.
  const end = slope > 0 ? block * (blockAt + reach + 1) - 1 : block * (blockAt - reach);
  return Math.max(1, Math.floor((end - at) / slope));
}

/**
 * A native signed distance as a function of the canonical position, all in mm; what lies outside the
 * native volume is as far from bone as the field can tell.
 *
 * @param toCanonical patient LPS mm → canonical mm
 */
export function distanceAt(
  field: SignedDistanceField,
  toCanonical: RigidTransform,
): (x: number, y: number, z: number) => number {
  const { data, grid, band } = field;
  const { m, t } = indexMap(canonicalGrid(1, 1), grid, invertRigid(toCanonical));
  const [nx, ny, nz] = grid.size;
  return (x, y, z) => {
    // The grid of 1 mm has its first centre at half a millimetre.
    const [a, b, c] = [x - 0.5, y - 0.5, z - 0.5];
    const i = m[0] * a + m[1] * b + m[2] * c + t[0];
    const j = m[3] * a + m[4] * b + m[5] * c + t[1];
    const k = m[6] * a + m[7] * b + m[8] * c + t[2];
    const outside =
      i < -0.5 || j < -0.5 || k < -0.5 || i > nx - 0.5 || j > ny - 0.5 || k > nz - 0.5;
    return outside ? band : (interpolate(data, grid.size, i, j, k) * band) / 127;
  };
}

/** First and last i of a row whose image lies inside a volume of `size` voxels; first > last if none does. */
function insideStretch(
  start: readonly number[],
  step: readonly number[],
  size: readonly number[],
  n: number,
): [number, number] {
  let low = 0;
  let high = n - 1;
  for (let a = 0; a < 3; a++) {
    const min = -0.5;
    const max = size[a] - 0.5;
    if (Math.abs(step[a]) < 1e-9) {
      if (start[a] < min || start[a] > max) return [0, -1];
      continue;
    }
    const u = (min - start[a]) / step[a];
    const v = (max - start[a]) / step[a];
    low = Math.max(low, Math.ceil(Math.min(u, v)));
    high = Math.min(high, Math.floor(Math.max(u, v)));
  }
  return [low, high];
}

/**
 * Probability on a canonical region → mask on the native grid: voxels where the interpolated
 * probability reaches `threshold` and there is no bone.
 *
 * @param toCanonical patient LPS mm → canonical mm
 * @param skull defective skull, whose grid is the native one
 * @param room box of the native grid, or of its continuation, beyond which the mask does not go
 * @returns the part of that box in which the region lies
 */
export function restoreToNative(
  field: RegionField,
  toCanonical: RigidTransform,
  skull: Mask,
  threshold = 0.5,
  room = wholeBox(skull.grid),
): MaskPart {
  const native = boxGrid(skull.grid, room);
  const { m, t } = indexMap(native, field.grid, toCanonical);
  const { size } = field.grid;
  const image = imageOf(field.grid, native, invertRigid(toCanonical));
  const out = emptyMask(boxGrid(native, image));
  const [ox, oy] = out.grid.size;
  const [sx, sy, sz] = skull.grid.size;
  const [x0, y0, z0] = room.low;
  const { data } = field;
  const [mx, my, mz] = [m[0], m[3], m[6]];
  const step = [mx, my, mz];
  for (let k = image.low[2]; k < image.high[2]; k++) {
    for (let j = image.low[1]; j < image.high[1]; j++) {
      const px = m[1] * j + m[2] * k + t[0];
      const py = m[4] * j + m[5] * k + t[1];
      const pz = m[7] * j + m[8] * k + t[2];
      const [first, last] = insideStretch([px, py, pz], step, size, native.size[0]);
      const row = ox * (j - image.low[1] + oy * (k - image.low[2])) - image.low[0];
      const [y, z] = [j + y0, k + z0];
      const holdsBone = y >= 0 && z >= 0 && y < sy && z < sz;
      const bone = sx * (y + sy * z);
      for (let i = first; i <= last; i++) {
        const x = i + x0;
        if (holdsBone && x >= 0 && x < sx && skull.data[bone + x]) continue;
        const value = interpolate(data, size, px + mx * i, py + my * i, pz + mz * i);
        if (value >= threshold) out.data[row + i] = 1;
      }
    }
  }
  const low = [0, 1, 2].map((a) => room.low[a] + image.low[a]) as unknown as Vec3;
  return { mask: out, low };
}

/** The box of voxels of `to` that can hold the image of `from`. */
function imageOf(from: Grid, to: Grid, transform: RigidTransform): Box {
  const { m, t } = indexMap(from, to, transform);
  const range = [0, 1, 2].map((row): [number, number] => {
    let [least, most] = [t[row], t[row]];
    for (let a = 0; a < 3; a++) {
      // Half a voxel beyond the outermost centres belongs to the volume.
      const ends = [-0.5, from.size[a] - 0.5].map((i) => m[3 * row + a] * i);
      least += Math.min(...ends);
      most += Math.max(...ends);
    }
    return [
      Math.min(to.size[row], Math.max(0, Math.floor(least))),
      Math.min(to.size[row], Math.max(0, Math.ceil(most) + 1)),
    ];
  });
  const pick = (end: 0 | 1): Vec3 => [range[0][end], range[1][end], range[2][end]];
  return { low: pick(0), high: pick(1) };
}

/** Mean of the f × f × f block of fine voxels under each coarse voxel, f = ratio of the spacings. */
export function blockMean(volume: Mask, factor: number): Volume<Float32Array> {
  const { grid, data } = volume;
  const size = grid.size.map((n) => n / factor) as [number, number, number];
  const [cx, cy] = size;
  const [nx, ny, nz] = grid.size;
  const out = new Float32Array(size[0] * size[1] * size[2]);
  for (let k = 0; k < nz; k++) {
    const ck = Math.floor(k / factor);
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      const target = cx * (Math.floor(j / factor) + cy * ck);
      for (let i = 0, c = 0; i < nx; c++) {
        let sum = 0;
        for (const end = i + factor; i < end; i++) sum += data[row + i];
        if (sum) out[target + c] += sum;
      }
    }
  }
  const share = 1 / factor ** 3;
  for (let i = 0; i < out.length; i++) out[i] *= share;
  const spacing = grid.spacing.map((s) => s * factor) as [number, number, number];
  return {
    grid: {
      ...grid,
      size,
      spacing,
      origin: [0, 1, 2].map((a) => grid.origin[a] + ((factor - 1) / 2) * grid.spacing[a]) as [
        number,
        number,
        number,
      ],
    },
    data: out,
  };
}
