import { describe, expect, it } from 'vitest';
import {
  fillCavities,
  keepLargestComponent,
  labelComponents,
} from '../../../../extension/src/engine/space/components.ts';
import { identityAxes } from '../../../../extension/src/engine/space/grid.ts';
import type { Vec3 } from '../../../../extension/src/engine/space/grid.ts';

const grid = (size: Vec3) => ({
  size,
  spacing: [1, 1, 1] as const,
  origin: [0, 0, 0] as const,
  axes: identityAxes,
});

/** Component count by flood fill: slow, independent of the runs. */
function floodCount(data: Uint8Array, [nx, ny, nz]: Vec3, corners: boolean): number[] {
  const seen = new Uint8Array(data.length);
  const sizes: number[] = [];
  for (let start = 0; start < data.length; start++) {
    if (!data[start] || seen[start]) continue;
    let size = 0;
    const stack = [start];
    seen[start] = 1;
    while (stack.length) {
      const p = stack.pop() as number;
      size++;
      const [i, j, k] = [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))];
      for (let dk = -1; dk <= 1; dk++)
        for (let dj = -1; dj <= 1; dj++)
          for (let di = -1; di <= 1; di++) {
            if (!corners && Math.abs(di) + Math.abs(dj) + Math.abs(dk) !== 1) continue;
            const [x, y, z] = [i + di, j + dj, k + dk];
            if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) continue;
            const q = x + nx * (y + ny * z);
            if (data[q] && !seen[q]) {
              seen[q] = 1;
              stack.push(q);
            }
          }
    }
    sizes.push(size);
  }
  return sizes.sort((a, b) => b - a);
}

/** Deterministic noise. */
function noise(n: number, share: number, seed: number): Uint8Array {
  let s = seed;
  return Uint8Array.from({ length: n }, () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return s / 2 ** 32 < share ? 1 : 0;
  });
}

describe('labelComponents', () => {
  for (const share of [0.02, 0.1, 0.3])
    for (const connectivity of [6, 26] as const)
      it(`agrees with flood fill at ${share} filled, ${connectivity}-connected`, () => {
        const size: Vec3 = [17, 13, 11];
        const data = noise(17 * 13 * 11, share, 7);
        const c = labelComponents(data, size, 1, connectivity);
        expect(Array.from(c.sizes)).toEqual(floodCount(data, size, connectivity === 26));
        expect(c.length.reduce((a, b) => a + b, 0)).toBe(data.reduce((a, b) => a + b, 0));
      });
});

describe('keepLargestComponent', () => {
  it('keeps one of two pieces and says how large it is', () => {
    const data = new Uint8Array(5 * 5 * 5);
    data.set([1, 1, 0, 1], 60);
    expect(keepLargestComponent({ grid: grid([5, 5, 5]), data })).toBe(2);
    expect(data[63]).toBe(0);
  });
});

describe('fillCavities', () => {
  it('fills a small closed cavity, not a large one and not one that opens to the edge', () => {
    const data = new Uint8Array(9 * 9 * 9).fill(1);
    data[4 + 9 * (4 + 9 * 4)] = 0;
    for (let i = 1; i < 8; i++) data[i + 9 * (2 + 9 * 2)] = 0;
    data[0] = 0;
    fillCavities({ grid: grid([9, 9, 9]), data }, 3);
    expect(data[4 + 9 * (4 + 9 * 4)]).toBe(1);
    expect(data[3 + 9 * (2 + 9 * 2)]).toBe(0);
    expect(data[0]).toBe(0);
  });
});
