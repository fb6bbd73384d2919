import { describe, expect, it } from 'vitest';
import { tidyPatch } from '../../../../extension/src/engine/fields/tidyPatch.ts';
import type { Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';
import { anyShared, countSet } from '../../../../extension/src/engine/space/voxels.ts';
import { holeRadius, shell, shellWithHole, straightHole } from '../../../support/shellWithHole.ts';

/** A patch that stops short of bone by so much, mm. */
function patchShortBy(short: number) {
  const { skull, patch } = shellWithHole(straightHole);
  const { patch: cut } = shellWithHole((x, y) => Math.hypot(x, y) < holeRadius - short);
  return { skull, whole: patch, cut };
}

const cavity: Vec3 = [0, 0, 0];

describe('tidyPatch', () => {
  it('fills a slit between patch and bone, and nothing else', () => {
    const { skull, whole, cut } = patchShortBy(2);
    const { patch, filled } = tidyPatch(skull, cut, cavity);
    expect(anyShared(patch.data, skull.data)).toBe(false);
    const missing = countSet(whole.data) - countSet(cut.data);
    const added = countSet(patch.data) - countSet(cut.data);
    expect(filled).toBeCloseTo((added * 0.6 ** 3) / 1000, 6);
    // The corners of the slit at both surfaces may be a little hollow or full.
    expect(Math.abs(added / missing - 1)).toBeLessThan(0.15);
    let outside = 0;
    for (let p = 0; p < patch.data.length; p++) if (patch.data[p] && !whole.data[p]) outside++;
    expect(outside / missing).toBeLessThan(0.02);
  });

  it('leaves a wide slit, and a patch without one', () => {
    const { skull, whole, cut } = patchShortBy(6);
    const share =
      tidyPatch(skull, cut, cavity).filled / tidyPatch(skull, patchShortBy(2).cut, cavity).filled;
    expect(share).toBeLessThan(0.15);
    const close = tidyPatch(skull, whole, cavity);
    expect(close.filled * 1000).toBeLessThan(
      0.01 * Math.PI * holeRadius ** 2 * (shell.outer - shell.inner),
    );
  });

  it('thickens a sheet inward, and leaves bone', () => {
    const { skull, patch } = shellWithHole(straightHole);
    const { size, origin } = patch.grid;
    const sheet = emptyMask(patch.grid);
    for (let k = 0, p = 0; k < size[2]; k++)
      for (let j = 0; j < size[1]; j++)
        for (let i = 0; i < size[0]; i++, p++) {
          const r = Math.hypot(origin[0] + 0.6 * i, origin[1] + 0.6 * j, origin[2] + 0.6 * k);
          if (patch.data[p] && r > shell.outer - 1) sheet.data[p] = 1;
        }
    const tidy = tidyPatch(skull, sheet, cavity);
    const area =
      2 * Math.PI * shell.outer * (shell.outer - Math.sqrt(shell.outer ** 2 - holeRadius ** 2));
    expect(tidy.thickened * 1000).toBeGreaterThan(0.7 * area);
    expect(anyShared(tidy.patch.data, skull.data)).toBe(false);
    let outside = 0;
    for (let p = 0; p < patch.data.length; p++) if (tidy.patch.data[p] && !patch.data[p]) outside++;
    expect(outside).toBe(0);
    expect(tidyPatch(skull, patch, cavity).thickened).toBeLessThan(0.01);
  });

  it('has nothing to do with an empty patch', () => {
    const { skull } = shellWithHole(straightHole);
    expect(() => tidyPatch(skull, emptyMask(skull.grid), cavity)).toThrow(RangeError);
  });
});
