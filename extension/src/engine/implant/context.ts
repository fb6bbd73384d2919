import type { Box } from '../space/crop.ts';
import { labelComponents } from '../space/components.ts';
import { CranioplastyError } from '../space/errors.ts';
import type { Vec3 } from '../space/grid.ts';
import { assertGrid, gridDistance, indexToPatient, voxelVolume } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import type { RigidTransform } from '../space/transform.ts';
import type { Mask } from '../space/volume.ts';
import { makeVolume } from '../space/volume.ts';
import { minus, union } from '../space/voxels.ts';
import { sheetsOf } from '../fields/sheets.ts';
import type { PointDistances, SurfacePoints } from '../fields/surfacePoints.ts';
import { distanceFromPoints, surfacePoints } from '../fields/surfacePoints.ts';
import { tidyPatch } from '../fields/tidyPatch.ts';
import type { WorkingGrid } from '../fields/workingGrid.ts';
import { workingSpacing } from '../fields/workingGrid.ts';
import {
  distanceOn,
  smoothAt,
  smoothSurface,
  surroundingsOf,
  workingGridOf,
} from '../fields/workingGrid.ts';
import { why } from '../words/errorSentences.ts';

/** What an implant is designed from. */
export interface DesignRequest {
  /** Defective skull on its native grid. */
  readonly skull: Mask;
  /** On the same grid. */
  readonly patch: Mask;
  /** Which of the patch's separate pieces, from 1, the largest first; may be left out where there is one. */
  readonly piece?: number;
  /** Patient LPS mm → canonical mm: tells the caudal temporal edge. Without it the clearance is the vault's. */
  readonly toCanonical?: RigidTransform;
}

/** All that does not depend on parameters: distances around the patch on the working grid, mm. */
export interface DesignContext {
  readonly working: WorkingGrid;
  /** From bone, positive outside it. */
  readonly bone: Float32Array;
  /** From where the patch ends, positive in it; the wall between bone and patch goes on beyond both surfaces. */
  readonly wall: Float32Array;
  /** Below the outer surface of skull ∪ patch. */
  readonly depth: Float32Array;
  /** Above its inner surface. */
  readonly height: Float32Array;
  /** Mean normal of the patch's outer surface, patient LPS. */
  readonly outward: Vec3;
  /** The piece of the patch, and all of the skull, as given. */
  readonly skull: Mask;
  readonly patch: Mask;
  /** Voxels of the native grid that the patch lies in. */
  readonly patchBox: Box;
  /** The patch around itself. */
  readonly piece: Mask;
  /** Volume of crumbs that were left out beside the piece, ml. */
  readonly crumbs: number;
  /** Volume of slits between it and bone that were filled, ml. */
  readonly filled: number;
  /** Volume by which it was thickened inward where it was too thin, ml. */
  readonly thickened: number;
  readonly toCanonical?: RigidTransform;
}

/** Smaller pieces are crumbs, mm³. */
const crumb = 300;
/** Distances that are told apart, mm: from bone, and from both surfaces. */
const boneBand = 6.5;
const sheetBand = 14;
/** This far outside skull and patch an implant may reach, mm. */
const beyondClosed = 4;
/** Rims of bone stay where they are; the wall between bone and patch, and the vault, become smooth. */
const boneSmoothing = { width: 0.5, mayMove: 0.1 };
const wallSmoothing = { width: 1.8, mayMove: 0.5 };
const vaultSmoothing = { width: 1.6, mayMove: 0.5 };
/** Farther inside bone nothing is known of the surfaces, mm. */
const throughBone = -5;
/** How deep inside it is looked whether a surface belongs to bone or to the patch, mm. */
const underSurface = 1;
/** Over this depth below that it is looked how a wall runs, mm. */
const run = 1.2;
/** Deeper than this below both surfaces a wall may end at the patch's own end, mm. */
const betweenSheets = 0.5;
/** The border may be off by this share of a native voxel. */
const trusted = 0.3;
/** An implant bridges slits between patch and bone of this width, mm. */
const bridged = 1;

/**
 * Prepares the design of an implant: 1 s for a large patch, once for all parameters.
 *
 * @throws CranioplastyError `bad-geometry` for different grids, `empty-skull` for an empty skull or patch,
 *   `patch-in-pieces` if there are several and none is chosen, `patch-detached` if it touches no bone
 */
export function prepareDesign(request: DesignRequest): DesignContext {
  const { skull, toCanonical } = request;
  assertGrid(skull.grid);
  makeVolume(skull.grid, skull.data);
  if (gridDistance(skull.grid, request.patch.grid) > 0.01) {
    throw new CranioplastyError('bad-geometry', why('error.patch-grid'));
  }
  const { patch, crumbs } = choosePiece(request);
  const around = surroundingsOf(skull, patch);
  const bone = { ...around.bone, data: around.bone.data };
  // Where both claim a voxel it is bone.
  const given: Mask = { ...around.patch, data: minus(around.patch.data, bone.data) };
  assertTouches(given, bone);
  const cavity = centroid(skull);
  const { patch: piece, filled, thickened } = tidyPatch(bone, given, cavity);
  const working = workingGridOf(piece);

  const native = bone.grid;
  const boneField = distanceOn(working, bone);
  // From where bone (negative) and patch meet; their other surfaces play no part.
  const between = distanceOn(working, piece);
  for (let p = 0; p < between.length; p++)
    between[p] = Math.max(0, boneField[p]) - Math.max(0, between[p]);
  smoothSurface(boneField, working, native, boneSmoothing);
  const closedField = distanceOn(working, { grid: native, data: union(bone.data, piece.data) });
  smoothSurface(closedField, working, native, vaultSmoothing);
  const sheets = sheetsOf(closedField, surfacePoints(closedField, working), working, cavity);
  // Within bone nothing is designed; it only says how near it is.
  const outOfBone = wantedBetween(boneField, -1.5, boneBand);
  const wanted = wantedBetween(closedField, -Infinity, beyondClosed);
  for (let p = 0; p < wanted.length; p++) outOfBone[p] &= wanted[p];
  const fromBone = distanceFromPoints(
    surfacePoints(boneField, working),
    working,
    boneBand,
    outOfBone,
    boneField,
  ).distance;
  for (let p = 0; p < fromBone.length; p++) if (boneField[p] <= -1.5) fromBone[p] = -boneBand;
  // The way to the nearest surface may lead through bone.
  for (let p = 0; p < wanted.length; p++) if (boneField[p] < throughBone) wanted[p] = 0;
  const outer = distanceFromPoints(sheets.outer, working, sheetBand, wanted);
  const inner = distanceFromPoints(sheets.inner, working, sheetBand, wanted);

  continueWall(
    between,
    closedField,
    [
      { ...outer, ...sheets.outer },
      { ...inner, ...sheets.inner },
    ],
    working,
  );
  smoothSurface(between, working, native, wallSmoothing);
  const wall = distanceFromPoints(
    surfacePoints(between, working),
    working,
    boneBand,
    wanted,
    between,
  ).distance;
  const depth = outer.distance;
  const height = inner.distance;
  const inside = within(wanted, working);
  const [nx, ny] = working.grid.size;
  for (const sheet of [depth, height]) {
    negate(sheet);
    smoothAt(sheet, inside, [1, nx, nx * ny], 2);
  }
  const voxel = Math.cbrt(voxelVolume(native));
  for (const p of inside) {
    if (depth[p] < betweenSheets || height[p] < betweenSheets) continue;
    // In a slit the border runs through its middle: bone tells what there is to bridge.
    wall[p] = Math.max(wall[p], fromBone[p] - trusted * voxel);
    // Where a patch ends without bone the implant does.
    wall[p] = Math.min(wall[p], bridged - closedField[p]);
  }
  const outward = meanNormal(sheets.outer, fromBone, working);
  return {
    working,
    bone: fromBone,
    wall,
    depth,
    height,
    outward,
    skull,
    patch,
    patchBox: around.patchBox,
    piece,
    crumbs,
    filled,
    thickened,
    toCanonical,
  };
}

/** The chosen piece of the patch. */
function choosePiece({ patch, piece, skull }: DesignRequest): { patch: Mask; crumbs: number } {
  const { grid, data } = patch;
  const { start, length, label, sizes } = labelComponents(data, grid.size);
  const voxel = voxelVolume(grid);
  if (sizes.length === 0 || skull.data.indexOf(1) < 0) {
    throw new CranioplastyError(
      'empty-skull',
      why(sizes.length === 0 ? 'error.empty-patch' : 'error.empty-skull'),
    );
  }
  const large = Array.from(sizes).filter((n, rank) => rank === 0 || n * voxel >= crumb).length;
  if (piece === undefined && large > 1) {
    const volumes = Array.from(sizes.slice(0, large), (n) => ((n * voxel) / 1000).toFixed(1));
    throw new CranioplastyError(
      'patch-in-pieces',
      why('error.patch-in-pieces', { count: large, volumes: volumes.join(', ') }),
    );
  }
  const chosen = (piece ?? 1) - 1;
  if (!Number.isInteger(chosen) || chosen < 0 || chosen >= large) {
    throw new CranioplastyError(
      'bad-parameter',
      why('error.no-piece', { piece: chosen + 1, count: large }),
    );
  }
  const out = new Uint8Array(data.length);
  for (let r = 0; r < start.length; r++)
    if (label[r] === chosen) out.fill(1, start[r], start[r] + length[r]);
  const small = Array.from(sizes.slice(large)).reduce((sum, n) => sum + n, 0);
  return { patch: { grid, data: out }, crumbs: (small * voxel) / 1000 };
}

/** Checks that some voxel of a patch has bone within two voxels along an axis: a slit may lie between both. */
function assertTouches({ grid, data }: Mask, bone: Mask): void {
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  for (let k = 2; k < nz - 2; k++)
    for (let j = 2; j < ny - 2; j++) {
      for (let i = 2, p = i + nx * (j + ny * k); i < nx - 2; i++, p++) {
        if (!data[p]) continue;
        for (const stride of [1, nx, plane])
          if (
            bone.data[p - stride] ||
            bone.data[p + stride] ||
            bone.data[p - 2 * stride] ||
            bone.data[p + 2 * stride]
          )
            return;
      }
    }
  throw new CranioplastyError('patch-detached', why('error.patch-detached'));
}

/** Middle of all bone, patient LPS mm: somewhere in the head. */
function centroid({ grid, data }: Mask): Vec3 {
  const [nx, ny, nz] = grid.size;
  const sum = [0, 0, 0];
  let count = 0;
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      let inRow = 0;
      for (let i = 0; i < nx; i++)
        if (data[row + i]) {
          sum[0] += i;
          inRow++;
        }
      sum[1] += j * inRow;
      sum[2] += k * inRow;
      count += inRow;
    }
  return indexToPatient(grid, [sum[0] / count, sum[1] / count, sum[2] / count]);
}

/**
 * Beyond the surfaces of skull ∪ patch the border between bone and patch goes on as it runs under the nearest point, as
 * a straight line. So it has no corner at the rim, which smoothing would round.
 */
function continueWall(
  between: Float32Array,
  closed: Float32Array,
  sheets: readonly (PointDistances & SurfacePoints)[],
  { grid }: WorkingGrid,
): void {
  const own = between.slice();
  const valuesUnder = ({ positions, normals }: SurfacePoints, deep: number): Float32Array => {
    const under = deep / workingSpacing;
    const values = new Float32Array(positions.length / 3);
    for (let n = 0, q = 0; n < values.length; n++, q += 3)
      values[n] = interpolate(
        own,
        grid.size,
        positions[q] - under * normals[q],
        positions[q + 1] - under * normals[q + 1],
        positions[q + 2] - under * normals[q + 2],
      );
    return values;
  };
  const near = sheets.map((sheet) => valuesUnder(sheet, underSurface));
  const deep = sheets.map((sheet) => valuesUnder(sheet, underSurface + run));
  const [outer, inner] = sheets;
  for (let p = 0; p < between.length; p++) {
    // Just under a surface the voxels beyond it play in already.
    if (closed[p] < -underSurface || closed[p] >= beyondClosed) continue;
    const nearer = Math.abs(outer.distance[p]) <= Math.abs(inner.distance[p]) ? 0 : 1;
    const n = sheets[nearer].nearest[p];
    if (n < 0) continue;
    const value = near[nearer][n];
    // Steeper than 45° is noise, and so is what comes of it farther away.
    const slope = Math.max(-0.7, Math.min(0.7, (value - deep[nearer][n]) / run));
    const height = Math.max(-underSurface, Math.min(run, sheets[nearer].distance[p]));
    between[p] = value + slope * (underSurface + height);
  }
}

/** Voxels at which a field has a value in a range. */
function wantedBetween(values: Float32Array, above: number, below: number): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let p = 0; p < out.length; p++) if (values[p] > above && values[p] < below) out[p] = 1;
  return out;
}

/** The wanted voxels whose neighbours are all wanted. */
function within(wanted: Uint8Array, { grid }: WorkingGrid): Int32Array {
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const found = new Int32Array(wanted.length);
  let count = 0;
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++)
      for (let i = 1, p = i + nx * (j + ny * k); i < nx - 1; i++, p++)
        if (
          wanted[p] &&
          wanted[p - 1] &&
          wanted[p + 1] &&
          wanted[p - nx] &&
          wanted[p + nx] &&
          wanted[p - plane] &&
          wanted[p + plane]
        )
          found[count++] = p;
  return found.subarray(0, count);
}

function negate(values: Float32Array): void {
  for (let p = 0; p < values.length; p++) values[p] = -values[p];
}

/** Mean normal of those outer points that are the patch's. */
function meanNormal(
  { positions, normals }: ReturnType<typeof sheetsOf>['outer'],
  fromBone: Float32Array,
  { grid }: WorkingGrid,
): Vec3 {
  const [nx, ny] = grid.size;
  const sum = [0, 0, 0];
  for (let q = 0; q < positions.length; q += 3) {
    const [i, j, k] = [0, 1, 2].map((a) => Math.round(positions[q + a]));
    if (fromBone[i + nx * (j + ny * k)] < 0.5) continue;
    for (let a = 0; a < 3; a++) sum[a] += normals[q + a];
  }
  const length = Math.hypot(sum[0], sum[1], sum[2]) || 1;
  const [x, y, z] = [0, 1, 2].map((c) =>
    grid.axes.reduce((total, axis, a) => total + (sum[a] / length) * axis[c], 0),
  );
  return [x, y, z];
}
