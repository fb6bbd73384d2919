import { describe, expect, it } from 'vitest';
import { canonicalGrid, shapeThreshold } from '../../../../extension/src/engine/space/canonical.ts';
import { bridgeToBone, sealPatch } from '../../../../extension/src/engine/shape/seal.ts';
import type { Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';

const n = 40;
const grid = canonicalGrid(n, 0.8);
const at = (i: number, j: number, k: number): number => i + n * (j + n * k);

/** A plate in the plane z = 20, 6 voxels thick: bone for i < 18, patch from i = 20 on, a slit between. */
function plate(probabilityInSlit: number) {
  const bone = new Uint8Array(n ** 3);
  const data = new Float32Array(n ** 3);
  for (let k = 17; k < 23; k++)
    for (let j = 4; j < 36; j++)
      for (let i = 4; i < 36; i++) {
        if (i < 18) bone[at(i, j, k)] = 1;
        else data[at(i, j, k)] = i < 20 ? probabilityInSlit : 0.9;
      }
  return { bone, field: { grid, data } };
}

describe('sealPatch', () => {
  it('fills a slit between patch and bone that the network considered', () => {
    const { bone, field } = plate(0.3);
    sealPatch(field, bone);
    expect(field.data[at(18, 20, 20)]).toBe(shapeThreshold);
    expect(field.data[at(19, 20, 20)]).toBe(shapeThreshold);
  });

  it('leaves a slit that the network did not consider', () => {
    const { bone, field } = plate(0);
    sealPatch(field, bone);
    expect(field.data[at(18, 20, 20)]).toBe(0);
  });

  it('does not thicken the plate', () => {
    const { bone, field } = plate(0.3);
    for (let j = 4; j < 36; j++) for (let i = 20; i < 36; i++) field.data[at(i, j, 24)] = 0.3;
    sealPatch(field, bone);
    expect(field.data[at(28, 20, 24)]).toBeCloseTo(0.3);
  });
});

describe('bridgeToBone', () => {
  /** A plate in the plane z = 10: bone for i < 8, patch from i = 8 + `slit` on. */
  function cutPlate(slit: number, spacing: Vec3) {
    const own = { ...canonicalGrid(20, 0.5), spacing };
    const [bone, patch] = [emptyMask(own), emptyMask(own)];
    for (let k = 8; k < 12; k++)
      for (let j = 2; j < 18; j++)
        for (let i = 2; i < 18; i++) {
          const p = i + 20 * (j + 20 * k);
          if (i < 8) bone.data[p] = 1;
          else if (i >= 8 + slit) patch.data[p] = 1;
        }
    return { bone, patch };
  }
  const set = (data: Uint8Array): number => data.reduce((sum, v) => sum + v, 0);

  it('fills a slit of one voxel and thickens nothing', () => {
    const { bone, patch } = cutPlate(1, [0.5, 0.5, 0.5]);
    const before = set(patch.data);
    bridgeToBone(patch, bone);
    expect(set(patch.data)).toBe(before + 4 * 16);
    for (let k = 8; k < 12; k++)
      for (let j = 2; j < 18; j++) expect(patch.data[8 + 20 * (j + 20 * k)]).toBe(1);
  });

  it('leaves a wide slit, and one of a coarse voxel', () => {
    const wide = cutPlate(2, [0.5, 0.5, 0.5]);
    const coarse = cutPlate(1, [3, 3, 3]);
    for (const { bone, patch } of [wide, coarse]) {
      const before = patch.data.slice();
      bridgeToBone(patch, bone);
      expect(patch.data).toEqual(before);
    }
  });
});
