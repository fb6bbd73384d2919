import { describe, expect, it } from 'vitest';
import { outerVoxels } from '../../../../extension/src/engine/judge/metrics.ts';
import { wallThicknessError } from '../../../../extension/src/engine/judge/wallThickness.ts';
import type { Grid, Vec3 } from '../../../../extension/src/engine/space/grid.ts';

const n = 64;
const grid: Grid = {
  size: [n, n, n],
  spacing: [0.8, 0.8, 1],
  origin: [-25.2, -25.2, -31.5],
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};
const cavity: Vec3 = [0, 0, 0];

/** The upper half of a spherical shell, mm. */
function cap(inner: number, outer: number): Uint8Array {
  const out = new Uint8Array(n ** 3);
  for (let k = 0, p = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++, p++) {
        const [x, y, z] = [i * 0.8 - 25.2, j * 0.8 - 25.2, k - 31.5];
        const r = Math.hypot(x, y, z);
        if (z > 4 && r > inner && r < outer) out[p] = 1;
      }
  return out;
}

const truth = cap(15, 21);
const none = new Uint8Array(n ** 3);
/** Away from the flat rim, where rays leave by it. */
const through = outerVoxels(none, truth, truth, grid, cavity).map((v, p) =>
  Math.floor(p / (n * n)) > 45 ? v : 0,
);

describe('wallThicknessError', () => {
  it('is nothing of a shell against itself', () => {
    expect(wallThicknessError(truth, truth, through, grid, cavity)).toBe(0);
  });

  it('is what a shell is thicker or thinner by, wherever its outer surface is', () => {
    const of = (inner: number, outer: number): number =>
      wallThicknessError(cap(inner, outer), truth, through, grid, cavity);
    expect(Math.abs(of(13, 21) - 2)).toBeLessThan(0.1);
    expect(Math.abs(of(16.5, 21) - 1.5)).toBeLessThan(0.1);
    expect(of(17, 23)).toBeLessThan(0.35);
  });

  it('tells a wall thinner than a grazed corner too', () => {
    const thin = wallThicknessError(cap(20.2, 21), truth, through, grid, cavity);
    expect(thin).toBeGreaterThan(4.5);
    expect(thin).toBeLessThan(6);
  });

  it('counts no ray that meets no wall', () => {
    expect(wallThicknessError(none, truth, through, grid, cavity)).toBeNaN();
  });
});
