import { afterEach, expect, it, vi } from 'vitest';
import { identityAxes, type Grid } from '../../../extension/src/engine/space/grid.ts';
import { sharedMask } from '../../../extension/src/viewer/segments/sharedMask.ts';

const grid: Grid = { size: [2, 3, 4], spacing: [1, 1, 1], origin: [0, 0, 0], axes: identityAxes };

afterEach(() => vi.unstubAllGlobals());

it('lies in memory that workers share where the page is isolated', () => {
  vi.stubGlobal('crossOriginIsolated', true);
  const mask = sharedMask(grid);
  expect(mask.data.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(mask.data).toEqual(new Uint8Array(24));
  const { data } = structuredClone(mask);
  mask.data[5] = 1;
  expect(data[5]).toBe(1);
});

it('lies in memory of its own elsewhere', () => {
  expect(sharedMask(grid).data.buffer).toBeInstanceOf(ArrayBuffer);
  vi.stubGlobal('crossOriginIsolated', true);
  vi.stubGlobal('SharedArrayBuffer', undefined);
  expect(sharedMask(grid).data.buffer).toBeInstanceOf(ArrayBuffer);
});
