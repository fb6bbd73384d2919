import { describe, expect, it } from 'vitest';
import { hasFolds } from '../../../../extension/src/engine/surface/folds.ts';

/** A flat square in four faces around `middle`, and a point below that closes it. */
function pyramid(middle: readonly [number, number, number]) {
  const positions = Float32Array.from([
    0,
    0,
    0,
    1,
    0,
    0,
    1,
    1,
    0,
    0,
    1,
    0,
    ...middle,
    0.5,
    0.5,
    -1,
  ]);
  const triangles = Uint32Array.from([
    ...[0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0, 4],
    ...[1, 0, 5, 2, 1, 5, 3, 2, 5, 0, 3, 5],
  ]);
  return { positions, triangles };
}

describe('hasFolds', () => {
  it('finds none in a convex body, flat faces or not', () => {
    expect(hasFolds(pyramid([0.5, 0.5, 0]))).toBe(false);
    expect(hasFolds(pyramid([0.5, 0.5, 0.4]))).toBe(false);
  });

  it('finds a face that lies folded onto its neighbour', () => {
    expect(hasFolds(pyramid([0.5, -0.1, 0]))).toBe(true);
  });
});
