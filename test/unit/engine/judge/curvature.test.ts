import { describe, expect, it } from 'vitest';
import { blurShape, gaussianCurvature } from '../../../../extension/src/engine/judge/curvature.ts';
import { identityAxes } from '../../../../extension/src/engine/space/grid.ts';
import type { Grid, Vec3 } from '../../../../extension/src/engine/space/grid.ts';

const spacing = 0.4;

/** A block of 0.4 mm voxels around a point of a surface, mm. */
function blockAround(at: Vec3, edge = 25.6): Grid {
  const n = Math.round(edge / spacing);
  return {
    size: [n, n, n],
    spacing: [spacing, spacing, spacing],
    origin: [at[0] - edge / 2, at[1] - edge / 2, at[2] - edge / 2],
    axes: identityAxes,
  };
}

/** Mean curvature over the surface voxels near the middle of a block of a solid given by its implicit function. */
function curvatureAt(at: Vec3, inside: (p: Vec3) => boolean): number {
  const grid = blockAround(at);
  const [n] = grid.size;
  const set = new Uint8Array(n ** 3);
  const position = (i: number, j: number, k: number): Vec3 => [
    grid.origin[0] + spacing * i,
    grid.origin[1] + spacing * j,
    grid.origin[2] + spacing * k,
  ];
  for (let k = 0, p = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++, p++) set[p] = inside(position(i, j, k)) ? 1 : 0;
  const data = blurShape(set, grid.size, grid.spacing);
  const found: number[] = [];
  const middle = n / 2;
  for (let k = middle - 3; k <= middle + 3; k++)
    for (let j = middle - 3; j <= middle + 3; j++)
      for (let i = middle - 3; i <= middle + 3; i++) {
        const p = i + n * (j + n * k);
        const edge = set[p] && [1, -1, n, -n, n * n, -n * n].some((s) => !set[p + s]);
        if (edge) found.push(gaussianCurvature({ grid, data }, [i, j, k]));
      }
  return found.reduce((a, b) => a + b, 0) / found.length;
}

// Across an axis a large ball has a terrace of voxels wider than the blur, on which it is flat: its curvature
// shows only between the terraces. So the directions are oblique, and several.
const directions: readonly Vec3[] = [
  [0.48, 0.6, 0.64],
  [-0.36, 0.48, 0.8],
  [0.6, -0.64, 0.48],
  [0.28, 0.576, -0.768],
];

/** Mean over several directions from the middle of a ball. */
function curvatureOfBall(radius: number, inside: (distance: number) => boolean): number {
  const found = directions.map((d) =>
    curvatureAt(d.map((v) => v * radius) as [number, number, number], ([x, y, z]) =>
      inside(Math.hypot(x, y, z)),
    ),
  );
  return found.reduce((a, b) => a + b, 0) / found.length;
}

describe('gaussianCurvature', () => {
  for (const radius of [20, 40, 60, 80])
    it(`is 1/r² on a ball of ${radius} mm`, () => {
      const k = curvatureOfBall(radius, (distance) => distance < radius);
      expect(Math.abs(k * radius * radius - 1)).toBeLessThan(0.1);
    });

  it('is the same on a dent as on a dome', () => {
    const k = curvatureOfBall(40, (distance) => distance > 40);
    expect(Math.abs(k * 1600 - 1)).toBeLessThan(0.1);
  });

  it('is 0 on a cylinder', () => {
    const k = curvatureAt([24, 18, 5], ([x, y]) => Math.hypot(x, y) < 30);
    expect(Math.abs(k)).toBeLessThan(0.1 / 900);
  });

  it('is positive outside and negative inside a torus', () => {
    const torus = ([x, y, z]: Vec3): boolean => Math.hypot(Math.hypot(x, y) - 40, z) < 15;
    // On a circle of the tube half-way up, outside and inside: K = cos θ / (r (R + r cos θ)).
    const at = (cosine: number): Vec3 => {
      const around = 40 + 15 * cosine;
      return [0.6 * around, 0.8 * around, 15 * Math.sqrt(1 - cosine * cosine)];
    };
    for (const cosine of [0.8, -0.8]) {
      const want = cosine / (15 * (40 + 15 * cosine));
      expect(Math.abs(curvatureAt(at(cosine), torus) / want - 1)).toBeLessThan(0.15);
    }
  });

  it('says nothing far from any surface', () => {
    const grid = blockAround([0, 0, 0], 8);
    const data = new Float32Array(grid.size[0] ** 3).fill(1);
    expect(gaussianCurvature({ grid, data }, [9, 9, 9])).toBeNaN();
  });
});
