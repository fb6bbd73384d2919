import type { Mesh } from './mesh.ts';

/** Cosine of the angle between the normals of faces that lie folded onto each other. */
const folded = -0.999;

/** Whether two neighbouring faces of a closed surface lie folded onto each other, as simplifying can leave them. */
export function hasFolds({ positions, triangles }: Mesh): boolean {
  const normals = normalsOf(positions, triangles);
  const corners = positions.length / 3;
  const faceAt = new Map<number, number>();
  for (let t = 0; t < triangles.length; t += 3)
    for (let e = 0; e < 3; e++)
      faceAt.set(triangles[t + e] * corners + triangles[t + ((e + 1) % 3)], t);
  for (const [edge, t] of faceAt) {
    const [from, to] = [Math.floor(edge / corners), edge % corners];
    const other = faceAt.get(to * corners + from);
    if (other === undefined || other < t) continue;
    const cosine =
      normals[t] * normals[other] +
      normals[t + 1] * normals[other + 1] +
      normals[t + 2] * normals[other + 2];
    if (cosine < folded) return true;
  }
  return false;
}

/** Unit normals of the faces, side by side; 0 for a face without an area. */
function normalsOf(p: Float32Array, triangles: Uint32Array): Float64Array {
  const out = new Float64Array(triangles.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    const [ux, uy, uz] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
    const [vx, vy, vz] = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
    const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const length = Math.hypot(x, y, z) || 1;
    out[t] = x / length;
    out[t + 1] = y / length;
    out[t + 2] = z / length;
  }
  return out;
}
