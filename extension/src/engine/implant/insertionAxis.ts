import { CranioplastyError } from '../space/errors.ts';
import type { Vec3 } from '../space/grid.ts';
import { unit, cross } from './axisFields.ts';
import { surely } from './body.ts';
import type { DesignContext } from './context.ts';
import type { ImplantParameters } from './parameters.ts';
import { workingSpacing } from './workingGrid.ts';

/** The automatic axis is looked for this far around the mean outward normal, degrees. */
const cone = 45;
/** Rings of the coarse search, and the steps of the refinement, degrees. */
const ring = 9;
const refinements = [4.5, 2.25, 1.1, 0.55];
/** Voxels of the body of which it is asked whether bone blocks them, about. */
const samples = 4000;
/** Blocked by less than this counts in part, mm: noise of the surface is no undercut. */
const soft = 0.3;
/**
 * Among axes without undercut the one nearest to the normal is taken: leaning by 1 − cosine costs this share of the
 * body's volume.
 */
const leaning = 0.002;

/** Angle of two unit directions, degrees. */
export function angleBetween(a: Vec3, b: Vec3): number {
  const dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return (Math.acos(Math.min(1, Math.max(-1, dot))) * 180) / Math.PI;
}

/**
 * The direction in which the implant is taken out of the defect, unit, patient LPS: as given, or that with the
 * least undercut.
 *
 * @throws CranioplastyError `bad-axis` for one that points inward or along the skull
 */
export function insertionAxis(context: DesignContext, parameters: ImplantParameters): Vec3 {
  if (parameters.axis !== 'automatic') {
    const axis = unit(parameters.axis);
    const angle = angleBetween(axis, context.outward);
    if (angle > 80) {
      throw new CranioplastyError(
        'bad-axis',
        angle > 100
          ? 'The insertion axis points into the head: turn it round, it is the way out of the defect.'
          : 'The insertion axis runs along the skull: choose one nearer to the normal of the defect.',
      );
    }
    return axis;
  }
  const blocked = blockedShare(context, parameters);
  let best = context.outward;
  let least = blocked(best, Infinity);
  const offer = (axis: Vec3): boolean => {
    if (angleBetween(axis, context.outward) > cone) return false;
    const lean = leaning * (1 - dot(axis, context.outward));
    const value = lean + blocked(axis, least - lean);
    if (value >= least) return false;
    [best, least] = [axis, value];
    return true;
  };
  for (let tilt = ring; tilt <= cone; tilt += ring) {
    const count = Math.round((6 * tilt) / ring);
    for (let n = 0; n < count; n++)
      offer(tilted(context.outward, tilt, (360 * (n + 0.5 * (tilt / ring))) / count));
  }
  for (const step of refinements)
    for (let round = 0, moved = true; moved && round < 6; round++) {
      const from = best;
      moved = false;
      for (let n = 0; n < 8; n++) if (offer(tilted(from, step, 45 * n))) moved = true;
    }
  return best;
}

const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** A direction turned away from another by `tilt` towards `heading`, degrees. */
function tilted(from: Vec3, tilt: number, heading: number): Vec3 {
  const [t, a] = [(tilt * Math.PI) / 180, (heading * Math.PI) / 180];
  const other: Vec3 = Math.abs(from[0]) < 0.8 ? [1, 0, 0] : [0, 1, 0];
  const u = unit(cross(from, other));
  const v = cross(from, u);
  const [c, s, x, y] = [Math.cos(t), Math.sin(t), Math.cos(a), Math.sin(a)];
  return unit([0, 1, 2].map((d) => c * from[d] + s * (x * u[d] + y * v[d])) as unknown as Vec3);
}

/** Share of the body's volume that bone would block on the way out along an axis; it need not be told beyond `enough`. */
function blockedShare(
  context: DesignContext,
  parameters: ImplantParameters,
): (axis: Vec3, enough: number) => number {
  const { working } = context;
  const { clearance } = parameters;
  const room = roomAround(context, clearance);
  const { size, axes } = working.grid;
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const points = bodyPoints(context, parameters);
  const count = Math.max(1, points.length / 3);
  return (axis, enough) => {
    const [dx, dy, dz] = axes.map((own) => dot(own, axis));
    let sum = 0;
    for (let n = 0; n < points.length && sum <= enough * count; n += 3) {
      let [x, y, z] = [points[n], points[n + 1], points[n + 2]];
      let least = Infinity;
      for (let steps = 0; steps < 60; steps++) {
        const [xi, yi, zi] = [Math.floor(x), Math.floor(y), Math.floor(z)];
        if (xi < 0 || yi < 0 || zi < 0 || xi > nx - 2 || yi > ny - 2 || zi > nz - 2) break;
        const p = xi + nx * yi + plane * zi;
        const [fx, fy, fz] = [x - xi, y - yi, z - zi];
        const a = room[p] + fx * (room[p + 1] - room[p]);
        const b = room[p + nx] + fx * (room[p + nx + 1] - room[p + nx]);
        const q = p + plane;
        const c = room[q] + fx * (room[q + 1] - room[q]);
        const d = room[q + nx] + fx * (room[q + nx + 1] - room[q + nx]);
        const low = a + fy * (b - a);
        const here = low + fz * (c + fy * (d - c) - low);
        if (here < least) least = here;
        if (least < -soft) break;
        // The distance tells how far the way is surely free.
        const step = Math.max(0.7, (0.9 * here) / workingSpacing);
        x += step * dx;
        y += step * dy;
        z += step * dz;
      }
      if (least < 0) sum += Math.min(1, -least / soft);
    }
    return sum / count;
  };
}

/** Room (mm) that the implant has beyond what it must keep from bone, as `makeBody` takes it. */
function roomAround({ bone, wall, depth }: DesignContext, clearance: number): Float32Array {
  const out = new Float32Array(bone.length);
  for (let p = 0; p < out.length; p++) {
    const [sure, asked] = [bone[p] - clearance * surely, wall[p] - clearance];
    out[p] = depth[p] > -workingSpacing && asked < sure ? asked : sure;
  }
  return out;
}

/** Voxels of the body before anything is taken away, x, y, z of each. */
function bodyPoints(
  { working, wall, depth, height }: DesignContext,
  parameters: ImplantParameters,
): Float32Array {
  const { grid, from, to } = working;
  const [nx, ny, nz] = grid.size;
  const { clearance, outerOffset, keepOffDura } = parameters;
  const thickness = parameters.thickness === 'bone' ? Infinity : parameters.thickness;
  const inBone = keepOffDura || thickness === Infinity;
  const inside = (p: number): boolean => {
    const below = depth[p] + outerOffset;
    return below >= 0 && below <= thickness && wall[p] >= clearance && (!inBone || height[p] >= 0);
  };
  const collect = (stride: number): number[] => {
    const found: number[] = [];
    for (let k = 0; k < nz; k += stride)
      for (let j = 0; j < ny; j += stride) {
        const row = j + ny * k;
        const first = Math.ceil(from[row] / stride) * stride;
        for (let i = first; i < to[row]; i += stride) if (inside(nx * row + i)) found.push(i, j, k);
      }
    return found;
  };
  const coarse = collect(4);
  const stride = Math.max(1, Math.round(4 * Math.cbrt(coarse.length / 3 / samples)));
  return Float32Array.from(stride === 4 ? coarse : collect(stride));
}
