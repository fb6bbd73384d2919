import { describe, expect, it } from 'vitest';
import { canonicalGrid, shapeThreshold } from '../../../../extension/src/engine/space/canonical.ts';
import { sealPatch } from '../../../../extension/src/engine/shape/seal.ts';

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
