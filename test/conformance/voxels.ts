import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { indexToPatient, type Vec3 } from '../../extension/src/engine/space/grid.ts';
import type { Mask } from '../../extension/src/engine/space/volume.ts';
import { ctFiles } from '../../scripts/ct-files.ts';
import { asymmetricCt, phantomIdentity, type PhantomCase } from './phantom.ts';

/** Patient positions of the set voxels, mm. */
export function positionsOf({ grid, data }: Mask): Vec3[] {
  const [nx, ny] = grid.size;
  const positions: Vec3[] = [];
  data.forEach((v, p) => {
    if (v === 0) return;
    const i = p % nx;
    const j = ((p - i) / nx) % ny;
    positions.push(indexToPatient(grid, [i, j, Math.floor(p / (nx * ny))]));
  });
  return positions;
}

/** Asserts that two sets of positions are the same to 0.001 mm, whatever their order. */
export function expectSamePositions(
  found: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
): void {
  const key = (p: readonly number[]) => p.map((v) => Math.round(v * 100));
  const byPosition = (a: readonly number[], b: readonly number[]) => {
    const [ka, kb] = [key(a), key(b)];
    return ka[0] - kb[0] || ka[1] - kb[1] || ka[2] - kb[2];
  };
  expect(found).toHaveLength(expected.length);
  const [a, b] = [[...found].sort(byPosition), [...expected].sort(byPosition)];
  const worst = a.reduce((w, p, n) => Math.max(w, ...p.map((v, c) => Math.abs(v - b[n][c]))), 0);
  expect(worst).toBeLessThan(1e-3);
}

/** Writes the phantom's CT as `ct/*.dcm` and voxels as `voxels.json`, for Python to work on. */
export function writePhantom(folder: string, { grid }: PhantomCase, masks: readonly Mask[]): void {
  mkdirSync(join(folder, 'ct'), { recursive: true });
  ctFiles(asymmetricCt(grid), phantomIdentity).forEach((file, k) =>
    writeFileSync(join(folder, 'ct', `${String(k).padStart(3, '0')}.dcm`), new Uint8Array(file)),
  );
  writeFileSync(join(folder, 'voxels.json'), JSON.stringify(masks.map(positionsOf)));
}

/** What a label map can hold of overlapping masks: the later one wins. */
export function laterWins(masks: readonly Mask[]): Mask[] {
  return masks.map(({ grid, data }, s) => ({
    grid,
    data: data.map((v, i) => (masks.slice(s + 1).some((later) => later.data[i]) ? 0 : v)),
  }));
}
