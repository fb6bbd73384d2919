import { labelComponents } from '../space/components.ts';
import { boundingBox, cropData, growBox } from '../space/crop.ts';
import { distanceTransform } from '../space/distance.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { indexToPatient } from '../space/grid.ts';
import { atLeast } from '../space/voxels.ts';
import type { AxisFields } from './axisFields.ts';
import type { ImplantParameters } from './parameters.ts';

/** The body of an implant as a field: about the distance from its surface, positive inside, mm. */
export interface Body {
  readonly grid: Grid;
  readonly data: Float32Array;
  /** Below its outer and above its inner face, whichever is nearer, mm; negative beyond. */
  readonly faces: Float32Array;
  /** How much farther from bone its side wall stays because it is lowered in along the axis, mm. */
  readonly held: Float32Array;
  /** ml. */
  readonly volume: number;
  readonly undercut: Undercut;
}

/** What undercut removal took away. */
export interface Undercut {
  /** ml. */
  readonly volume: number;
  /** Where most of it was, patient LPS mm; absent if there was none. */
  readonly place?: Vec3;
}

/** This share of the clearance is kept from every voxel of bone, all of it from the smooth wall through them. */
export const surely = 0.8;

/** So much is added to the printer's thinnest wall where the patch is thinner: noise of the surfaces, mm. */
const thinnestMargin = 0.4;

/** The clearance (mm) at a voxel. */
export function clearanceAt(p: number, caudal: Float32Array | undefined, given: ImplantParameters) {
  const { clearance, temporalClearance } = given;
  return caudal ? clearance + caudal[p] * (temporalClearance - clearance) : clearance;
}

/**
 * The body between the outer surface and the thickness below it, as far from bone as the clearance asks,
 * without what bone would block on its way along the axis. Null if nothing is left.
 */
export function makeBody(fields: AxisFields, parameters: ImplantParameters): Body | null {
  const { grid, bone, wall, depth, height, caudal } = fields;
  const { outerOffset, keepOffDura } = parameters;
  const thickness = parameters.thickness === 'bone' ? Infinity : parameters.thickness;
  const inBone = keepOffDura || thickness === Infinity;
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const data = new Float32Array(bone.length);
  const faces = new Float32Array(bone.length);
  const held = new Float32Array(bone.length);
  const [h] = grid.spacing;
  // A wall thinner than both roundings would vanish.
  const radius = Math.min(parameters.edgeRadius, thickness / 2);
  const least = parameters.leastWall + thinnestMargin;
  const lean = Math.tan((parameters.edgeTaper * Math.PI) / 180);
  // Least room between bone and each voxel on its way out, carried down from layer to layer.
  const free = new Float32Array(plane).fill(Infinity);
  const taken = new Float32Array(plane);
  const deepest = new Float32Array(plane);
  let removed = 0;
  for (let k = nz - 1; k >= 0; k--)
    for (let c = 0, p = plane * k; c < plane; c++, p++) {
      const clearance = clearanceAt(p, caudal, parameters);
      let room = bone[p] - clearance * surely;
      // Under the outer surface the smooth wall tells better where bone is than its voxels.
      if (depth[p] > -h && wall[p] - clearance < room) room = wall[p] - clearance;
      if (room < free[c]) free[c] = room;
      const below = depth[p] + outerOffset;
      let above = thickness - below;
      // Where the patch is thinner than can be printed, the implant is as thin as can be.
      if (inBone && height[p] < above)
        above =
          height[p] > -least ? Math.min(above, Math.max(height[p], least - below)) : height[p];
      faces[p] = below < above ? below : above;
      // Only what is far outside the body may be skipped: next to it the values tell where it ends.
      if (below < -h || above < -h) {
        data[p] = Math.max(-2 * h, faces[p]);
        continue;
      }
      let beside = Math.min(wall[p] - clearance, bone[p] - clearance * surely);
      if (lean > 0) {
        const half = Math.max(0, (below + above) / 2 - below);
        beside = Math.min(beside, (beside - lean * half) / Math.hypot(1, lean));
      }
      const whole = rounded(below, above, beside, radius);
      held[p] = Math.max(0, beside - free[c]);
      const rest = free[c] < beside ? rounded(below, above, free[c], radius) : whole;
      data[p] = rest;
      if (rest < whole) {
        const lost = share(whole / h) - share(rest / h);
        removed += lost;
        taken[c] += lost;
        deepest[c] = k;
      }
    }
  removeSpurs(data, grid);
  removeFins(data, grid, parameters.leastWall / 2);
  if (!keepLargest(data, grid)) return null;
  const voxel = h ** 3 / 1000;
  return {
    grid,
    data,
    faces,
    held,
    volume: volumeInside(data, h),
    undercut: { volume: removed * voxel, place: worstColumn(taken, deepest, grid) },
  };
}

/** Share of a voxel that lies inside, by its distance from the surface in voxels. */
const share = (distance: number): number => Math.min(1, Math.max(0, 0.5 + distance));

/** Distance from the surface of what is below, above and beside three surfaces, its edges rounded. */
function rounded(below: number, above: number, beside: number, radius: number): number {
  const sheet = below < above ? below : above;
  if (beside >= radius || sheet >= radius) return sheet < beside ? sheet : beside;
  const [u, v] = [radius - sheet, radius - beside];
  return radius - Math.sqrt(u * u + v * v);
}

function volumeInside(data: Float32Array, h: number): number {
  let sum = 0;
  for (let p = 0; p < data.length; p++) if (data[p] > -h / 2) sum += share(data[p] / h);
  return (sum * h ** 3) / 1000;
}

/**
 * Takes away what is thinner than a printer can make, in place: an opening by a ball, after which edges and corners
 * that the ball does not fill still stand.
 */
function removeFins(data: Float32Array, grid: Grid, radius: number): void {
  const core = atLeast(data, radius);
  const box = boundingBox([core], grid.size);
  if (!box) {
    data.fill(-1);
    return;
  }
  const [h] = grid.spacing;
  const around = growBox(box, 3 * radius + 2 * h, grid.size, grid.spacing);
  const part = cropData(core, grid.size, around);
  const away = distanceTransform(part.data, part.size, grid.spacing);
  const stands = 2.4 * radius;
  const [nx, ny, nz] = grid.size;
  const { low, high } = around;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const out = k < low[2] || k >= high[2] || j < low[1] || j >= high[1];
      const row = part.size[0] * (j - low[1] + part.size[1] * (k - low[2])) - low[0];
      for (let i = 0; i < nx; i++, p++) {
        if (data[p] < -h) continue;
        const left = out || i < low[0] || i >= high[0] ? -1 : stands - away[row + i];
        if (left < data[p]) data[p] = left;
      }
    }
}

/** Half the width of the narrowest tongue of an implant, seen along its axis, mm. */
const narrowest = 2;

/** Takes away tongues that would break, in place: an opening of the outline by a disc, and no part that hung on one. */
function removeSpurs(data: Float32Array, { size, spacing }: Grid): void {
  const [nx, ny] = size;
  const plane = nx * ny;
  const outside = new Uint8Array(plane).fill(1);
  for (let p = 0; p < data.length; p++) if (data[p] >= 0) outside[p % plane] = 0;
  const flat: Vec3 = [nx, ny, 1];
  const core = atLeast(distanceTransform(outside, flat, spacing), narrowest);
  const { start, length, label, sizes } = labelComponents(core, flat);
  // What is narrow all over is meant to be.
  if (sizes.length === 0) return;
  for (let r = 0; r < start.length; r++)
    if (label[r] > 0) core.fill(0, start[r], start[r] + length[r]);
  const away = distanceTransform(core, flat, spacing);
  for (let p = 0; p < data.length; p++) {
    const left = 1.5 * narrowest - away[p % plane];
    if (left < data[p]) data[p] = Math.max(left, -1);
  }
}

/** Takes away all but the largest piece, in place; tells whether there is one. */
function keepLargest(data: Float32Array, { size }: Grid): boolean {
  const { start, length, label, sizes } = labelComponents(atLeast(data, 0), size, 1, 26);
  for (let r = 0; r < start.length; r++)
    if (label[r] > 0) data.fill(-0.1, start[r], start[r] + length[r]);
  return sizes.length > 0;
}

/** The place where most was taken away. */
function worstColumn(taken: Float32Array, deepest: Float32Array, grid: Grid): Vec3 | undefined {
  const [nx] = grid.size;
  let most = 0;
  let at = -1;
  for (let c = 0; c < taken.length; c++) if (taken[c] > most) [most, at] = [taken[c], c];
  if (at < 0 || most < 0.5) return undefined;
  const k = deepest[at] + most / 2;
  return indexToPatient(grid, [at % nx, Math.floor(at / nx), k]);
}
