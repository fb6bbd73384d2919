import { CranioplastyError } from '../space/errors.ts';
import type { Vec3 } from '../space/grid.ts';
import { cross, dot } from '../space/grid.ts';
import { unit } from './axisFields.ts';
import { surely } from './body.ts';
import type { DesignContext } from './context.ts';
import type { ImplantParameters } from './parameters.ts';
import { workingSpacing } from '../fields/workingGrid.ts';
import { why } from '../words/errorSentences.ts';

/** The automatic axis is looked for this far around the mean outward normal, degrees. */
const cone = 45;
/** Rings of the coarse search, and those of the refinement with the widest of them, degrees. */
const ring = 9;
const refinement = [4, 12] as const;
const rounds = 3;
/** The search ends where a round moves the axis by less, degrees. */
const settled = 0.5;
/** What leaning away from the normal costs, as a share of the volume along the wall and a multiple of 1 − cosine. */
const leaning = 0.06;
/** Points of the body of which it is asked whether bone blocks them, about: in the search, and to refine what it found. */
const samples = { coarse: 1500, fine: 6000 };
/** Farther than this inside its wall nothing of a body is blocked but by far too much, mm. */
const nearWall = 5;
/** Blocked by less than this counts in part, mm: noise of the surface is no undercut. */
const soft = 0.1;
/** Axes that are worse than the best by less than this share of what a straight wall 3° off would cost are as good. */
const asGood = 3;
/** The normal is as good as the best if it is worse by less than this share of that. */
const normalIsAsGood = 0.6;

/** The parameters that the axis depends on. */
export type AxisParameters = Pick<
  ImplantParameters,
  'axis' | 'thickness' | 'clearance' | 'outerOffset' | 'keepOffDura'
>;

/** What speaks against an axis; it need not be exact beyond `enough`. */
type Cost = (axis: Vec3, enough: number) => number;

/** Angle of two unit directions, degrees. */
export function angleBetween(a: Vec3, b: Vec3): number {
  return (Math.acos(Math.min(1, Math.max(-1, dot(a, b)))) * 180) / Math.PI;
}

/**
 * The direction in which the implant is taken out of the defect, unit, patient LPS: as given, or that with the
 * least undercut.
 *
 * @throws CranioplastyError `bad-axis` for one that points inward or along the skull
 */
export function insertionAxis(context: DesignContext, parameters: AxisParameters): Vec3 {
  if (parameters.axis !== 'automatic') {
    const axis = unit(parameters.axis);
    const angle = angleBetween(axis, context.outward);
    if (angle > 80) {
      throw new CranioplastyError(
        'bad-axis',
        angle > 100 ? why('error.axis-inward') : why('error.axis-along'),
      );
    }
    return axis;
  }
  const room = roomAround(context, parameters.clearance);
  const cost = (wanted: number): Cost => {
    const blocked = blockedShare(context, room, bodyPoints(context, parameters, wanted));
    return (axis, enough) => {
      const leans = leaning * (1 - dot(axis, context.outward));
      return leans + blocked(axis, enough - leans);
    };
  };
  const { outward } = context;
  const tolerance = undercutOff(asGood, parameters);
  const fine = cost(samples.fine);
  const straight = fine(outward, Infinity);
  // Where the wall hardly prefers another, as where it is wider inside all around, the normal is the way in.
  const enough = straight - normalIsAsGood * tolerance;
  if (enough <= 0) return outward;
  const coarse = cost(samples.coarse);
  let best = middleOfTheBest(
    [outward, ...directionsAround(outward, ring, cone)],
    coarse,
    tolerance,
  );
  for (let round = 0; round < rounds; round++) {
    const around = [best, ...directionsAround(best, ...refinement)];
    const next = middleOfTheBest(
      around.filter((axis) => angleBetween(axis, outward) <= cone),
      round === 0 ? coarse : fine,
      tolerance,
    );
    const moved = angleBetween(next, best);
    best = next;
    if (round > 0 && moved < settled) break;
  }
  return fine(best, Infinity) < enough ? best : outward;
}

/**
 * The middle of those directions that are about as good as the best of them, which steadies the result: the undercut of
 * a wall that is wider inside hardly depends on the axis, and noise would choose it.
 */
function middleOfTheBest(axes: readonly Vec3[], costOf: Cost, tolerance: number): Vec3 {
  let least = Infinity;
  const costs = axes.map((axis) => {
    const cost = costOf(axis, least + tolerance);
    least = Math.min(least, cost);
    return cost;
  });
  const sum = [0, 0, 0];
  for (const [n, axis] of axes.entries()) {
    const weight = Math.max(0, 1 - (costs[n] - least) / tolerance);
    for (let c = 0; c < 3; c++) sum[c] += weight * axis[c];
  }
  return unit(sum as unknown as Vec3);
}

/** Directions on rings around one, degrees apart and up to the widest. */
function directionsAround(from: Vec3, step: number, widest: number): Vec3[] {
  const found: Vec3[] = [];
  for (let tilt = step; tilt <= widest; tilt += step) {
    const count = Math.round((6 * tilt) / step);
    for (let n = 0; n < count; n++) found.push(tilted(from, tilt, (360 * n) / count));
  }
  return found;
}

/** Share of the volume along a round plate's straight wall that is undercut if the axis is that many degrees off it. */
function undercutOff(degrees: number, { thickness }: AxisParameters): number {
  const t = thickness === 'bone' ? 5 : thickness;
  // Undercut is t² r a, the volume along the wall 2 π r t times its width.
  return ((t / (2 * Math.PI * nearWall)) * (degrees * Math.PI)) / 180;
}

/** A direction turned away from another by `tilt` towards `heading`, degrees. */
function tilted(from: Vec3, tilt: number, heading: number): Vec3 {
  const [t, a] = [(tilt * Math.PI) / 180, (heading * Math.PI) / 180];
  const other: Vec3 = Math.abs(from[0]) < 0.8 ? [1, 0, 0] : [0, 1, 0];
  const u = unit(cross(from, other));
  const v = cross(from, u);
  const [c, s, x, y] = [Math.cos(t), Math.sin(t), Math.cos(a), Math.sin(a)];
  return unit([0, 1, 2].map((d) => c * from[d] + s * (x * u[d] + y * v[d])) as unknown as Vec3);
}

/** Share of the volume along the wall that bone would block on the way out along an axis; it need not be told beyond `enough`. */
function blockedShare({ working }: DesignContext, room: Float32Array, points: Float32Array): Cost {
  const { size, axes } = working.grid;
  const [nx, ny, nz] = size;
  const plane = nx * ny;
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

/** Points of the body before anything is taken away, x, y, z of each in working voxels. */
function bodyPoints(
  { working, bone, wall, depth, height }: DesignContext,
  parameters: AxisParameters,
  wanted: number,
): Float32Array {
  const { grid, from, to } = working;
  const [nx, ny, nz] = grid.size;
  const { clearance, outerOffset, keepOffDura } = parameters;
  const thickness = parameters.thickness === 'bone' ? Infinity : parameters.thickness;
  const inBone = keepOffDura || thickness === Infinity;
  const inside = (p: number): boolean => {
    const below = depth[p] + outerOffset;
    const beside = wall[p] - clearance;
    return (
      below >= 0 &&
      below <= thickness &&
      beside >= 0 &&
      beside < nearWall &&
      bone[p] >= clearance * surely &&
      (!inBone || height[p] >= 0)
    );
  };
  const voxels: number[] = [];
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++) {
      const row = j + ny * k;
      for (let i = from[row]; i < to[row]; i++) if (inside(nx * row + i)) voxels.push(nx * row + i);
    }
  const every = Math.max(1, voxels.length / wanted);
  const points: number[] = [];
  // Off the grid by different shares of a voxel, so that walls along it are seen as they are.
  for (let n = 0; n < voxels.length; n += every) {
    const p = voxels[Math.floor(n)];
    const i = p % nx;
    const j = Math.floor(p / nx) % ny;
    const shift = [0.755, 0.57, 0.431].map((share) => ((points.length * share) % 1) - 0.5);
    points.push(i + shift[0], j + shift[1], Math.floor(p / (nx * ny)) + shift[2]);
  }
  return Float32Array.from(points);
}
