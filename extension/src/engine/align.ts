import { Matrix, SingularValueDecomposition, determinant, solve } from 'ml-matrix';
import type { Atlas, AtlasField } from './atlas.ts';
import { sampleField } from './atlas.ts';
import { keepLargestComponent } from './components.ts';
import { CranioplastyError } from './errors.ts';
import type { Grid, Vec3 } from './grid.ts';
import { indexToPatient } from './grid.ts';
import type { RigidTransform } from './transform.ts';
import { multiply3 } from './transform.ts';
import type { Alignment } from './types.ts';
import { quantile } from './quantile.ts';
import type { Mask } from './volume.ts';

/*
 * Alignment to the canonical frame, the same algorithm and constants as `models/training`
 * (alignment.py; models/atlas/README.md describes it step by step). The outermost bone along rays
 * toward the middle of the atlas' vault is fitted to the atlas' outer surface, and the first bone
 * along rays outward to the skull base is fitted to the atlas' inner surface, by robust
 * Gauss-Newton over rotation, shift and three axis scales, from several starts. A ray through the
 * defect meets nothing, so the defect does not pull. The rigid pose is that which brings the
 * patient's landmarks, as the scaled fit places them, nearest to the atlas' landmarks.
 */

const rayCount = 3000;
const rayStep = 1;
/** Rays to the outer vault: from and to, mm from the centre; lowest surface point, canonical mm. */
const outerRange: readonly [number, number] = [150, 25];
const outerHeights: readonly [number, number] = [14, Infinity];
/** Rays to the skull base: from and to; heights of the surface points. */
const baseRange: readonly [number, number] = [15, 115];
const baseHeights: readonly [number, number] = [0, 40];
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
const logScaleSigma = 0.08;
const residualSigma = 1.5;
const damping = 1e-4;
const inlierDistance = 3;
const flippedStart = 11;
const flipMargin = 0.05;
/** Poses with fewer rays than this near the atlas, or a larger residual, are refused. */
const leastInliers = 0.35;
const largestResidual = 5;

/** Points along every ray, canonical mm, in the order in which bone is looked for. */
interface Rays {
  readonly field: AtlasField;
  readonly count: number;
  readonly steps: number;
  readonly points: Float64Array;
  /** The field at each point, mm. */
  readonly distance: Float64Array;
}

/** Patient points that shall come to lie on a surface of the atlas. */
interface PointGroup {
  readonly field: AtlasField;
  /** x, y, z of each point, patient mm. */
  readonly points: Float64Array;
  readonly tukey: number;
}

/** Parameters of T(p) = S·R·(p − origin) + t, patient mm → canonical mm. */
interface Fit {
  rotation: number[];
  readonly origin: Vec3;
  t: [number, number, number];
  logScale: [number, number, number];
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
  keepLargestComponent(bone);
  const few = outerRays(atlas, Math.floor(rayCount / 4));
  const centre = initialCentre(bone);
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
  return new CranioplastyError(
    'alignment-failed',
    'The skull could not be aligned to the mean skull: check that the segment is a whole adult cranial vault in its right orientation.',
  );
}

/** Rays from outside toward the centre, to the outer vault. */
function outerRays(atlas: Atlas, count: number): Rays {
  return makeRays(atlas.outer, atlas.centre, count, outerRange, outerHeights);
}

/** Rays from the centre outward, to the inner surface of the skull base. */
function baseRays(atlas: Atlas, count: number): Rays {
  return makeRays(atlas.inner, atlas.centre, count, baseRange, baseHeights);
}

/** Rays on a Fibonacci sphere, those whose crossing of the atlas surface lies between two heights. */
function makeRays(
  field: AtlasField,
  centre: Vec3,
  count: number,
  [from, to]: readonly [number, number],
  [lowest, highest]: readonly [number, number],
): Rays {
  const steps = Math.round(Math.abs(to - from) / rayStep) + 1;
  const inward = from > to;
  const points: number[] = [];
  const distance: number[] = [];
  const golden = Math.PI * (3 - Math.sqrt(5));
  const sample = new Float64Array(4);
  let kept = 0;
  for (let r = 0; r < count; r++) {
    const z = 1 - (2 * (r + 0.5)) / count;
    const q = Math.sqrt(1 - z * z);
    const direction = [q * Math.cos(golden * (r + 0.5)), q * Math.sin(golden * (r + 0.5)), z];
    const ray: number[] = [];
    const along: number[] = [];
    let surface = -1;
    for (let s = 0; s < steps; s++) {
      const radius = from + (inward ? -s : s) * rayStep;
      const p = [0, 1, 2].map((a) => centre[a] + radius * direction[a]);
      sampleField(field, p[0], p[1], p[2], sample);
      ray.push(...p);
      along.push(sample[0]);
      if (surface < 0 && (inward ? sample[0] <= 0 : sample[0] >= 0)) surface = s;
    }
    const height = ray[3 * Math.max(surface, 0) + 2];
    if (height <= lowest || height >= highest) continue;
    points.push(...ray);
    distance.push(...along);
    kept++;
  }
  return {
    field,
    count: kept,
    steps,
    points: Float64Array.from(points),
    distance: Float64Array.from(distance),
  };
}

/** First bone along each ray, within `band` mm of the atlas surface: patient x, y, z. */
function castRays(skull: Mask, rays: Rays, toCanonical: number[], band: number): Float64Array {
  const back = invert(toCanonical);
  const { grid, data } = skull;
  const [nx, ny, nz] = grid.size;
  const toIndex = patientToIndexMatrix(grid);
  const m = multiplyAffine(toIndex, back);
  const found: number[] = [];
  for (let r = 0; r < rays.count; r++) {
    for (let s = 0, p = r * rays.steps; s < rays.steps; s++, p++) {
      if (Math.abs(rays.distance[p]) > band) continue;
      const x = rays.points[3 * p];
      const y = rays.points[3 * p + 1];
      const z = rays.points[3 * p + 2];
      const i = Math.floor(m[0] * x + m[1] * y + m[2] * z + m[3] + 0.5);
      const j = Math.floor(m[4] * x + m[5] * y + m[6] * z + m[7] + 0.5);
      const k = Math.floor(m[8] * x + m[9] * y + m[10] * z + m[11] + 0.5);
      if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) continue;
      if (!data[i + nx * (j + ny * k)]) continue;
      found.push(
        back[0] * x + back[1] * y + back[2] * z + back[3],
        back[4] * x + back[5] * y + back[6] * z + back[7],
        back[8] * x + back[9] * y + back[10] * z + back[11],
      );
      break;
    }
  }
  return Float64Array.from(found);
}

/** One damped Gauss-Newton step on the Tukey-weighted atlas distances of patient points. */
function gaussNewton(groups: readonly PointGroup[], fit: Fit): void {
  const scale = fit.logScale.map(Math.exp);
  const r = fit.rotation;
  const normal = new Float64Array(81);
  const right = new Float64Array(9);
  const row = new Float64Array(9);
  const sample = new Float64Array(4);
  let total = 0;
  for (const { field, points, tukey } of groups)
    for (let p = 0; p < points.length; p += 3) {
      const x = points[p] - fit.origin[0];
      const y = points[p + 1] - fit.origin[1];
      const z = points[p + 2] - fit.origin[2];
      const qx = r[0] * x + r[1] * y + r[2] * z;
      const qy = r[3] * x + r[4] * y + r[5] * z;
      const qz = r[6] * x + r[7] * y + r[8] * z;
      sampleField(
        field,
        qx * scale[0] + fit.t[0],
        qy * scale[1] + fit.t[1],
        qz * scale[2] + fit.t[2],
        sample,
      );
      const d = sample[0];
      if (Math.abs(d) >= tukey) continue;
      const w = (1 - (d / tukey) ** 2) ** 2;
      const gx = sample[1] * scale[0];
      const gy = sample[2] * scale[1];
      const gz = sample[3] * scale[2];
      row[0] = qy * gz - qz * gy;
      row[1] = qz * gx - qx * gz;
      row[2] = qx * gy - qy * gx;
      row[3] = sample[1];
      row[4] = sample[2];
      row[5] = sample[3];
      row[6] = gx * qx;
      row[7] = gy * qy;
      row[8] = gz * qz;
      total += w;
      for (let a = 0; a < 9; a++) {
        const wa = w * row[a];
        right[a] -= wa * d;
        for (let b = 0; b < 9; b++) normal[9 * a + b] += wa * row[b];
      }
    }
  // The prior on the log scales counts like a hundredth of the points.
  const prior = (Math.max(total, 1) / 100) * (residualSigma / logScaleSigma) ** 2;
  for (let a = 6; a < 9; a++) {
    normal[10 * a] += prior;
    right[a] -= prior * fit.logScale[a - 6];
  }
  for (let a = 0; a < 9; a++) normal[10 * a] += damping * normal[10 * a] + 1e-9;
  const x = solve(Matrix.from1DArray(9, 9, normal), Matrix.columnVector(right)).to1DArray();
  const clip = (v: number, limit: number): number => Math.min(limit, Math.max(-limit, v));
  fit.rotation = multiply3(
    rotationVector([clip(x[0], 0.2), clip(x[1], 0.2), clip(x[2], 0.2)]),
    fit.rotation,
  );
  for (let a = 0; a < 3; a++) {
    fit.t[a] += clip(x[3 + a], 15);
    fit.logScale[a] = clip(fit.logScale[a] + clip(x[6 + a], 0.05), 0.25);
  }
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
function initialCentre(skull: Mask): Vec3 {
  const { grid, data } = skull;
  const [nx, ny, nz] = grid.size;
  let bone = 0;
  for (let i = 0; i < data.length; i++) bone += data[i];
  if (bone === 0) {
    throw new CranioplastyError(
      'empty-skull',
      'The chosen segment is empty: choose the segment that holds the skull.',
    );
  }
  const every = bone > 200_000 ? Math.floor(bone / 200_000) + 1 : 1;
  const count = Math.ceil(bone / every);
  const [xs, ys, zs] = [0, 1, 2].map(() => new Float64Array(count));
  let seen = 0;
  let used = 0;
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      for (let i = 0; i < nx; i++) {
        if (!data[row + i] || seen++ % every) continue;
        [xs[used], ys[used], zs[used]] = indexToPatient(grid, [i, j, k]);
        used++;
      }
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

/** Rodrigues' formula, row-major. */
function rotationVector(w: Vec3): number[] {
  const angle = Math.hypot(w[0], w[1], w[2]);
  if (angle < 1e-12) return [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const [x, y, z] = [w[0] / angle, w[1] / angle, w[2] / angle];
  const k = [0, -z, y, z, 0, -x, -y, x, 0];
  const k2 = multiply3(k, k);
  const [s, c] = [Math.sin(angle), 1 - Math.cos(angle)];
  return [1, 0, 0, 0, 1, 0, 0, 0, 1].map((v, i) => v + s * k[i] + c * k2[i]);
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

/** Row-major 3 × 4 matrix of a fit. */
function affineOf(fit: Fit): number[] {
  const r = fit.rotation;
  const scale = fit.logScale.map(Math.exp);
  return [0, 1, 2].flatMap((i) => {
    const row = [r[3 * i] * scale[i], r[3 * i + 1] * scale[i], r[3 * i + 2] * scale[i]];
    const o = fit.origin;
    return [...row, fit.t[i] - row[0] * o[0] - row[1] * o[1] - row[2] * o[2]];
  });
}

function transform(m: readonly number[], p: Vec3): [number, number, number] {
  return [
    m[0] * p[0] + m[1] * p[1] + m[2] * p[2] + m[3],
    m[4] * p[0] + m[5] * p[1] + m[6] * p[2] + m[7],
    m[8] * p[0] + m[9] * p[1] + m[10] * p[2] + m[11],
  ];
}

/** Inverse of a row-major 3 × 4 affine matrix. */
function invert(m: readonly number[]): number[] {
  const [a, b, c, , d, e, f, , g, h, i] = m;
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const n = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ].map((v) => v / det);
  return [0, 1, 2].flatMap((r) => {
    const row = n.slice(3 * r, 3 * r + 3);
    return [...row, -(row[0] * m[3] + row[1] * m[7] + row[2] * m[11])];
  });
}

/** First b, then a; row-major 3 × 4. */
function multiplyAffine(a: readonly number[], b: readonly number[]): number[] {
  return [0, 1, 2].flatMap((r) =>
    [0, 1, 2, 3].map(
      (c) =>
        a[4 * r] * b[c] +
        a[4 * r + 1] * b[4 + c] +
        a[4 * r + 2] * b[8 + c] +
        (c === 3 ? a[4 * r + 3] : 0),
    ),
  );
}

function patientToIndexMatrix(grid: Grid): number[] {
  return [0, 1, 2].flatMap((a) => {
    const row = grid.axes[a].map((v) => v / grid.spacing[a]);
    return [...row, -(row[0] * grid.origin[0] + row[1] * grid.origin[1] + row[2] * grid.origin[2])];
  });
}
