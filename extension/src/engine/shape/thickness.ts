import { cropToContent } from '../space/crop.ts';
import type { Vec3 } from '../space/grid.ts';
import { signedDistance, surfaceDistance } from '../space/signedDistance.ts';
import type { Mask } from '../space/volume.ts';
import type { Mesh } from '../surface/mesh.ts';
import { vertexNormals } from '../surface/mesh.ts';
import { skullSurface } from '../surface/skullSurface.ts';

/** Longest wall that is looked for, mm. */
const thickest = 30;
const step = 0.25;
/** Space around the shape in which its distance is computed, mm. */
const margin = 4;

/** A shape's surface and the wall behind each vertex. */
export interface WallThickness {
  /** Patient LPS mm. */
  readonly mesh: Mesh;
  /** Way from each vertex inward, against its normal, until the shape ends, mm. */
  readonly perVertex: Float32Array;
}

/** Thickness of a shape everywhere on its surface. An empty shape has an empty surface. */
export function wallThickness(shape: Mask): WallThickness {
  const field = signedDistance(cropToContent(shape, margin));
  const mesh = skullSurface(field, 1);
  const at = surfaceDistance(field);
  const normals = vertexNormals(mesh);
  const { positions } = mesh;
  const perVertex = new Float32Array(positions.length / 3);
  for (let v = 0; v < perVertex.length; v++) {
    const q = 3 * v;
    const below = (depth: number): Vec3 => [
      positions[q] - depth * normals[q],
      positions[q + 1] - depth * normals[q + 1],
      positions[q + 2] - depth * normals[q + 2],
    ];
    // The mesh is smoother than the voxels: the first step may still lie outside.
    let depth = 2 * step;
    while (depth < thickest && at(below(depth)) < 0) depth += step;
    perVertex[v] = depth - step / 2;
  }
  return { mesh, perVertex };
}
