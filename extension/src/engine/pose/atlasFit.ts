import { Matrix, solve } from 'ml-matrix';
import type { Vec3 } from '../space/grid.ts';
import { multiply3 } from '../space/transform.ts';
import type { AtlasField } from './atlas.ts';
import { sampleField } from './atlas.ts';

const logScaleSigma = 0.08;
const residualSigma = 1.5;
const damping = 1e-4;

/** Patient points that shall come to lie on a surface of the atlas. */
export interface PointGroup {
  readonly field: AtlasField;
  /** x, y, z of each point, patient mm. */
  readonly points: Float64Array;
  readonly tukey: number;
}

/** Parameters of T(p) = S·R·(p − origin) + t, patient mm → canonical mm. */
export interface Fit {
  rotation: number[];
  readonly origin: Vec3;
  t: [number, number, number];
  logScale: [number, number, number];
}

/**
 * One damped Gauss-Newton step on the Tukey-weighted atlas distances of patient points (training: `pose/atlas_fit.py`).
 */
export function gaussNewton(groups: readonly PointGroup[], fit: Fit): void {
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

/** Rodrigues' formula, row-major. */
export function rotationVector(w: Vec3): number[] {
  const angle = Math.hypot(w[0], w[1], w[2]);
  if (angle < 1e-12) return [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const [x, y, z] = [w[0] / angle, w[1] / angle, w[2] / angle];
  const k = [0, -z, y, z, 0, -x, -y, x, 0];
  const k2 = multiply3(k, k);
  const [s, c] = [Math.sin(angle), 1 - Math.cos(angle)];
  return [1, 0, 0, 0, 1, 0, 0, 0, 1].map((v, i) => v + s * k[i] + c * k2[i]);
}

/** Row-major 3 × 4 matrix of a fit. */
export function affineOf(fit: Fit): number[] {
  const r = fit.rotation;
  const scale = fit.logScale.map(Math.exp);
  return [0, 1, 2].flatMap((i) => {
    const row = [r[3 * i] * scale[i], r[3 * i + 1] * scale[i], r[3 * i + 2] * scale[i]];
    const o = fit.origin;
    return [...row, fit.t[i] - row[0] * o[0] - row[1] * o[1] - row[2] * o[2]];
  });
}
