import type { Atlas } from '../pose/atlas.ts';
import { fieldAt } from '../pose/atlas.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import type { AlongRow, PlacedSkull } from '../space/resample.ts';
import { occupancyAlong } from '../space/resample.ts';
import type { Volume } from '../space/volume.ts';
import type { Continuation } from './continuation.ts';
import type { Displacement } from './lattice.ts';
import { displacementOf, latticeSize, latticeSpacing } from './lattice.ts';
import { sampleRadial } from './radialMap.ts';

/** Largest edge of the cells in which the displacement is taken as linear, mm. */
const cellEdge = 3.2;
/** No surface is near where the distance, as interpolated between nodes of up to 3.2 mm, is this, mm. */
const noneNear = 3.9;

/**
 * A bent shape by values that change slowly, from which the occupancy of a voxel follows. Training makes the same
 * inputs of bent shapes (`defects/sample.py` of `models/training`).
 */
interface BentShape {
  readonly displacement: Displacement;
  /** How many values. */
  readonly parts: number;
  /** The values at a position displaced by `u`, mm. */
  at(x: number, y: number, z: number, u: Float64Array, out: Float64Array): void;
  /** What a cell holds in which the values stay within these bounds; NaN if a surface may cross it. */
  uniform(least: Float64Array, greatest: Float64Array): number;
  /** Occupancies, or distances, of the voxels [from, to) of a row: from these values, which change by `slope` a voxel. */
  fillRow(
    values: Float64Array,
    slope: Float64Array,
    out: Float32Array,
    from: number,
    to: number,
  ): void;
}

/**
 * Samples a bent shape at every voxel of `part`, a piece of a canonical grid: its values at the corners
 * of cells of a few voxels, and between them, where a surface may be, linearly.
 */
function sampleBent(shape: BentShape, part: Grid, out: Float32Array): void {
  const { parts } = shape;
  const h = part.spacing[0];
  const edge = Math.max(1, Math.min(8, Math.floor(cellEdge / h + 1e-6)));
  const cells = part.size.map((n) => Math.ceil(n / edge));
  const [cx, cy, cz] = cells;
  const corners = cornerValues(shape, part, edge);
  const strides = [1, cx + 1, (cx + 1) * (cy + 1)];
  const offsets = Array.from({ length: 8 }, (_, c) =>
    [0, 1, 2].reduce((sum, a) => sum + ((c >> a) & 1) * strides[a] * parts, 0),
  );
  const least = new Float64Array(parts);
  const greatest = new Float64Array(parts);
  const values = new Float64Array(parts);
  const slope = new Float64Array(parts);
  const [nx, ny, nz] = part.size;
  for (let ck = 0; ck < cz; ck++)
    for (let cj = 0; cj < cy; cj++)
      for (let ci = 0; ci < cx; ci++) {
        const first = (ci + strides[1] * cj + strides[2] * ck) * parts;
        least.fill(Infinity);
        greatest.fill(-Infinity);
        for (let c = 0; c < 8; c++)
          for (let v = 0; v < parts; v++) {
            const value = corners[first + offsets[c] + v];
            if (value < least[v]) least[v] = value;
            if (value > greatest[v]) greatest[v] = value;
          }
        const all = shape.uniform(least, greatest);
        const [i0, j0, k0] = [ci * edge, cj * edge, ck * edge];
        const [i1, j1, k1] = [
          Math.min(nx, i0 + edge),
          Math.min(ny, j0 + edge),
          Math.min(nz, k0 + edge),
        ];
        for (let k = k0; k < k1; k++)
          for (let j = j0; j < j1; j++) {
            const row = nx * (j + ny * k);
            if (!Number.isNaN(all)) {
              out.fill(all, row + i0, row + i1);
              continue;
            }
            const fy = (j - j0) / edge;
            const fz = (k - k0) / edge;
            for (let v = 0; v < parts; v++) {
              const q = first + v;
              const low = bilinear(corners, q, offsets[2], offsets[4], fy, fz);
              const high = bilinear(corners, q + parts, offsets[2], offsets[4], fy, fz);
              values[v] = low;
              slope[v] = (high - low) / edge;
            }
            shape.fillRow(values, slope, out, row + i0, row + i1);
          }
      }
}

function bilinear(
  data: Float64Array,
  p: number,
  dy: number,
  dz: number,
  fy: number,
  fz: number,
): number {
  const low = data[p] + fy * (data[p + dy] - data[p]);
  const high = data[p + dz] + fy * (data[p + dy + dz] - data[p + dz]);
  return low + fz * (high - low);
}

/** The values of a bent shape at every `edge`th voxel of a part, one more along each axis than cells. */
function cornerValues(shape: BentShape, part: Grid, edge: number): Float64Array {
  const { parts, displacement } = shape;
  const [mx, my, mz] = part.size.map((n) => Math.ceil(n / edge) + 1);
  const out = new Float64Array(mx * my * mz * parts);
  const values = new Float64Array(parts);
  const h = part.spacing[0];
  const displaced = displacementOf(displacement);
  const u = new Float64Array(3);
  for (let k = 0, p = 0; k < mz; k++)
    for (let j = 0; j < my; j++)
      for (let i = 0; i < mx; i++, p += parts) {
        const x = part.origin[0] + i * edge * h;
        const y = part.origin[1] + j * edge * h;
        const z = part.origin[2] + k * edge * h;
        displaced(x, y, z, u);
        shape.at(x, y, z, u, values);
        out.set(values, p);
      }
  return out;
}

/** The fitted mirror image of a volume over the canonical box, trilinear and constant beyond it. */
export function fittedMirror(
  volume: Volume<Float32Array>,
  continuation: Continuation,
  out: Float32Array,
): void {
  const { grid, data } = volume;
  const h = grid.spacing[0];
  const shape = mirrorShape(
    continuation,
    grid.size[0] * h,
    byPosition((x, y, z) => interpolate(data, grid.size, x / h - 0.5, y / h - 0.5, z / h - 0.5)),
  );
  sampleBent(shape, grid, out);
}

/** The same of the skull on `part` of the canonical grid `whole`, soft over one of its voxels. */
export function fittedMirrorSkull(
  skull: PlacedSkull,
  continuation: Continuation,
  whole: Grid,
  part: Grid,
  out: Float32Array,
): void {
  const width = whole.size[0] * whole.spacing[0];
  const shape = mirrorShape(continuation, width, occupancyAlong(skull, part.spacing[0]));
  sampleBent(shape, part, out);
}

/** The mirror image, with `along` the occupancy of the head and `width` that of its box, mm. */
function mirrorShape(
  { mirror, distance }: Continuation,
  width: number,
  along: AlongRow,
): BentShape {
  const node = (v: number): number => v / latticeSpacing - 0.5;
  return shapeByPosition(
    mirror,
    (x) => width - x,
    (x, y, z) => interpolate(distance.data, latticeSize, node(x), node(y), node(z)),
    along,
  );
}

/** What is at one position after the other. */
const byPosition =
  (valueAt: (x: number, y: number, z: number) => number): AlongRow =>
  (start, step, out, from, to) => {
    let x = start[0];
    let y = start[1];
    let z = start[2];
    for (let p = from; p < to; p++) {
      out[p] = valueAt(x, y, z);
      x += step[0];
      y += step[1];
      z += step[2];
    }
  };

/**
 * Values: where a bent shape takes its occupancy from (canonical mm), and how far its surface is from there.
 *
 * @param across the x of the shape for an x of the head
 * @param distanceAt mm, negative inside; only how far the surface is at least
 */
function shapeByPosition(
  displacement: Displacement,
  across: (x: number) => number,
  distanceAt: (x: number, y: number, z: number) => number,
  along: AlongRow,
): BentShape {
  return {
    displacement,
    parts: 4,
    at: (x, y, z, u, out) => {
      out[0] = across(x + u[0]);
      out[1] = y + u[1];
      out[2] = z + u[2];
      out[3] = distanceAt(out[0], out[1], out[2]);
    },
    uniform: (least, greatest) =>
      least[3] >= noneNear ? 0 : greatest[3] <= -noneNear ? 1 : Number.NaN,
    fillRow: along,
  };
}

/** Where the fitted mirror image takes its value for a position from, both canonical mm. */
export function mirroredPosition({ mirror }: Continuation): (position: Vec3) => Vec3 {
  const displaced = displacementOf(mirror);
  const u = new Float64Array(3);
  const width = latticeSize[0] * latticeSpacing;
  return ([x, y, z]) => {
    displaced(x, y, z, u);
    return [width - (x + u[0]), y + u[1], z + u[2]];
  };
}

/** Occupancy of the fitted mean skull on a part of a canonical grid, soft over one of its voxels. */
export function fittedMeanSkull(
  atlas: Atlas,
  { meanSkull }: Continuation,
  part: Grid,
  out: Float32Array,
): void {
  const { bone } = atlas;
  const shape = shapeByPosition(
    meanSkull,
    (x) => x,
    (x, y, z) => fieldAt(bone, x, y, z),
    byPosition((x, y, z) =>
      Math.min(1, Math.max(0, 0.5 - fieldAt(bone, x, y, z) / part.spacing[0])),
    ),
  );
  sampleBent(shape, part, out);
}

/** Distances from the continued skull beyond this say no more than that it is far, mm. */
export const priorReach = 4;
/** Weight from which on a cell is all the shape prior's, and up to which it is all the mean skull's. */
const settled = 0.001;

/**
 * Signed distance (mm, up to `priorReach`) of what continues the skull on a part of a canonical grid: the shape
 * prior, and the fitted mean skull beyond its domain.
 *
 * @throws RangeError if the continuation has no shape prior
 */
export function continuedDistance(
  atlas: Atlas,
  { meanSkull, shape: continued }: Continuation,
  part: Grid,
  out: Float32Array,
): void {
  if (!continued) throw new RangeError('no shape prior was fitted');
  const { bone } = atlas;
  const { grid, maps } = continued;
  const [cx, cy, cz] = grid.centre;
  const radii = new Float64Array(3);
  const clamp = (d: number): number => Math.min(priorReach, Math.max(-priorReach, d));
  // Position in the mean skull, its distance there, how far outside the outer and inside the inner surface, weight.
  const [meanAt, outside, inside, weight] = [3, 4, 5, 6];
  const shape: BentShape = {
    displacement: meanSkull,
    parts: 7,
    at: (x, y, z, u, values) => {
      const [dx, dy, dz] = [x - cx, y - cy, z - cz];
      sampleRadial(grid, maps, 3, dx, dy, dz, radii);
      const r = Math.sqrt(dx * dx + dy * dy + dz * dz);
      values[0] = x + u[0];
      values[1] = y + u[1];
      values[2] = z + u[2];
      values[meanAt] = fieldAt(bone, values[0], values[1], values[2]);
      values[outside] = r - radii[0];
      values[inside] = radii[1] - r;
      values[weight] = radii[2];
    },
    uniform: (least, greatest) => {
      const all = least[weight] >= 1 - settled;
      const none = greatest[weight] <= settled;
      const [farOut, deepIn] = all
        ? [
            Math.max(least[outside], least[inside]) >= priorReach,
            Math.max(greatest[outside], greatest[inside]) <= -priorReach,
          ]
        : none
          ? [least[meanAt] >= priorReach, greatest[meanAt] <= -priorReach]
          : [
              Math.max(least[outside], least[inside]) >= priorReach && least[meanAt] >= priorReach,
              false,
            ];
      return farOut ? priorReach : deepIn ? -priorReach : Number.NaN;
    },
    fillRow: (v, slope, row, from, to) => {
      for (let p = from; p < to; p++) {
        const w = v[weight];
        const radial = Math.max(v[outside], v[inside]);
        if (w >= 1 - settled) row[p] = clamp(radial);
        else {
          const mean = fieldAt(bone, v[0], v[1], v[2]);
          row[p] = clamp(w <= settled ? mean : w * radial + (1 - w) * mean);
        }
        for (let n = 0; n < 7; n++) v[n] += slope[n];
      }
    },
  };
  sampleBent(shape, part, out);
}

/** Occupancy of voxels of `spacing` by distances (mm), soft over one of them. */
export function occupancyOf(distance: Float32Array, spacing: number, out: Float32Array): void {
  for (let i = 0; i < distance.length; i++)
    out[i] = Math.min(1, Math.max(0, 0.5 - distance[i] / spacing));
}
