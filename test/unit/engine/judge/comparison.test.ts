import { describe, expect, it } from 'vitest';
import { compareTwo } from '../../../../extension/src/engine/judge/comparison.ts';
import { canonicalGrid } from '../../../../extension/src/engine/space/canonical.ts';
import { identityTransform } from '../../../../extension/src/engine/space/transform.ts';
import { emptyMask, type Mask } from '../../../../extension/src/engine/space/volume.ts';
import { shippedAtlas } from '../../../support/atlasFiles.ts';

const n = 96;
const grid = canonicalGrid(n, 1);
const middle = n / 2;
const atlas = { ...(await shippedAtlas()), centre: [middle, middle, middle] as const };

/** The upper half of a shell around the middle, radii in mm. */
function cap(inner: number, outer: number): Mask {
  const mask = emptyMask(grid);
  for (let k = middle, p = n * n * middle; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++, p++) {
        const r = Math.hypot(i + 0.5 - middle, j + 0.5 - middle, k + 0.5 - middle);
        if (r > inner && r < outer) mask.data[p] = 1;
      }
  return mask;
}

const compare = (first: Mask, second: Mask) =>
  compareTwo({ first, second, toCanonical: identityTransform, atlas });
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const halfShell = (inner: number, outer: number) =>
  ((2 / 3) * Math.PI * (outer ** 3 - inner ** 3)) / 1000;

describe('two shapes of one case', () => {
  it('have their volumes, what they share and what each has alone', () => {
    const { first, second, common, dice } = compare(cap(30, 36), cap(32, 38));
    expect(first.measurements.volume).toBeCloseTo(halfShell(30, 36), 0);
    expect(second.measurements.volume).toBeCloseTo(halfShell(32, 38), 0);
    expect(common).toBeCloseTo(halfShell(32, 36), 0);
    expect(first.alone).toBeCloseTo(halfShell(30, 32), 0);
    expect(second.alone).toBeCloseTo(halfShell(36, 38), 0);
    expect(dice).toBeCloseTo((2 * halfShell(32, 36)) / (halfShell(30, 36) + halfShell(32, 38)), 1);
    expect(first.measurements.meanThickness).toBeGreaterThan(5.2);
    expect(first.measurements.meanThickness).toBeLessThan(6.8);
    expect(second.measurements.extent).toBeGreaterThan(74);
    expect(second.measurements.extent).toBeLessThan(78);
  });

  it('lie apart by as much as they do', () => {
    const { first, second, meanDistance, hd95, hausdorff } = compare(cap(30, 36), cap(30, 38));
    // Half of the surface is common, the other half 2 mm away.
    expect(meanDistance).toBeGreaterThan(0.7);
    expect(meanDistance).toBeLessThan(1.5);
    expect(hd95).toBeGreaterThan(1.5);
    expect(hd95).toBeLessThan(2.6);
    expect(hausdorff).toBeGreaterThanOrEqual(hd95);
    const onTop = ({ mesh: { positions }, beyond }: typeof first, least: number) =>
      [...beyond].filter((_, v) => {
        const [x, y, z] = [0, 1, 2].map((a) => positions[3 * v + a] - middle);
        return z > 20 && Math.hypot(x, y, z) > least;
      });
    expect(mean(onTop(second, 36.5))).toBeGreaterThan(1.5);
    expect(mean(onTop(second, 36.5))).toBeLessThan(2.5);
    expect(mean(onTop(first, 34.5))).toBeGreaterThan(-2.5);
    expect(mean(onTop(first, 34.5))).toBeLessThan(-1.5);
  });

  it('that are the same differ in nothing', () => {
    const { first, common, dice, hausdorff } = compare(cap(30, 36), cap(30, 36));
    expect(dice).toBe(1);
    expect(hausdorff).toBe(0);
    expect(first.alone).toBeCloseTo(0);
    expect(first.measurements.volume).toBeCloseTo(common);
    expect(Math.max(...first.beyond.map(Math.abs))).toBeLessThan(1e-6);
  });

  it('that do not touch share nothing, and nothing is near', () => {
    const { first, common, dice } = compare(cap(10, 14), cap(34, 38));
    expect(common).toBe(0);
    expect(dice).toBe(0);
    expect(first.alone).toBe(first.measurements.volume);
    expect(first.beyond.every(Number.isNaN)).toBe(true);
  });

  it('must both have voxels, on one grid', () => {
    expect(() => compare(cap(30, 36), emptyMask(grid))).toThrow(/empty/);
    expect(() => compare(emptyMask(grid), cap(30, 36))).toThrow(/empty/);
    expect(() => compare(cap(30, 36), emptyMask(canonicalGrid(n, 0.9)))).toThrow(/different grids/);
  });
});
