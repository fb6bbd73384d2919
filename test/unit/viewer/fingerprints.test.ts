import { describe, expect, it, vi } from 'vitest';
import { fingerprintsOf } from '../../../extension/src/viewer/segments/fingerprints.ts';

const state: Record<string, unknown> = {};
const images: Record<string, ArrayLike<number>> = {};

vi.mock('@cornerstonejs/core', () => ({
  cache: {
    getImage: (id: string) => images[id] && { voxelManager: { getScalarData: () => images[id] } },
  },
  metaData: {},
}));
vi.mock('@cornerstonejs/tools', () => ({
  segmentation: {
    state: {
      getSegmentation: (id: string) => state[id] && { representationData: { Labelmap: state[id] } },
    },
  },
}));
const { fingerprints } = await import('../../../extension/src/viewer/segments/labelmaps.ts');

const own = (value: number) => value;
const of = (...slices: ArrayLike<number>[]) => fingerprintsOf([{ slices, segmentOf: own }]);

describe('what tells the voxels of a segment from others', () => {
  const before = of(Uint8Array.of(0, 1, 0, 2, 2, 0, 1), Uint8Array.of(1, 0, 0, 0, 0, 0, 2));

  it('is the same for the same voxels, however they are held', () => {
    const held = [
      [0, 1, 0, 2, 2, 0, 1],
      [1, 0, 0, 0, 0, 0, 2],
    ];
    expect(of(...held)).toEqual(before);
    expect(of(...held.map((slice) => Uint16Array.from(slice)))).toEqual(before);
    // An array that begins within a word.
    const within = new Uint8Array(8);
    within.set(held[0], 1);
    expect(of(within.subarray(1), Uint8Array.from(held[1]))).toEqual(before);
  });

  it.each([
    ['painted', [0, 1, 2, 2, 2, 0, 1]],
    ['erased', [0, 1, 0, 2, 0, 0, 1]],
    ['moved by as much up as down', [0, 1, 2, 0, 0, 2, 1]],
  ])('is another one for the segment that was %s alone', (_, slice) => {
    const after = of(Uint8Array.from(slice), Uint8Array.of(1, 0, 0, 0, 0, 0, 2));
    expect(after.get(1)).toBe(before.get(1));
    expect(after.get(2)).not.toBe(before.get(2));
  });

  it('is another one for the same voxels in another slice, and none without any', () => {
    expect(of([0, 1], [0, 0]).get(1)).not.toBe(of([0, 0], [0, 1]).get(1));
    expect(of([0, 0]).get(1)).toBeUndefined();
  });

  it('is told by segment where the viewer keeps segments on several layers', () => {
    images['a'] = Uint8Array.of(0, 1, 1, 0);
    images['b'] = Uint8Array.of(1, 1, 0, 0);
    state['seg'] = {
      labelmaps: { first: { imageIds: ['a'] }, second: { imageIds: ['b'] } },
      segmentBindings: {
        4: { labelmapId: 'first', labelValue: 1 },
        7: { labelmapId: 'second', labelValue: 1 },
      },
    };
    const found = fingerprints('seg');
    expect([...(found?.keys() ?? [])]).toEqual([4, 7]);
    images['b'] = Uint8Array.of(1, 1, 1, 0);
    expect(fingerprints('seg')?.get(4)).toBe(found?.get(4));
    expect(fingerprints('seg')?.get(7)).not.toBe(found?.get(7));
    // The one labelmap of most segmentations.
    state['plain'] = { imageIds: ['a'] };
    expect(fingerprints('plain')?.get(1)).toBe(found?.get(4));
  });

  it('is not known of a segmentation that is not loaded, or whose images the viewer dropped', () => {
    expect(fingerprints('other')).toBeUndefined();
    state['dropped'] = { imageIds: ['a', 'gone'] };
    expect(fingerprints('dropped')).toBeUndefined();
  });
});
