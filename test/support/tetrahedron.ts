import type { Mesh } from '../../extension/src/engine/surface/mesh.ts';

/** The smallest closed surface: four corners on the axes, `size` mm from the origin. */
export function tetrahedron(size = 10): Mesh {
  return {
    positions: new Float32Array([0, 0, 0, size, 0, 0, 0, size, 0, 0, 0, size]),
    triangles: new Uint32Array([0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]),
  };
}
