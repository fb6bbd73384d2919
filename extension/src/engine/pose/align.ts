/** Room `pose`: a skull on its own grid in, the rigid motion that lays it onto the mean skull out. */

import { determinant, Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { Components } from '../space/components.ts';
import { eraseComponents, labelComponents } from '../space/components.ts';
import { CranioplastyError } from '../space/errors.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { indexToPatient } from '../space/grid.ts';
import { quantile } from '../space/quantile.ts';
import type { RigidTransform } from '../space/transform.ts';
import type { Mask } from '../space/volume.ts';
import { invert, transform } from './affine.ts';
import type { Atlas } from './atlas.ts';
import { sampleField } from './atlas.ts';
import type { Fit } from './atlasFit.ts';
import { affineOf, gaussNewton, rotationVector } from './atlasFit.ts';
import type { Rays } from './rays.ts';
import { baseRays, castRays, outerRays } from './rays.ts';
import { why } from '../words/errorSentences.ts';

/*
 * Alignment to the canonical frame, the same algorithm and constants as `models/training`
 * (`pose/align.py`; models/atlas/README.md describes it step by step). The outermost bone along rays
 * toward the middle of the atlas' vault is fitted to the atlas' outer surface, and the first bone
 * along rays outward to the skull base is fitted to the atlas' inner surface, by robust
 * Gauss-Newton over rotation, shift and three axis scales, from several starts. A ray through the
 * defect meets nothing, so the defect does not pull. The rigid pose is that which brings the
 * patient's landmarks, as the scaled fit places them, nearest to the atlas' landmarks.
 */

const rayCount = 3000;
const baseBand = 20;
const baseTukey = 15;
/** Search band around the atlas surface and Tukey width of each coarse stage, mm. */
const bands = [40, 30, 20, 12, 9];
const tukeyWidths = [30, 20, 12, 8, 6];
const refineStages = 8;
const refineBand = 8;
const refineTukey = 5;
const leastPoints = 50;
const newtonSteps = 4;
const inlierDistance = 3;
const flippedStart = 11;
const flipMargin = 0.05;
/** Poses with fewer rays than this near the atlas, or a larger residual, are refused. */
const leastInliers = 0.35;
const largestResidual = 5;

/** How the skull came to lie in the canonical frame. */
export interface Alignment {
  /** Patient LPS mm → canonical mm. Rigid, never mirrored. */
  readonly toCanonical: RigidTransform;
  /** Robust mean distance of the outer surface from the fitted atlas, mm. */
  readonly residual: number;
  /** Axis scales of the atlas fit; 1 is the mean skull. For plausibility checks only. */
  readonly scales: readonly [number, number, number];
}

/**
 * Finds the rigid pose of a (possibly defective) skull in the canonical frame.
 *
 * @param skull binary bone on its native grid, patient LPS mm
 * @throws CranioplastyError `empty-skull` without bone, `alignment-failed` when no pose fits the atlas
 */
export function align(skull: Mask, atlas: Atlas): Alignment {
  // A table or a head rest is another component.
  const bone: Mask = { grid: skull.grid, data: skull.data.slice() };
  const components = labelComponents(bone.data, bone.grid.size);
  eraseComponents(bone.data, components, (rank) => rank > 0);
  const few = outerRays(atlas, Math.floor(rayCount / 4));
  const centre = initialCentre(components, bone.grid);
  let best: Fit | null = null;
  let bestScore = -1;
  starts().forEach(([turn, shift], number) => {
    const fit: Fit = {
      rotation: rotationVector(turn),
      origin: [centre[0] + shift[0], centre[1] + shift[1], centre[2] + shift[2]],
      t: [...atlas.centre] as [number, number, number],
      logScale: [0, 0, 0],
    };
    for (let stage = 0; stage < bands.length; stage++) {
      const points = castRays(bone, few, affineOf(fit), bands[stage]);
      if (points.length < 3 * leastPoints) break;
      const group = { field: atlas.outer, points, tukey: tukeyWidths[stage] };
      for (let n = 0; n < newtonSteps; n++) gaussNewton([group], fit);
    }
    let score = scoreFit(bone, few, fit).inliers;
    if (number === flippedStart) score -= flipMargin;
    if (score > bestScore) {
      best = fit;
      bestScore = score;
    }
  });
  const fit = best as Fit | null;
  if (!fit) throw alignmentFailed();
  const many = outerRays(atlas, rayCount);
  const base = baseRays(atlas, rayCount);
  for (let stage = 0; stage < refineStages; stage++) {
    const outer = castRays(bone, many, affineOf(fit), refineBand);
    if (outer.length < 3 * leastPoints) break;
    const floor = castRays(bone, base, affineOf(fit), baseBand);
    const groups = [
      { field: atlas.outer, points: outer, tukey: refineTukey },
      { field: atlas.inner, points: floor, tukey: baseTukey },
    ];
    for (let n = 0; n < newtonSteps; n++) gaussNewton(groups, fit);
  }
  const { inliers, distances } = scoreFit(bone, many, fit);
  const residual = trimmedRms(distances);
  if (inliers < leastInliers || residual > largestResidual) throw alignmentFailed();
  const back = invert(affineOf(fit));
  const toCanonical = kabsch(
    atlas.landmarks.map((p) => transform(back, p)),
    atlas.landmarks,
  );
  return {
    toCanonical,
    residual,
    scales: fit.logScale.map(Math.exp) as [number, number, number],
  };
}

/** Root mean square of the smallest 85 %, mm. */
function trimmedRms(distances: Float64Array): number {
  if (!distances.length) return Infinity;
  distances.sort();
  const kept = Math.max(1, Math.floor(0.85 * distances.length));
  let sum = 0;
  for (let i = 0; i < kept; i++) sum += distances[i] ** 2;
  return Math.sqrt(sum / kept);
}

function alignmentFailed(): CranioplastyError {
  return new CranioplastyError('alignment-failed', why('error.alignment'));
}

/** Share of all rays that meet bone within 3 mm of the atlas, and the distances of those that meet any. */
function scoreFit(skull: Mask, rays: Rays, fit: Fit): { inliers: number; distances: Float64Array } {
  const sample = new Float64Array(4);
  const matrix = affineOf(fit);
  const points = castRays(skull, rays, matrix, refineBand);
  const distances = new Float64Array(points.length / 3);
  let near = 0;
  for (let p = 0; p < distances.length; p++) {
    const q = transform(matrix, [points[3 * p], points[3 * p + 1], points[3 * p + 2]]);
    sampleField(rays.field, q[0], q[1], q[2], sample);
    distances[p] = Math.abs(sample[0]);
    if (distances[p] < inlierDistance) near++;
  }
  return { inliers: near / rays.count, distances };
}

/**
 * A patient point near the middle of the vault: x and y from the slab 15 to 75 mm below the top of
 * the skull, z 78 mm below it.
 */
function initialCentre({ sizes, label, start, length }: Components, grid: Grid): Vec3 {
  const [nx, ny] = grid.size;
  const bone = sizes.length ? sizes[0] : 0;
  if (bone === 0) {
    throw new CranioplastyError('empty-skull', why('error.segment-empty'));
  }
  const every = bone > 200_000 ? Math.floor(bone / 200_000) + 1 : 1;
  const count = Math.ceil(bone / every);
  const [xs, ys, zs] = [0, 1, 2].map(() => new Float64Array(count));
  // Every n-th voxel of the largest component.
  let used = 0;
  let ahead = 0;
  for (let r = 0; r < start.length; r++) {
    if (label[r] !== 0) continue;
    const row = Math.floor(start[r] / nx);
    for (; ahead < length[r]; ahead += every) {
      const at = indexToPatient(grid, [
        start[r] + ahead - nx * row,
        row % ny,
        Math.floor(row / ny),
      ]);
      xs[used] = at[0];
      ys[used] = at[1];
      zs[used++] = at[2];
    }
    ahead -= length[r];
  }
  const top = quantile(zs.slice().sort(), 0.999);
  const middle = [xs, ys].map((values) => {
    const slab = values.filter((_, p) => zs[p] < top - 15 && zs[p] > top - 75);
    const sorted = (slab.length ? slab : values.slice()).sort();
    return (quantile(sorted, 0.02) + quantile(sorted, 0.98)) / 2;
  });
  return [middle[0], middle[1], top - 78];
}

/** Rotation vector (rad) and shift (mm) of each start; the last is for data turned back to front. */
function starts(): Array<[Vec3, Vec3]> {
  const a = (18 * Math.PI) / 180;
  const zero: Vec3 = [0, 0, 0];
  const out: Array<[Vec3, Vec3]> = [[zero, zero]];
  for (let axis = 0; axis < 3; axis++)
    for (const angle of [-a, a])
      out.push([[0, 1, 2].map((c) => (c === axis ? angle : 0)) as unknown as Vec3, zero]);
  for (const shift of [15, -15]) out.push([zero, [0, 0, shift]]);
  for (const shift of [25, -25]) out.push([zero, [0, shift, 0]]);
  out.push([[0, 0, Math.PI], zero]);
  return out;
}

/** Least-squares rigid transform of matched points, never a reflection (Kabsch 1976). */
function kabsch(source: readonly Vec3[], target: readonly Vec3[]): RigidTransform {
  const mean = (points: readonly Vec3[]): number[] =>
    [0, 1, 2].map((a) => points.reduce((sum, p) => sum + p[a], 0) / points.length);
  const a = mean(source);
  const b = mean(target);
  const h = Matrix.zeros(3, 3);
  source.forEach((p, n) => {
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) h.set(i, j, h.get(i, j) + (p[i] - a[i]) * (target[n][j] - b[j]));
  });
  const svd = new SingularValueDecomposition(h, { autoTranspose: true });
  const u = svd.leftSingularVectors;
  const v = svd.rightSingularVectors;
  const d = Math.sign(determinant(v.mmul(u.transpose())));
  const rotation = v
    .mmul(Matrix.diag([1, 1, d]))
    .mmul(u.transpose())
    .to1DArray();
  const moved = [0, 1, 2].map(
    (i) => rotation[3 * i] * a[0] + rotation[3 * i + 1] * a[1] + rotation[3 * i + 2] * a[2],
  );
  return { rotation, translation: [b[0] - moved[0], b[1] - moved[1], b[2] - moved[2]] };
}
