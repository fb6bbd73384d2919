import type { Grid, Vec3 } from '../space/grid.ts';
import { cross, indexToPatient, patientToIndex } from '../space/grid.ts';
import type { RigidTransform } from '../space/transform.ts';
import { applyRigid } from '../space/transform.ts';
import type { DesignContext } from './context.ts';
import { workingSpacing } from '../fields/workingGrid.ts';

/**
 * The context's distances on a grid whose third axis is the insertion axis, mm. Outside what is known nothing is near.
 */
export interface AxisFields {
  readonly grid: Grid;
  /** From bone, positive outside it. */
  readonly bone: Float32Array;
  /** Least of it at each voxel and at all above: what the implant meets on its way out. */
  readonly way: Float32Array;
  /** From where the patch ends, positive in it. */
  readonly wall: Float32Array;
  /** Below the outer surface of skull ∪ patch; above its inner surface. */
  readonly depth: Float32Array;
  readonly height: Float32Array;
  /** 0 in the vault to 1 at the caudal temporal edge; absent where there is none. */
  readonly caudal?: Float32Array;
}

/** Space around the patch, mm: beside it, below and above it. */
const beside = 1.5;
const below = 4.5;
const above = 5;
/** Beyond this far from all that is known, mm. */
const away = 30;

/** Resamples a context to an insertion axis (unit, patient LPS). */
export function fieldsAlong(context: DesignContext, axis: Vec3): AxisFields {
  const grid = gridAlong(context, axis);
  const [nx, ny, nz] = grid.size;
  const count = nx * ny * nz;
  const bone = new Float32Array(count).fill(away);
  const wall = new Float32Array(count).fill(away);
  const depth = new Float32Array(count).fill(-away);
  const height = new Float32Array(count).fill(-away);
  const { working } = context;
  const [sx, sy, sz] = working.grid.size;
  const plane = sx * sy;
  const start = patientToIndex(working.grid, grid.origin);
  const step = [0, 1, 2].map((a) => {
    const one = [0, 1, 2].map((b) => (a === b ? 1 : 0)) as unknown as Vec3;
    return patientToIndex(working.grid, indexToPatient(grid, one)).map((v, c) => v - start[c]);
  });
  const at = (data: Float32Array, x: number, y: number, z: number): number => {
    const xi = Math.floor(x);
    const yi = Math.floor(y);
    const zi = Math.floor(z);
    const p = xi + sx * yi + plane * zi;
    const fx = x - xi;
    const fy = y - yi;
    const fz = z - zi;
    const a = data[p] + fx * (data[p + 1] - data[p]);
    const b = data[p + sx] + fx * (data[p + sx + 1] - data[p + sx]);
    const q = p + plane;
    const c = data[q] + fx * (data[q + 1] - data[q]);
    const d = data[q + sx] + fx * (data[q + sx + 1] - data[q + sx]);
    const low = a + fy * (b - a);
    return low + fz * (c + fy * (d - c) - low);
  };
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const x0 = start[0] + j * step[1][0] + k * step[2][0];
      const y0 = start[1] + j * step[1][1] + k * step[2][1];
      const z0 = start[2] + j * step[1][2] + k * step[2][2];
      for (let i = 0; i < nx; i++, p++) {
        const x = x0 + i * step[0][0];
        const y = y0 + i * step[0][1];
        const z = z0 + i * step[0][2];
        if (!(x >= 1 && y >= 1 && z >= 1 && x < sx - 2 && y < sy - 2 && z < sz - 2)) continue;
        const row = Math.round(y) + sy * Math.round(z);
        const xi = Math.round(x);
        if (xi < working.from[row] || xi >= working.to[row]) continue;
        bone[p] = at(context.bone, x, y, z);
        depth[p] = at(context.depth, x, y, z);
        height[p] = at(context.height, x, y, z);
        wall[p] = at(context.wall, x, y, z);
      }
    }
  const { toCanonical } = context;
  const caudal = toCanonical && caudalEdge(grid, bone, toCanonical);
  return { grid, bone, way: leastAbove(bone, grid), wall, depth, height, caudal };
}

function leastAbove(bone: Float32Array, { size }: Grid): Float32Array {
  const plane = size[0] * size[1];
  const out = bone.slice();
  for (let p = out.length - plane - 1; p >= 0; p--)
    if (out[p + plane] < out[p]) out[p] = out[p + plane];
  return out;
}

/** A grid along an axis around the patch. */
function gridAlong({ piece }: DesignContext, axis: Vec3): Grid {
  const length = Math.hypot(...axis);
  const w = axis.map((v) => v / length) as unknown as Vec3;
  const least = [0, 1, 2].reduce((a, b) => (Math.abs(w[b]) < Math.abs(w[a]) ? b : a));
  const other: Vec3 = [least === 0 ? 1 : 0, least === 1 ? 1 : 0, least === 2 ? 1 : 0];
  const u = unit(cross(other, w));
  const axes: Grid['axes'] = [u, cross(w, u), w];
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  const { grid, data } = piece;
  const [nx, ny, nz] = grid.size;
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      const first = data.indexOf(1, row);
      if (first < 0 || first >= row + nx) continue;
      // The ends of a row tell how far it reaches.
      for (const i of [first - row, data.lastIndexOf(1, row + nx - 1) - row]) {
        const position = indexToPatient(grid, [i, j, k]);
        for (let a = 0; a < 3; a++) {
          const t = position[0] * axes[a][0] + position[1] * axes[a][1] + position[2] * axes[a][2];
          if (t < low[a]) low[a] = t;
          if (t > high[a]) high[a] = t;
        }
      }
    }
  const [least3, most3] = [
    [low[0] - beside, low[1] - beside, low[2] - below],
    [high[0] + beside, high[1] + beside, high[2] + above],
  ];
  const size = [0, 1, 2].map((a) => Math.ceil((most3[a] - least3[a]) / workingSpacing) + 1);
  const origin = [0, 1, 2].map((c) =>
    [0, 1, 2].reduce((sum, a) => sum + least3[a] * axes[a][c], 0),
  );
  return {
    size: size as unknown as Vec3,
    spacing: [workingSpacing, workingSpacing, workingSpacing],
    origin: origin as unknown as Vec3,
    axes,
  };
}

export function unit(v: Vec3): Vec3 {
  const length = Math.hypot(v[0], v[1], v[2]) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

/*
 * The temple in the canonical frame, mm: beside the middle of the head by this much and more, this far behind the
 * front of the box, and lower than this. Measured on the mean skull, whose squama ends about 45 mm up.
 */
const middle = 102.4;
const temple = { lateral: [45, 55], front: [25, 35], back: [110, 120], low: [40, 30] } as const;

const ramp = (v: number, [from, to]: readonly [number, number]): number =>
  Math.min(1, Math.max(0, (v - from) / (to - from)));

/** How much of each voxel's wall is the caudal temporal edge: low in the temple, with the bone below. */
function caudalEdge(
  grid: Grid,
  bone: Float32Array,
  toCanonical: RigidTransform,
): Float32Array | undefined {
  const [nx, ny, nz] = grid.size;
  const up = [0, 1, 2].map((a) => {
    const r = toCanonical.rotation;
    return r[6] * grid.axes[a][0] + r[7] * grid.axes[a][1] + r[8] * grid.axes[a][2];
  });
  const out = new Float32Array(bone.length);
  let any = false;
  const plane = nx * ny;
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++) {
      for (let i = 1, p = i + nx * (j + ny * k); i < nx - 1; i++, p++) {
        if (bone[p] > 6) continue;
        const [x, y, z] = applyRigid(toCanonical, indexToPatient(grid, [i, j, k]));
        const place =
          ramp(Math.abs(x - middle), temple.lateral) *
          ramp(y, temple.front) *
          (1 - ramp(y, temple.back)) *
          ramp(z, temple.low);
        if (place === 0) continue;
        const [gx, gy, gz] = [
          bone[p + 1] - bone[p - 1],
          bone[p + nx] - bone[p - nx],
          bone[p + plane] - bone[p - plane],
        ];
        const rise = (gx * up[0] + gy * up[1] + gz * up[2]) / (Math.hypot(gx, gy, gz) || 1);
        out[p] = place * ramp(rise, [0.3, 0.7]);
        if (out[p] > 0) any = true;
      }
    }
  return any ? out : undefined;
}
