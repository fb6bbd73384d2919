import { vertexNormals, type Mesh } from '../../extension/src/engine/surface/mesh.ts';

/** Edge of the boxes that vertices are looked up in, mm: what lies farther counts as this far. */
const box = 2;

/**
 * How far each vertex of a surface lies from another surface, mm, ascending: along the normal of its nearest vertex,
 * which is at hand in meshes whose edges are short.
 */
export function alongNormals({ positions }: Mesh, other: Mesh): number[] {
  const normals = vertexNormals(other);
  const { positions: q } = other;
  const boxes = new Map<string, number[]>();
  const key = (at: readonly number[]) => at.map((v) => Math.floor(v / box)).join(' ');
  for (let v = 0; v < q.length; v += 3) {
    const name = key([q[v], q[v + 1], q[v + 2]]);
    const inBox = boxes.get(name);
    if (inBox) inBox.push(v);
    else boxes.set(name, [v]);
  }
  const found: number[] = [];
  for (let p = 0; p < positions.length; p += 3) {
    const at = [positions[p], positions[p + 1], positions[p + 2]];
    let least = Infinity;
    let distance = box;
    for (let n = 0; n < 27; n++) {
      const offset = [n % 3, Math.floor(n / 3) % 3, Math.floor(n / 9)].map((s) => (s - 1) * box);
      for (const v of boxes.get(key(at.map((x, c) => x + offset[c]))) ?? []) {
        const d = at.map((x, c) => x - q[v + c]);
        const length = Math.hypot(...d);
        if (length >= least) continue;
        least = length;
        distance = Math.abs(d[0] * normals[v] + d[1] * normals[v + 1] + d[2] * normals[v + 2]);
      }
    }
    found.push(distance);
  }
  return found.sort((a, b) => a - b);
}
