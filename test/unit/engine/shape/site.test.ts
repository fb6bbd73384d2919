import { describe, expect, it } from 'vitest';
import { siteOf } from '../../../../extension/src/engine/shape/site.ts';
import type { Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { straightPose } from '../../../support/phantomSkull.ts';

/** @param from the middle of the head: to the left, to the back and up, mm */
const at = ([x, y, z]: Vec3) => siteOf([x, y + 4.4, z - 10], straightPose);

describe('where in the vault', () => {
  it('tells the bones apart', () => {
    expect(at([-30, -65, 30])).toBe('right frontal');
    expect(at([55, 20, 45])).toBe('left parietal');
    expect(at([-65, 5, -10])).toBe('right temporal');
    expect(at([25, 85, 0])).toBe('left occipital');
  });

  it('has a midline, on which there is no side', () => {
    expect(at([4, -75, 10])).toBe('midline frontal');
    expect(at([-4, 20, 78])).toBe('midline parietal');
  });

  it('goes by the head, not by the scanner', () => {
    const upsideDown = { rotation: [1, 0, 0, 0, -1, 0, 0, 0, -1], translation: [0, 0, 0] } as const;
    // What lies to the back and below of this patient is in front and above of the head.
    expect(siteOf([132, -37, -70], upsideDown)).toBe('left frontal');
  });
});
