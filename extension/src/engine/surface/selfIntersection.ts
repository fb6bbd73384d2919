import type { Vec3 } from '../space/grid.ts';
import { dot } from '../space/grid.ts';
import { faceNormal, type Mesh } from './mesh.ts';

/** Touching within this share of an edge or a face is no cut. */
const flat = 1e-9;
/** Cosine of the angle between the normals of neighbours that lie folded onto each other. */
const folded = -0.99999;

/**
 * Whether faces of a surface cut each other, or neighbours lie folded onto each other, as simplifying can leave them.
 * Of all pairs whose boxes overlap, found by sweeping along x, the edges of each are held against the face of the other
 * (Möller and Trumbore 1997).
 */
export function intersectsItself(mesh: Mesh): boolean {
  const { triangles } = mesh;
  const count = triangles.length / 3;
  const boxes = boxesOf(mesh);
  const order = Uint32Array.from({ length: count }, (_, n) => n);
  order.sort((a, b) => boxes[6 * a] - boxes[6 * b]);
  for (let m = 0; m < count; m++) {
    const a = order[m];
    for (let n = m + 1; n < count; n++) {
      const b = order[n];
      if (boxes[6 * b] > boxes[6 * a + 1]) break;
      if (
        boxes[6 * b + 2] <= boxes[6 * a + 3] &&
        boxes[6 * b + 3] >= boxes[6 * a + 2] &&
        boxes[6 * b + 4] <= boxes[6 * a + 5] &&
        boxes[6 * b + 5] >= boxes[6 * a + 4] &&
        meet(mesh, 3 * a, 3 * b)
      )
        return true;
    }
  }
  return false;
}

/** Least and most x, y and z of each face, six numbers side by side. */
function boxesOf({ positions, triangles }: Mesh): Float32Array {
  const out = new Float32Array(2 * triangles.length);
  for (let t = 0; t < triangles.length; t += 3)
    for (let axis = 0; axis < 3; axis++) {
      const a = positions[3 * triangles[t] + axis];
      const b = positions[3 * triangles[t + 1] + axis];
      const c = positions[3 * triangles[t + 2] + axis];
      out[2 * (t + axis)] = Math.min(a, b, c);
      out[2 * (t + axis) + 1] = Math.max(a, b, c);
    }
  return out;
}

/** Whether two faces, by where their corners begin, cut each other or lie folded onto each other. */
function meet(mesh: Mesh, t: number, s: number): boolean {
  const { triangles } = mesh;
  let shared = 0;
  for (let i = 0; i < 3; i++) if (isCorner(triangles, s, triangles[t + i])) shared++;
  if (shared === 2) return cosineBetween(mesh, t, s) < folded;
  // A face twice is no fold of a surface: a closed one has none.
  if (shared > 2) return true;
  return edgesPierce(mesh, t, s) || edgesPierce(mesh, s, t);
}

const isCorner = (triangles: Uint32Array, t: number, vertex: number): boolean =>
  triangles[t] === vertex || triangles[t + 1] === vertex || triangles[t + 2] === vertex;

/** Whether an edge of a face passes through the inside of another face; one with a common corner only touches it. */
function edgesPierce(mesh: Mesh, t: number, s: number): boolean {
  const { triangles } = mesh;
  for (let i = 0; i < 3; i++) {
    const [from, to] = [triangles[t + i], triangles[t + ((i + 1) % 3)]];
    if (isCorner(triangles, s, from) || isCorner(triangles, s, to)) continue;
    if (pierces(mesh, from, to, s)) return true;
  }
  return false;
}

/** Whether the way between two vertices passes through the inside of a face. */
function pierces({ positions: p, triangles }: Mesh, from: number, to: number, s: number): boolean {
  const [o, e] = [3 * from, 3 * to];
  const [a, b, c] = [3 * triangles[s], 3 * triangles[s + 1], 3 * triangles[s + 2]];
  const [wx, wy, wz] = [p[e] - p[o], p[e + 1] - p[o + 1], p[e + 2] - p[o + 2]];
  const [ux, uy, uz] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
  const [vx, vy, vz] = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
  const [hx, hy, hz] = [wy * vz - wz * vy, wz * vx - wx * vz, wx * vy - wy * vx];
  const size = ux * hx + uy * hy + uz * hz;
  if (Math.abs(size) < 1e-12) return false;
  const [x, y, z] = [p[o] - p[a], p[o + 1] - p[a + 1], p[o + 2] - p[a + 2]];
  const first = (x * hx + y * hy + z * hz) / size;
  if (first <= flat || first >= 1 - flat) return false;
  const [qx, qy, qz] = [y * uz - z * uy, z * ux - x * uz, x * uy - y * ux];
  const second = (wx * qx + wy * qy + wz * qz) / size;
  if (second <= flat || first + second >= 1 - flat) return false;
  const along = (vx * qx + vy * qy + vz * qz) / size;
  return along > flat && along < 1 - flat;
}

/** Cosine between the normals of two faces; 0 where one has no area. */
const cosineBetween = (mesh: Mesh, t: number, s: number): number =>
  dot(normalOf(mesh, t), normalOf(mesh, s));

const normalOf = ({ positions, triangles }: Mesh, t: number): Vec3 =>
  faceNormal(positions, 3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]);
