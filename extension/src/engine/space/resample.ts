import { indexMap, insideStretch } from './band/indexMap.ts';
import { overField } from './band/overField.ts';
import type { RegionField } from './canonical.ts';
import { canonicalGrid } from './canonical.ts';
import type { Box, MaskPart } from './crop.ts';
import { boxGrid, wholeBox } from './crop.ts';
import type { Grid, Vec3 } from './grid.ts';
import { voxelCount } from './grid.ts';
import { interpolate } from './interpolate.ts';
import type { SignedDistanceField } from './signedDistance.ts';
import { fromCentreToSurface } from './signedDistance.ts';
import type { RigidTransform } from './transform.ts';
import { invertRigid } from './transform.ts';
import type { Mask, Volume } from './volume.ts';
import { emptyMask } from './volume.ts';

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
  fillBone(skull, canonical, wholeBox(canonical), out.data);
  return out;
}

/** Sets the voxels of bone in a box of a canonical grid; the others stay. */
function fillBone({ field, toCanonical }: PlacedSkull, grid: Grid, box: Box, out: Uint8Array) {
  const distance = new Float64Array(1);
  overField(field, toCanonical, grid, box, 0, distance, (p, end) => {
    // Most runs are short: filling them as arrays do costs more.
    if (distance[0] < 0) for (; p < end; p++) out[p] = 1;
  });
}

/**
 * A skull on the canonical grid, made where it is asked for: at 0.4 mm the whole grid has a hundred and thirty million
 * voxels, and nobody needs them all at once.
 */
export class CanonicalSkull {
  constructor(
    private readonly placed: PlacedSkull,
    readonly grid: Grid,
  ) {}

  /** The voxels of a box. */
  part(box: Box): Uint8Array {
    const [nx, ny, nz] = [0, 1, 2].map((a) => box.high[a] - box.low[a]);
    const out = new Uint8Array(nx * ny * nz);
    fillBone(this.placed, this.grid, box, out);
    return out;
  }

  /** All voxels of slice k. */
  slice(k: number): Uint8Array {
    const [nx, ny] = this.grid.size;
    return this.part({ low: [0, 0, k], high: [nx, ny, k + 1] });
  }

  /** Mean of the f × f × f voxels under each coarse voxel. */
  blockMean(factor: number): Volume<Float32Array> {
    const coarse = coarserGrid(this.grid, factor);
    const data = new Float32Array(voxelCount(coarse));
    fillBlockMean(this.placed, this.grid, factor, { from: 0, to: coarse.size[2] }, data);
    return { grid: coarse, data };
  }

  /** Whether the voxel around a position is bone, canonical mm. */
  boneLookup(): (x: number, y: number, z: number) => boolean {
    const { field, toCanonical } = this.placed;
    const { size, spacing, origin } = this.grid;
    const { m, t } = indexMap(this.grid, field.grid, invertRigid(toCanonical));
    const [h] = spacing;
    const [sx, sy, sz] = field.grid.size;
    return (x, y, z) => {
      const i = Math.round((x - origin[0]) / h);
      const j = Math.round((y - origin[1]) / h);
      const k = Math.round((z - origin[2]) / h);
      if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return false;
      const u = m[1] * j + m[2] * k + t[0] + m[0] * i;
      const v = m[4] * j + m[5] * k + t[1] + m[3] * i;
      const w = m[7] * j + m[8] * k + t[2] + m[6] * i;
      if (u < -0.5 || v < -0.5 || w < -0.5) return false;
      if (u > sx - 0.5 || v > sy - 0.5 || w > sz - 0.5) return false;
      return interpolate(field.data, field.grid.size, u, v, w) < 0;
    };
  }
}

/**
 * The skull's occupancy on a part of the canonical grid, soft over one of its voxels: what a scan says
 * about the surface finer than a voxel.
 */
export function resampleOccupancy(
  { field, toCanonical }: PlacedSkull,
  part: Grid,
  out: Float32Array,
): void {
  const soften = softener(field, part.spacing[0]);
  out.fill(0);
  const distance = new Float64Array(1);
  const exact = 2 * part.spacing[0];
  overField(field, toCanonical, part, wholeBox(part), exact, distance, (p, end) => {
    const occupancy = soften(distance[0]);
    if (occupancy > 0) for (; p < end; p++) out[p] = occupancy;
  });
}

/** Fills [from, to) with what is at a position (canonical mm, x, y and z come first), and then every step farther. */
export type AlongRow = (
  start: Float64Array,
  step: Float64Array,
  out: Float32Array,
  from: number,
  to: number,
) => void;

/** The same along any straight row. */
export function occupancyAlong({ field, toCanonical }: PlacedSkull, spacing: number): AlongRow {
  const { data, grid, band, blocks, apart } = field;
  const soften = softener(field, spacing);
  const { m, t } = indexMap(canonicalGrid(1, 1), grid, invertRigid(toCanonical));
  const [nx, ny, nz] = grid.size;
  const [bx, by] = blocks.count;
  const [farOut, deepIn] = [127, -127].map((v) => soften((v * band) / 127));
  return (start, step, out, from, to) => {
    let x = start[0];
    let y = start[1];
    let z = start[2];
    for (let p = from; p < to; p++) {
      // The grid of 1 mm has its first centre at half a millimetre.
      const a = x - 0.5;
      const b = y - 0.5;
      const c = z - 0.5;
      x += step[0];
      y += step[1];
      z += step[2];
      const i = m[0] * a + m[1] * b + m[2] * c + t[0];
      const j = m[3] * a + m[4] * b + m[5] * c + t[1];
      const k = m[6] * a + m[7] * b + m[8] * c + t[2];
      if (i < -0.5 || j < -0.5 || k < -0.5 || i > nx - 0.5 || j > ny - 0.5 || k > nz - 0.5) {
        out[p] = farOut;
        continue;
      }
      const at = (i >> 2) + bx * ((j >> 2) + by * (k >> 2));
      if (i >= 0 && j >= 0 && k >= 0 && apart[at] > 1) {
        out[p] = blocks.side[at] > 0 ? farOut : deepIn;
        continue;
      }
      out[p] = soften((interpolate(data, grid.size, i, j, k) * band) / 127);
    }
  };
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
export function blockMean({ grid, data }: Mask, factor: number): Volume<Float32Array> {
  const plane = grid.size[0] * grid.size[1];
  const coarse = coarserGrid(grid, factor);
  const out = new Float32Array(voxelCount(coarse));
  for (let k = 0; k < coarse.size[2]; k++)
    addLayer(data.subarray(plane * factor * k, plane * factor * (k + 1)), grid, factor, k, out);
  return { grid: coarse, data: out };
}

/**
 * The same of a placed skull on a canonical grid, for some layers of the coarse grid; the others stay.
 * @param out the whole coarse grid
 */
export function fillBlockMean(
  skull: PlacedSkull,
  canonical: Grid,
  factor: number,
  layers: { readonly from: number; readonly to: number },
  out: Float32Array,
): void {
  const [nx, ny] = canonical.size;
  const slab = new Uint8Array(nx * ny * factor);
  for (let k = layers.from; k < layers.to; k++) {
    slab.fill(0);
    const box: Box = { low: [0, 0, factor * k], high: [nx, ny, factor * (k + 1)] };
    fillBone(skull, canonical, box, slab);
    addLayer(slab, canonical, factor, k, out);
  }
}

/** The grid of voxels that have so many of another grid's along each axis. */
export function coarserGrid(grid: Grid, factor: number): Grid {
  const scale = (values: Vec3, by: (v: number, a: number) => number): Vec3 =>
    values.map(by) as unknown as Vec3;
  return {
    ...grid,
    size: scale(grid.size, (n) => n / factor),
    spacing: scale(grid.spacing, (s) => s * factor),
    origin: scale(grid.origin, (o, a) => o + ((factor - 1) / 2) * grid.spacing[a]),
  };
}

/** Coarse layer k from the `factor` fine slices under it. */
function addLayer(
  slices: Uint8Array,
  { size: [nx, ny] }: Grid,
  factor: number,
  k: number,
  out: Float32Array,
): void {
  const [cx, cy] = [nx / factor, ny / factor];
  const layer = out.subarray(cx * cy * k, cx * cy * (k + 1)).fill(0);
  // Run by run: most of a slab is empty.
  for (let p = slices.indexOf(1); p >= 0; p = slices.indexOf(1, p)) {
    const row = Math.floor(p / nx);
    const target = cx * Math.floor((row % ny) / factor);
    const first = nx * row;
    for (const end = first + nx; p < end && slices[p] === 1; p++)
      layer[target + Math.floor((p - first) / factor)]++;
  }
  const share = 1 / factor ** 3;
  for (let i = 0; i < layer.length; i++) layer[i] *= share;
}
