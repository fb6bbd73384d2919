/** Room `judge`: finished shapes of one case in, how well they fit out. It changes nothing. */

import { boundingBox, boxGrid, cropData, growBox } from '../space/crop.ts';
import { distanceTransform } from '../space/distance.ts';
import { CranioplastyError } from '../space/errors.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { gridDistance, indexToPatient, voxelsAlong } from '../space/grid.ts';
import { quantile } from '../space/quantile.ts';
import type { Mask } from '../space/volume.ts';
import { dice, total, union, within } from '../space/voxels.ts';
import { blurShape, gaussianCurvature } from './curvature.ts';
import { why } from '../words/errorSentences.ts';

/** How well a patch fits its reference, distances in mm; `judge/score.py` of `models/training` checks the figures. */
export interface PatchMetrics {
  /** Volume overlap. */
  readonly dice: number;
  /** Overlap within 10 mm of the defective skull. */
  readonly borderDice: number;
  /** 95th percentile of the surface distances of both directions pooled (AutoImplant's variant). */
  readonly hd95: number;
  /** Mean distance from the predicted patch's outer surface to the reference's outer surface. */
  readonly outerSurfaceError: number;
  /**
   * The same in both directions, pooled: also from the reference patch's outer surface to that of
   * skull ∪ prediction. A prediction that covers only a part of the defect pays for it here.
   */
  readonly outerSurfaceErrorBothWays: number;
  /**
   * Mean distance from the predicted patch's outer border (its outer-surface voxels in contact with
   * the defective skull) to the reference's outer surface (paper, appendix A.3). NaN without contact.
   */
  readonly borderDistance: number;
  /**
   * Mean squared difference of the Gaussian curvatures of skull ∪ prediction and skull ∪ reference at
   * the predicted outer border (paper, equation 8), 1/mm⁴. NaN without contact.
   */
  readonly borderCurvatureError: number;
  /** Share of the reference's outer surface behind which there is no bone and no patch along the way to the cavity. */
  readonly openShare: number;
}

/** Voxels of a set that have a face neighbour outside it; beyond the array counts as outside. */
export function surfaceVoxels(set: Uint8Array, size: Vec3): Uint8Array {
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const out = new Uint8Array(set.length);
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (!set[p]) continue;
        const inner =
          i > 0 &&
          set[p - 1] &&
          i < nx - 1 &&
          set[p + 1] &&
          j > 0 &&
          set[p - nx] &&
          j < ny - 1 &&
          set[p + nx] &&
          k > 0 &&
          set[p - plane] &&
          k < nz - 1 &&
          set[p + plane];
        if (!inner) out[p] = 1;
      }
  return out;
}

/** Both directions' surface distances pooled, mm; surfaces are voxel layers. */
export function pooledSurfaceDistances(
  a: Uint8Array,
  b: Uint8Array,
  size: Vec3,
  spacing: Vec3,
): Float64Array {
  const sa = surfaceVoxels(a, size);
  const sb = surfaceVoxels(b, size);
  const toA = distanceTransform(sa, size, spacing);
  const toB = distanceTransform(sb, size, spacing);
  const out: number[] = [];
  for (let i = 0; i < sa.length; i++) {
    if (sa[i]) out.push(toB[i]);
    if (sb[i]) out.push(toA[i]);
  }
  return Float64Array.from(out).sort();
}

/**
 * Compares a predicted patch with its reference on their common grid.
 *
 * The outer surface of a patch is those surface voxels of skull ∪ patch that belong to the patch
 * and have a free face that looks away from `cavity`. It is defined by direction, so it holds for
 * skulls that are open below (orbits, foramen magnum).
 *
 * @param cavity a point inside the cranial cavity, patient LPS mm
 * @throws CranioplastyError `bad-geometry` for different grids, `empty-skull` for an empty reference
 */
export function comparePatches(
  skull: Mask,
  predicted: Mask,
  reference: Mask,
  cavity: Vec3,
): PatchMetrics {
  assertSameGrid(skull, predicted, reference);
  const { size, spacing } = skull.grid;
  const box = boundingBox([predicted.data, reference.data], size);
  if (!box || !reference.data.includes(1)) {
    throw new CranioplastyError(
      'empty-skull',
      'The reference patch is empty: there is nothing to compare with.',
    );
  }
  const around = growBox(box, 12, size, spacing);
  const crop = (data: Uint8Array): Uint8Array => cropData(data, size, around).data;
  const [bone, a, b] = [crop(skull.data), crop(predicted.data), crop(reference.data)];
  const region = boxGrid(skull.grid, around);
  const toSkull = distanceTransform(bone, region.size, spacing);
  const near = (set: Uint8Array): Uint8Array => within(set, toSkull, 10);
  const pooled = pooledSurfaceDistances(a, b, region.size, spacing);
  const outerA = outerVoxels(bone, a, a, region, cavity);
  const outerB = outerVoxels(bone, b, null, region, cavity);
  const toOuterB = distanceTransform(outerB, region.size, spacing);
  const outerReference = outerVoxels(bone, b, b, region, cavity);
  const toWholeA = distanceTransform(
    outerVoxels(bone, a, null, region, cavity),
    region.size,
    spacing,
  );
  const forth = sumOver(outerA, toOuterB);
  const back = sumOver(outerReference, toWholeA);
  const borderVoxels = touching(outerA, bone, region.size);
  const border = sumOver(borderVoxels, toOuterB);
  const count = forth.count;
  return {
    dice: dice(a, b),
    borderDice: dice(near(a), near(b)),
    hd95: count ? quantile(pooled, 0.95) : Infinity,
    outerSurfaceError: count ? forth.sum / count : Infinity,
    outerSurfaceErrorBothWays: count ? (forth.sum + back.sum) / (count + back.count) : Infinity,
    borderDistance: border.sum / border.count,
    borderCurvatureError: curvatureError(borderVoxels, union(bone, a), union(bone, b), region),
    openShare: openOuterShare(bone, a, b, region, cavity),
  };
}

/** How well a shape of its own, an implant say, matches its reference. */
export interface ShapeMetrics {
  readonly dice: number;
  /** Mean distance between both surfaces, both directions pooled, mm; Infinity if one shape is empty. */
  readonly surfaceError: number;
}

/**
 * Compares two shapes on their common grid.
 * @throws CranioplastyError `bad-geometry` for different grids
 */
export function compareShapes(predicted: Mask, reference: Mask): ShapeMetrics {
  assertSameGrid(predicted, reference);
  const { size, spacing } = reference.grid;
  const box = boundingBox([predicted.data, reference.data], size);
  if (!box) return { dice: 1, surfaceError: 0 };
  const around = growBox(box, Math.max(...spacing), size, spacing);
  const [a, b] = [predicted, reference].map((m) => cropData(m.data, size, around));
  const distances = pooledSurfaceDistances(a.data, b.data, a.size, spacing);
  return {
    dice: dice(a.data, b.data),
    surfaceError: total(distances) / distances.length,
  };
}

/** @throws CranioplastyError `bad-geometry` */
export function assertSameGrid(first: Mask, ...others: readonly Mask[]): void {
  if (others.some(({ grid }) => gridDistance(first.grid, grid) > 0.01)) {
    throw new CranioplastyError('bad-geometry', why('error.shapes-apart'));
  }
}

/** The voxels of a set with at least one of their 26 neighbours in another set. */
function touching(set: Uint8Array, other: Uint8Array, size: Vec3): Uint8Array {
  const [nx, ny, nz] = size;
  const out = new Uint8Array(set.length);
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (!set[p]) continue;
        for (let c = Math.max(0, k - 1); c <= Math.min(nz - 1, k + 1); c++)
          for (let b = Math.max(0, j - 1); b <= Math.min(ny - 1, j + 1); b++)
            for (let a = Math.max(0, i - 1); a <= Math.min(nx - 1, i + 1); a++)
              if (other[a + nx * (b + ny * c)]) out[p] = 1;
      }
  return out;
}

/** Equation 8: mean squared difference of two shapes' curvatures at the voxels of a set, 1/mm⁴. */
function curvatureError(
  at: Uint8Array,
  predicted: Uint8Array,
  reference: Uint8Array,
  grid: Grid,
): number {
  const { size, spacing } = grid;
  const first = { grid, data: blurShape(predicted, size, spacing) };
  const second = { grid, data: blurShape(reference, size, spacing) };
  let sum = 0;
  let count = 0;
  for (let k = 0, p = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++, p++) {
        if (!at[p]) continue;
        const a = gaussianCurvature(first, [i, j, k]);
        const b = gaussianCurvature(second, [i, j, k]);
        // Where one shape has no surface within the blur there is no curvature to compare.
        if (Number.isNaN(a) || Number.isNaN(b)) continue;
        sum += (a - b) ** 2;
        count++;
      }
  return sum / count;
}

/** Sum and number of the values at the voxels of a set. */
function sumOver(set: Uint8Array, values: Float32Array): { sum: number; count: number } {
  let sum = 0;
  let count = 0;
  for (let p = 0; p < set.length; p++)
    if (set[p]) {
      sum += values[p];
      count++;
    }
  return { sum, count };
}

/**
 * Outer-surface voxels of skull ∪ patch: with a free face whose direction is away from the cavity.
 * @param only keep those inside this set; null keeps all
 */
export function outerVoxels(
  bone: Uint8Array,
  patch: Uint8Array,
  only: Uint8Array | null,
  grid: Grid,
  cavity: Vec3,
): Uint8Array {
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const whole = union(bone, patch);
  const out = new Uint8Array(bone.length);
  const steps = [1, nx, plane];
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (!whole[p] || (only && !only[p])) continue;
        const index = [i, j, k];
        const free: [number, number, number] = [0, 0, 0];
        for (let a = 0; a < 3; a++) {
          if (index[a] > 0 && !whole[p - steps[a]]) free[a] -= 1;
          if (index[a] < grid.size[a] - 1 && !whole[p + steps[a]]) free[a] += 1;
        }
        if (!free[0] && !free[1] && !free[2]) continue;
        const at = indexToPatient(grid, [i, j, k]);
        let dot = 0;
        for (let c = 0; c < 3; c++) {
          const n =
            free[0] * grid.axes[0][c] + free[1] * grid.axes[1][c] + free[2] * grid.axes[2][c];
          dot += n * (at[c] - cavity[c]);
        }
        if (dot > 0) out[p] = 1;
      }
  return out;
}

/** Share of the reference's outer-surface voxels from which a ray to 15 mm either side meets no bone and no patch. */
function openOuterShare(
  bone: Uint8Array,
  predicted: Uint8Array,
  reference: Uint8Array,
  grid: Grid,
  cavity: Vec3,
): number {
  const outer = outerVoxels(bone, reference, reference, grid, cavity);
  const [nx, ny, nz] = grid.size;
  const reach = 15;
  const step = Math.min(...grid.spacing) / 2;
  let open = 0;
  let count = 0;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (!outer[p]) continue;
        count++;
        const at = indexToPatient(grid, [i, j, k]);
        const dir = voxelsAlong(grid, [at[0] - cavity[0], at[1] - cavity[1], at[2] - cavity[2]]);
        let closed = false;
        for (let t = -reach; t <= reach && !closed; t += step) {
          const [x, y, z] = [i + t * dir[0], j + t * dir[1], k + t * dir[2]].map(Math.round);
          if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) continue;
          const q = x + nx * (y + ny * z);
          closed = bone[q] === 1 || predicted[q] === 1;
        }
        if (!closed) open++;
      }
  return count ? open / count : 0;
}
