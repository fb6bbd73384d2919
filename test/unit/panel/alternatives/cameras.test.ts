import { describe, expect, it } from 'vitest';
import { framing } from '../../../../extension/src/viewer/cameras.ts';

describe('a camera that shows what is around a place', () => {
  it('stands as far away as makes a ball as high as the viewport', () => {
    expect(framing(90, { parallelProjection: false, viewAngle: 60 }).distance).toBeCloseTo(180);
    // VTK's own angle where none is said.
    expect(framing(90, {}).distance).toBeCloseTo(347.7, 1);
  });

  it('has the scale of half the height in a parallel projection', () => {
    expect(framing(90, { parallelProjection: true, viewAngle: 60 })).toEqual({ parallelScale: 90 });
  });
});
