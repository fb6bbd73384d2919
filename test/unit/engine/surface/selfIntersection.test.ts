import { describe, expect, it } from 'vitest';
import type { Mesh } from '../../../../extension/src/engine/surface/mesh.ts';
import { intersectsItself } from '../../../../extension/src/engine/surface/selfIntersection.ts';

/** A flat square in four faces around `middle`, and a point below that closes it. */
function pyramid(middle: readonly [number, number, number], below = -1): Mesh {
  const corners = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0];
  const positions = Float32Array.from([...corners, ...middle, 0.5, 0.5, below]);
  const triangles = Uint32Array.from([
    ...[0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0, 4],
    ...[1, 0, 5, 2, 1, 5, 3, 2, 5, 0, 3, 5],
  ]);
  return { positions, triangles };
}

/** Both surfaces as one. */
function together(a: Mesh, b: Mesh): Mesh {
  const vertices = a.positions.length / 3;
  return {
    positions: Float32Array.from([...a.positions, ...b.positions]),
    triangles: Uint32Array.from([...a.triangles, ...b.triangles.map((v) => v + vertices)]),
  };
}

function moved({ positions, triangles }: Mesh, by: number): Mesh {
  return { positions: positions.map((x) => x + by), triangles };
}

describe('intersectsItself', () => {
  it('is false of a body, with flat faces, pointed ones or dents', () => {
    expect(intersectsItself(pyramid([0.5, 0.5, 0]))).toBe(false);
    expect(intersectsItself(pyramid([0.5, 0.5, 0.4]))).toBe(false);
    expect(intersectsItself(pyramid([0.5, 0.5, -0.9]))).toBe(false);
  });

  it('is true where a dent goes through the other side', () => {
    expect(intersectsItself(pyramid([0.5, 0.7, -1.2]))).toBe(true);
  });

  it('is true where a face lies folded onto its neighbour', () => {
    expect(intersectsItself(pyramid([0.5, -0.1, 0]))).toBe(true);
  });

  it('is true of two bodies one in the other by a corner, false of two apart', () => {
    const body = pyramid([0.5, 0.5, 0.4]);
    expect(intersectsItself(together(body, moved(body, 0.3)))).toBe(true);
    expect(intersectsItself(together(body, moved(body, 2)))).toBe(false);
  });
});
