import { describe, expect, it } from 'vitest';
import { overVertices, smoothOver } from '../../../../extension/src/engine/surface/perVertex.ts';

/** A strip of squares, two rows of `n` vertices. */
function strip(n: number) {
  const triangles: number[] = [];
  for (let i = 0; i + 1 < n; i++) triangles.push(i, i + 1, n + i, i + 1, n + i + 1, n + i);
  return { positions: new Float32Array(6 * n), triangles: Uint32Array.from(triangles) };
}

describe('values of vertices', () => {
  it('come to nothing where there are none', () => {
    expect(overVertices(new Float32Array())).toMatchObject({ mean: 0, p95: 0 });
    expect(overVertices(Float32Array.of(2, 1, 3)).mean).toBe(2);
  });

  it('lose what alternates and keep what is even when they are smoothed', () => {
    const n = 40;
    const stripes = Float32Array.from({ length: 2 * n }, (_, v) => 0.3 + (v % 2 ? 0.2 : -0.2));
    const smooth = smoothOver(strip(n), stripes, 20);
    for (const value of smooth) expect(Math.abs(value - 0.3)).toBeLessThan(0.05);
    // What was given is left alone.
    expect(stripes[0]).toBeCloseTo(0.1);
    expect(smoothOver(strip(n), stripes, 0)).toEqual(stripes);
  });

  it('stay where there is none, which counts for no neighbour', () => {
    const values = Float32Array.of(1, 1, NaN, 1, 1, 1, 1, 1);
    expect([...smoothOver(strip(4), values, 5)]).toEqual([...values]);
    expect(smoothOver(strip(0), new Float32Array(), 5)).toHaveLength(0);
  });
});
