import { describe, expect, it } from 'vitest';
import { tidyPatch } from '../../../../extension/src/engine/fields/tidyPatch.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';
import { anyShared, countSet } from '../../../../extension/src/engine/space/voxels.ts';
import { holeRadius, shell, shellWithHole, straightHole } from '../../../support/shellWithHole.ts';

/** A patch that stops short of bone by so much, mm. */
function patchShortBy(short: number) {
  const { skull, patch } = shellWithHole(straightHole);
  const { patch: cut } = shellWithHole((x, y) => Math.hypot(x, y) < holeRadius - short);
  return { skull, whole: patch, cut };
}

describe('tidyPatch', () => {
  it('fills a slit between patch and bone, and nothing else', () => {
    const { skull, whole, cut } = patchShortBy(2);
    const { patch, filled } = tidyPatch(skull, cut);
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
    const share = tidyPatch(skull, cut).filled / tidyPatch(skull, patchShortBy(2).cut).filled;
    expect(share).toBeLessThan(0.15);
    const close = tidyPatch(skull, whole);
    expect(close.filled * 1000).toBeLessThan(
      0.01 * Math.PI * holeRadius ** 2 * (shell.outer - shell.inner),
    );
  });

  it('has nothing to do with an empty patch', () => {
    const { skull } = shellWithHole(straightHole);
    expect(() => tidyPatch(skull, emptyMask(skull.grid))).toThrow(RangeError);
  });
});
