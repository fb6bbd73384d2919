import { describe, expect, it } from 'vitest';
import { blockMean } from '../../../../extension/src/engine/space/resample.ts';
import { canonicalGrid } from '../../../../extension/src/engine/space/canonical.ts';
import { cropUpsampled } from '../../../../extension/src/engine/cascade/fine.ts';
import { reverseRows } from '../../../../extension/src/engine/space/voxels.ts';
import { planWindows, windowProfile } from '../../../../extension/src/engine/cascade/windows.ts';

const coarse = canonicalGrid(32, 3.2);

function estimate(set: ReadonlyArray<readonly [number, number, number]>) {
  const data = new Float32Array(32 ** 3);
  for (const [i, j, k] of set) data[i + 32 * (j + 32 * k)] = 0.9;
  return [data];
}

const options = {
  canonicalSize: 128,
  factor: 4,
  window: 32,
  stride: 24,
  threshold: 0.5,
  margin: 1,
};

describe('planWindows', () => {
  it('covers every voxel of the estimate and stays inside the grid', () => {
    const set: Array<[number, number, number]> = [];
    for (let i = 0; i < 20; i++) set.push([i + 6, 31 - i, Math.floor(i / 3)]);
    const plan = planWindows(coarse, estimate(set), options);
    for (const s of plan?.starts ?? [])
      for (const v of s) {
        expect(v).toBeGreaterThanOrEqual(0);
        expect(v + 32).toBeLessThanOrEqual(128);
      }
    for (const voxel of set)
      expect(
        plan?.starts.some((s) =>
          s.every((v, a) => voxel[a] * 4 >= v && voxel[a] * 4 + 4 <= v + 32),
        ),
      ).toBe(true);
  });

  it('uses one window for a small estimate and says null for none', () => {
    expect(planWindows(coarse, estimate([[10, 10, 10]]), options)?.starts.length).toBe(1);
    expect(planWindows(coarse, estimate([]), options)).toBeNull();
  });

  it('gives every voxel of a window a positive weight', () => {
    expect(Math.min(...windowProfile(32))).toBeGreaterThan(0);
    expect(Math.max(...windowProfile(32))).toBe(1);
  });
});

describe('coarse and fine grids', () => {
  it('block means conserve the volume', () => {
    const grid = canonicalGrid(8, 0.8);
    const data = Uint8Array.from({ length: 512 }, (_, p) => ((p * 7) % 3 === 0 ? 1 : 0));
    const low = blockMean({ grid, data }, 4);
    expect(low.grid.origin[0]).toBeCloseTo(1.6);
    expect(low.data.reduce((a, b) => a + b, 0) * 64).toBeCloseTo(
      data.reduce((a, b) => a + b, 0),
      3,
    );
  });

  it('upsampling reproduces a linear ramp away from the edge', () => {
    const data = new Float32Array(32 ** 3);
    for (let k = 0, p = 0; k < 32; k++)
      for (let j = 0; j < 32; j++) for (let i = 0; i < 32; i++, p++) data[p] = i + 2 * j - k;
    const out = new Float32Array(32 ** 3);
    cropUpsampled({ grid: coarse, data }, 4, [20, 36, 50], 32, out);
    const at = (v: number) => (v + 0.5) / 4 - 0.5;
    const p = 5 + 32 * (9 + 32 * 13);
    expect(out[p]).toBeCloseTo(at(25) + 2 * at(45) - at(63), 4);
  });

  it('the mirrored copy reverses x only', () => {
    const out = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
    reverseRows(out, 4);
    expect(Array.from(out)).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
  });
});
