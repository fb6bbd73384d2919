import { describe, expect, it } from 'vitest';
import { isInSight } from '../../../extension/src/viewer/drawing/Overlays.ts';

describe('whether a mark is in sight', () => {
  const camera = { focalPoint: [10, 0, 0], viewPlaneNormal: [0, 0, 1] } as const;
  const seen = (position: readonly [number, number, number], in3d: boolean) =>
    isInSight(position, { focalPoint: [...camera.focalPoint], viewPlaneNormal: [0, 0, 1] }, in3d);

  it('is so on the planes that it lies on', () => {
    expect(seen([50, 50, 2], false)).toBe(true);
    expect(seen([50, 50, -2], false)).toBe(true);
    expect(seen([50, 50, 2.1], false)).toBe(false);
  });

  it('is so in 3D while its side of the head is turned to the eye', () => {
    expect(seen([10, 30, 80], true)).toBe(true);
    expect(seen([10, 80, 0], true)).toBe(false);
    expect(seen([10, 30, -80], true)).toBe(false);
  });

  it('is not so before there is a camera', () => {
    expect(isInSight([0, 0, 0], {} as never, true)).toBe(false);
  });
});
