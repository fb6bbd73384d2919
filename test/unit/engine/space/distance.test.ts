import { describe, expect, it } from 'vitest';
import { distanceTransform } from '../../../../extension/src/engine/space/distance.ts';
import { identityAxes } from '../../../../extension/src/engine/space/grid.ts';
import type { Grid, Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import {
  compareShapes,
  pooledSurfaceDistances,
} from '../../../../extension/src/engine/judge/metrics.ts';
import { dice } from '../../../../extension/src/engine/space/voxels.ts';
import { signedDistance } from '../../../../extension/src/engine/space/signedDistance.ts';

describe('distanceTransform', () => {
  it('equals brute force with anisotropic spacing', () => {
    const size: Vec3 = [9, 7, 6];
    const spacing: Vec3 = [0.7, 1.3, 2.1];
    const set = new Uint8Array(9 * 7 * 6);
    for (const p of [5, 77, 200, 303]) set[p] = 1;
    const at = (p: number) => [
      (p % 9) * 0.7,
      (Math.floor(p / 9) % 7) * 1.3,
      Math.floor(p / 63) * 2.1,
    ];
    const got = distanceTransform(set, size, spacing);
    for (let p = 0; p < set.length; p++) {
      const a = at(p);
      const want = Math.min(
        ...[5, 77, 200, 303].map((q) => Math.hypot(...at(q).map((v, c) => v - a[c]))),
      );
      expect(got[p]).toBeCloseTo(want, 4);
    }
  });

  it('gives Infinity for an empty set', () => {
    expect(distanceTransform(new Uint8Array(8), [2, 2, 2], [1, 1, 1])[3]).toBe(Infinity);
  });
});

/** MONAI's published test: spheres in 99³, shifted by (1, 1, 1); radius 20 and 40 centred at (20, 33, 22). */
function sphere(radius: number, centre: Vec3, n = 99): Uint8Array {
  const out = new Uint8Array(n ** 3);
  for (let k = 0, p = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++, p++)
        if ((i - centre[0]) ** 2 + (j - centre[1]) ** 2 + (k - centre[2]) ** 2 <= radius ** 2)
          out[p] = 1;
  return out;
}

describe('surface distances against published values', () => {
  it('MONAI: Hausdorff distance of two spheres shifted by (1, 1, 1) is 1.7320508', () => {
    const d = pooledSurfaceDistances(
      sphere(20, [49, 49, 49]),
      sphere(20, [50, 50, 50]),
      [99, 99, 99],
      [1, 1, 1],
    );
    expect(d[d.length - 1]).toBeCloseTo(1.7320508, 6);
  });

  it('MONAI: symmetric Hausdorff distance of radius 20 and 40 is 20.22374842', () => {
    const d = pooledSurfaceDistances(
      sphere(20, [20, 33, 22]),
      sphere(40, [20, 33, 22]),
      [99, 99, 99],
      [1, 1, 1],
    );
    expect(d[d.length - 1]).toBeCloseTo(20.22374842, 5);
  });

  it('DeepMind: Dice of a cube 0:50 and 0:51 in 100³ is 0.990 and Hausdorff at (2, 1, 1) is 2', () => {
    const cube = (n: number): Uint8Array => {
      const out = new Uint8Array(100 ** 3);
      for (let k = 0; k < 100; k++)
        for (let j = 0; j < 100; j++) for (let i = 0; i < n; i++) out[i + 100 * (j + 100 * k)] = 1;
      return out;
    };
    const [a, b] = [cube(50), cube(51)];
    expect(dice(a, b)).toBeCloseTo(0.99, 3);
    const d = pooledSurfaceDistances(a, b, [100, 100, 100], [2, 1, 1]);
    expect(d[d.length - 1]).toBeCloseTo(2, 6);
  });
});

describe('compareShapes', () => {
  const grid: Grid = {
    size: [99, 99, 99],
    spacing: [0.5, 0.5, 0.5],
    origin: [0, 0, 0],
    axes: identityAxes,
  };

  it('gives the surface distance of concentric balls, mm', () => {
    const [a, b] = [20, 26].map((r) => ({ grid, data: sphere(r, [49, 49, 49]) }));
    const { dice: overlap, surfaceError } = compareShapes(a, b);
    // Surfaces are layers of voxels: half a voxel of 0.5 mm is within reason.
    expect(Math.abs(surfaceError - 3)).toBeLessThan(0.25);
    expect(overlap).toBeCloseTo((2 * 20 ** 3) / (20 ** 3 + 26 ** 3), 2);
  });

  it('is defined for empty shapes and refuses different grids', () => {
    const empty = { grid, data: new Uint8Array(99 ** 3) };
    expect(compareShapes(empty, empty)).toEqual({ dice: 1, surfaceError: 0 });
    expect(compareShapes(empty, { grid, data: sphere(9, [49, 49, 49]) }).surfaceError).toBe(
      Infinity,
    );
    const moved = { grid: { ...grid, origin: [1, 0, 0] as Vec3 }, data: empty.data };
    expect(() => compareShapes(empty, moved)).toThrow('different grids');
  });
});

describe('signedDistance', () => {
  it('puts the surface of a ball where it is, to a fraction of a voxel, on an anisotropic grid', () => {
    const grid: Grid = {
      size: [60, 60, 40],
      spacing: [1, 1, 1.5],
      origin: [0, 0, 0],
      axes: identityAxes,
    };
    const data = new Uint8Array(60 * 60 * 40);
    const truth = (i: number, j: number, k: number) =>
      Math.hypot(i - 29.3, j - 30.1, 1.5 * k - 29.7) - 18;
    for (let k = 0, p = 0; k < 40; k++)
      for (let j = 0; j < 60; j++)
        for (let i = 0; i < 60; i++, p++) data[p] = truth(i, j, k) < 0 ? 1 : 0;
    const field = signedDistance({ grid, data }, 4, 1);
    const errors: number[] = [];
    for (let k = 0, p = 0; k < 40; k++)
      for (let j = 0; j < 60; j++)
        for (let i = 0; i < 60; i++, p++) {
          const [a, b] = [field.data[p], field.data[p + 1]];
          if (i < 59 && a < 0 !== b < 0) errors.push(Math.abs(truth(i + a / (a - b), j, k)));
        }
    errors.sort((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(500);
    expect(errors.reduce((a, b) => a + b, 0) / errors.length).toBeLessThan(0.25);
    expect(errors[errors.length - 1]).toBeLessThan(0.75);
  });

  it('keeps a sheet one voxel thin', () => {
    const grid: Grid = {
      size: [20, 20, 20],
      spacing: [1, 1, 1],
      origin: [0, 0, 0],
      axes: identityAxes,
    };
    const data = new Uint8Array(8000);
    data.fill(1, 10 * 400, 11 * 400);
    const field = signedDistance({ grid, data });
    expect(field.data[10 * 400 + 210]).toBeLessThan(0);
    expect(field.data[11 * 400 + 210]).toBeGreaterThan(0);
  });
});
