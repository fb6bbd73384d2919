import { describe, expect, it } from 'vitest';
import { isosurface } from '../../../extension/src/engine/surface/isosurface.ts';
import { canonicalGrid } from '../../../extension/src/engine/space/canonical.ts';
import { cut } from '../../../extension/src/viewer/drawing/SliceContours.ts';

describe('the cut of a surface by a plane', () => {
  const n = 40;
  const data = new Float32Array(n ** 3);
  for (let k = 0, p = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++, p++) data[p] = 30 - Math.hypot(i - 19.5, j - 19.5, k - 19.5);
  const ball = isosurface({ grid: canonicalGrid(n, 1), data }, 15);

  it('is the circle of a ball, closed, on an oblique plane', () => {
    const normal = [0.6, 0, 0.8];
    const pieces = cut(ball, [22.5, 19.5, 23.5], normal);
    // The plane lies 5 from the centre of a ball of radius 15.
    const radius = Math.sqrt(15 ** 2 - 5 ** 2);
    const length = pieces.reduce(
      (sum, { from, to }) => sum + Math.hypot(...from.map((v, a) => v - to[a])),
      0,
    );
    expect(length / (2 * Math.PI * radius)).toBeCloseTo(1, 1);
    for (const { from } of pieces) {
      const d = from.map((v, a) => v - [22.5, 19.5, 23.5][a]);
      expect(d.reduce((sum, v, a) => sum + v * normal[a], 0)).toBeCloseTo(0, 4);
      expect(Math.abs(Math.hypot(...from.map((v) => v - 19.5)) - 15)).toBeLessThan(0.5);
    }
  });

  it('is nothing where the plane passes by', () => {
    expect(cut(ball, [0, 0, 39], [0, 0, 1])).toEqual([]);
  });
});
