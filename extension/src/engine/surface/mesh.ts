/** Room `surface`: a field or a mask in, its closed surface as triangles out. */

import type { Grid, Vec3 } from '../space/grid.ts';
import { cross, indexToPatient } from '../space/grid.ts';
import type { RigidTransform } from '../space/transform.ts';
import { applyRigid } from '../space/transform.ts';

/** A triangle mesh in patient LPS mm, wound counter-clockwise seen from outside. */
export interface Mesh {
  /** x, y, z of each vertex, mm. */
  readonly positions: Float32Array;
  /** Three vertex numbers a triangle. */
  readonly triangles: Uint32Array;
  /** `vertexNormals`, where somebody had the time to make them before they are needed. */
  readonly normals?: Float32Array;
}

/** The same mesh with its normals. */
export const withNormals = (mesh: Mesh): Mesh => ({ ...mesh, normals: vertexNormals(mesh) });

/**
 * Moves a mesh from voxel indices of a grid to mm, then through `transform`. Winding is kept
 * outward also on left-handed grids.
 */
export function placeMesh(mesh: Mesh, grid: Grid, transform?: RigidTransform): Mesh {
  const positions = new Float32Array(mesh.positions.length);
  for (let v = 0; v < positions.length; v += 3) {
    const p = indexToPatient(grid, [
      mesh.positions[v],
      mesh.positions[v + 1],
      mesh.positions[v + 2],
    ]);
    positions.set(transform ? applyRigid(transform, p) : p, v);
  }
  const [a, b, c] = grid.axes;
  const handedness =
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    a[1] * (b[0] * c[2] - b[2] * c[0]) +
    a[2] * (b[0] * c[1] - b[1] * c[0]);
  if (handedness > 0) return { positions, triangles: mesh.triangles };
  const triangles = mesh.triangles.slice();
  for (let t = 0; t < triangles.length; t += 3)
    [triangles[t + 1], triangles[t + 2]] = [triangles[t + 2], triangles[t + 1]];
  return { positions, triangles };
}

/** Several meshes as one; none as one without triangles. */
export function joinMeshes(meshes: readonly Mesh[]): Mesh {
  if (meshes.length === 1) return meshes[0];
  const sum = (of: (mesh: Mesh) => number) => meshes.reduce((total, mesh) => total + of(mesh), 0);
  const positions = new Float32Array(sum((mesh) => mesh.positions.length));
  const triangles = new Uint32Array(sum((mesh) => mesh.triangles.length));
  let [p, t] = [0, 0];
  for (const mesh of meshes) {
    positions.set(mesh.positions, p);
    for (let n = 0; n < mesh.triangles.length; n++) triangles[t + n] = mesh.triangles[n] + p / 3;
    p += mesh.positions.length;
    t += mesh.triangles.length;
  }
  return { positions, triangles };
}

/** Unit normal of a triangle, by where its corners' positions begin; 0 where it has no area. */
export function faceNormal(p: Float32Array, a: number, b: number, c: number): Vec3 {
  const n = cross(
    [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]],
    [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]],
  );
  const length = Math.hypot(...n) || 1;
  return [n[0] / length, n[1] / length, n[2] / length];
}

/** Unit normals at the vertices, each triangle weighted by its area. */
export function vertexNormals({ positions: p, triangles, normals: made }: Mesh): Float32Array {
  if (made) return made;
  const normals = new Float32Array(p.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    const [ux, uy, uz] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
    const [vx, vy, vz] = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
    const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    normals[a] += nx;
    normals[a + 1] += ny;
    normals[a + 2] += nz;
    normals[b] += nx;
    normals[b + 1] += ny;
    normals[b + 2] += nz;
    normals[c] += nx;
    normals[c + 1] += ny;
    normals[c + 2] += nz;
  }
  for (let v = 0; v < normals.length; v += 3) {
    const length = Math.hypot(normals[v], normals[v + 1], normals[v + 2]) || 1;
    normals[v] /= length;
    normals[v + 1] /= length;
    normals[v + 2] /= length;
  }
  return normals;
}

/** The vertex nearest to the mean: unlike the mean, it lies on a curved patch. */
export function middleVertex({ positions }: Mesh): Vec3 {
  const mean = [0, 0, 0];
  for (let p = 0; p < positions.length; p++) mean[p % 3] += positions[p] / (positions.length / 3);
  let best = 0;
  let least = Infinity;
  for (let p = 0; p < positions.length; p += 3) {
    const distance = Math.hypot(
      positions[p] - mean[0],
      positions[p + 1] - mean[1],
      positions[p + 2] - mean[2],
    );
    if (distance < least) [best, least] = [p, distance];
  }
  return [positions[best], positions[best + 1], positions[best + 2]];
}
