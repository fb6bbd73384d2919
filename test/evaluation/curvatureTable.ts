// Gaussian curvature (paper, equation 7) of binary shapes of 0.4 mm voxels whose curvature is known, and the
// bias of the blur, which moves the surface: a sphere of radius r has K = 1/r².
//
//   npx tsx test/evaluation/curvatureTable.ts
import {
  blurShape,
  curvatureSigma,
  gaussianCurvature,
} from '../../extension/src/engine/judge/curvature.ts';
import type { Grid, Vec3 } from '../../extension/src/engine/space/grid.ts';
import { identityAxes } from '../../extension/src/engine/space/grid.ts';

const h = 0.4;
const n = 70;

/** A surface by its signed distance, with a point on it, mm. */
interface Shape {
  readonly distance: (x: number, y: number, z: number) => number;
  readonly point: Vec3;
}

const unit = (v: Vec3): Vec3 => {
  const length = Math.hypot(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
};
const at = (direction: Vec3, r: number): Vec3 => [
  r * direction[0],
  r * direction[1],
  r * direction[2],
];

/** Mean and standard deviation of K over the binary shape's surface within 4 mm of the point, 1/mm². */
function curvatureAround({ distance, point }: Shape): { mean: number; sd: number } {
  const origin = point.map((v) => v - ((n - 1) / 2) * h + 0.137) as unknown as Vec3;
  const grid: Grid = { size: [n, n, n], spacing: [h, h, h], origin, axes: identityAxes };
  const set = new Uint8Array(n ** 3);
  const place = (i: number, j: number, k: number): Vec3 => [
    origin[0] + i * h,
    origin[1] + j * h,
    origin[2] + k * h,
  ];
  for (let k = 0, p = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++, p++) if (distance(...place(i, j, k)) < 0) set[p] = 1;
  const field = { grid, data: blurShape(set, grid.size, grid.spacing) };
  const values: number[] = [];
  for (let k = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++) {
        const q = place(i, j, k);
        if (Math.hypot(q[0] - point[0], q[1] - point[1], q[2] - point[2]) > 4) continue;
        if (Math.abs(distance(...q)) <= h / 2) values.push(gaussianCurvature(field, [i, j, k]));
      }
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  return { mean, sd };
}

const directions: Record<string, Vec3> = {
  'along an axis': [0, 0, 1],
  'face diagonal': unit([1, 1, 0]),
  'space diagonal': unit([1, 1, 1]),
  oblique: unit([0.31, -0.52, 0.79]),
};

console.log(`blur of ${curvatureSigma} mm, voxels of ${h} mm; K in 1/mm²`);
console.log('| shape | where | K | measured | error | spread |');
console.log('| --- | --- | --- | --- | --- | --- |');
const row = (shape: string, where: string, expected: number, found: { mean: number; sd: number }) =>
  console.log(
    `| ${shape} | ${where} | ${expected.toExponential(2)} | ${found.mean.toExponential(2)} | ${
      expected ? `${(100 * (found.mean / expected - 1)).toFixed(1)} %` : found.mean.toExponential(1)
    } | ${found.sd.toExponential(1)} |`,
  );
for (const r of [20, 30, 40, 60, 80])
  for (const [where, direction] of Object.entries(directions))
    row(
      `sphere of ${r} mm`,
      where,
      1 / r ** 2,
      curvatureAround({
        distance: (x, y, z) => Math.hypot(x, y, z) - r,
        point: at(direction, r),
      }),
    );
for (const [where, axis, point] of [
  ['along an axis', [0, 0, 1], [40, 0, 0]],
  ['oblique', unit([1, 2, 2]), at(unit([2, -2, 1]), 40)],
] as const)
  row(
    'cylinder of 40 mm',
    where,
    0,
    curvatureAround({
      distance: (x, y, z) => {
        const along = x * axis[0] + y * axis[1] + z * axis[2];
        return Math.hypot(x - along * axis[0], y - along * axis[1], z - along * axis[2]) - 40;
      },
      point,
    }),
  );
const [ring, tube] = [60, 20];
for (const [where, point, cosine] of [
  ['outside', [ring + tube, 0, 0], 1],
  ['inside', [ring - tube, 0, 0], -1],
  ['on top', [ring, 0, tube], 0],
] as const)
  row(
    `torus of ${ring} and ${tube} mm`,
    where,
    cosine / (tube * (ring + tube * cosine)),
    curvatureAround({
      distance: (x, y, z) => Math.hypot(Math.hypot(x, y) - ring, z) - tube,
      point,
    }),
  );
