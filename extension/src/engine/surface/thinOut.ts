import { vertexNormals, type Mesh } from './mesh.ts';

/**
 * A mesh with fewer triangles, to be drawn often: vertices that lie in one cell of a lattice and look the same way
 * become one (Rossignac and Borrel 1993). Thin bone keeps both its sides and gets no holes.
 *
 * @param cell edge of a cell, mm
 * @returns with normals
 */
export function thinOut(mesh: Mesh, cell: number): Mesh {
  const { positions: p, triangles } = mesh;
  const n = vertexNormals(mesh);
  const clusters = new Map<number, number>();
  const clusterOf = new Uint32Array(p.length / 3);
  const counts: number[] = [];
  const sums: number[] = [];
  const at = (value: number): number => (Math.floor(value / cell) + 0x2000) & 0x3fff;
  for (let v = 0; v < clusterOf.length; v++) {
    const q = 3 * v;
    const [x, y, z] = [Math.abs(n[q]), Math.abs(n[q + 1]), Math.abs(n[q + 2])];
    const axis = x >= y && x >= z ? 0 : y >= z ? 1 : 2;
    const side = 2 * axis + (n[q + axis] < 0 ? 1 : 0);
    const key = ((at(p[q]) * 0x4000 + at(p[q + 1])) * 0x4000 + at(p[q + 2])) * 6 + side;
    let cluster = clusters.get(key);
    if (cluster === undefined) {
      cluster = counts.push(0) - 1;
      clusters.set(key, cluster);
      sums.push(0, 0, 0, 0, 0, 0);
    }
    clusterOf[v] = cluster;
    counts[cluster] += 1;
    for (let a = 0; a < 3; a++) {
      sums[6 * cluster + a] += p[q + a];
      sums[6 * cluster + 3 + a] += n[q + a];
    }
  }
  const positions = new Float32Array(3 * counts.length);
  const normals = new Float32Array(positions.length);
  for (let c = 0; c < counts.length; c++) {
    const [x, y, z] = [sums[6 * c + 3], sums[6 * c + 4], sums[6 * c + 5]];
    const length = Math.hypot(x, y, z) || 1;
    for (let a = 0; a < 3; a++) {
      positions[3 * c + a] = sums[6 * c + a] / counts[c];
      normals[3 * c + a] = sums[6 * c + 3 + a] / length;
    }
  }
  const kept: number[] = [];
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [
      clusterOf[triangles[t]],
      clusterOf[triangles[t + 1]],
      clusterOf[triangles[t + 2]],
    ];
    if (a !== b && b !== c && c !== a) kept.push(a, b, c);
  }
  return { positions, triangles: Uint32Array.from(kept), normals };
}
