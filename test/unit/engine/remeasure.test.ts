import { describe, expect, it } from 'vitest';
import { remeasure } from '../../../extension/src/engine/remeasure.ts';
import { cropToContent, skullMargin } from '../../../extension/src/engine/space/crop.ts';
import { identityAxes, type Grid } from '../../../extension/src/engine/space/grid.ts';
import { identityTransform } from '../../../extension/src/engine/space/transform.ts';
import { emptyMask, type Mask } from '../../../extension/src/engine/space/volume.ts';
import type { Mesh } from '../../../extension/src/engine/surface/mesh.ts';

const grid: Grid = {
  size: [80, 60, 60],
  spacing: [0.8, 0.8, 1],
  origin: [-10, 0, 5],
  axes: identityAxes,
};

/** Balls, each given by its middle and radius, mm from the first voxel. */
function balls(...spheres: (readonly [x: number, y: number, z: number, radius: number])[]): Mask {
  const mask = emptyMask(grid);
  const [nx, ny, nz] = grid.size;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++)
        for (const [x, y, z, radius] of spheres)
          if (Math.hypot(0.8 * i - x, 0.8 * j - y, k - z) <= radius) mask.data[p] = 1;
  return mask;
}

/** Volume inside a closed surface, ml. */
function inside({ positions: p, triangles }: Mesh): number {
  let sum = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    sum +=
      p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) -
      p[a + 1] * (p[b] * p[c + 2] - p[b + 2] * p[c]) +
      p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]);
  }
  return Math.abs(sum) / 6000;
}

const centre = [0, 20, 20] as const;

describe('measuring an edited shape again', () => {
  it('gives figures, pieces and a surface of the same volume', () => {
    const { measurements, mesh, pieces } = remeasure(
      balls([18, 24, 30, 12], [52, 24, 30, 8]),
      identityTransform,
      centre,
    );
    const ml = (radius: number) => ((4 / 3) * Math.PI * radius ** 3) / 1000;
    expect(measurements.volume / (ml(12) + ml(8))).toBeCloseTo(1, 1);
    expect(inside(mesh) / measurements.volume).toBeCloseTo(1, 1);
    expect(measurements.extent).toBeCloseTo(54, -0.5);
    expect(pieces.map(({ volume }) => volume / ml(12))).toEqual([
      expect.closeTo(1, 1),
      expect.closeTo((8 / 12) ** 3, 1),
    ]);
  });

  it('is the same of the box that holds the shape', () => {
    const whole = balls([30, 24, 30, 10]);
    expect(remeasure(cropToContent(whole, skullMargin), identityTransform, centre)).toEqual(
      remeasure(whole, identityTransform, centre),
    );
  });

  it('is nothing of a shape that was erased', () => {
    const { measurements, mesh, pieces } = remeasure(balls(), identityTransform, centre);
    expect(measurements.volume).toBe(0);
    expect(mesh.triangles).toHaveLength(0);
    expect(pieces).toEqual([]);
  });
});
