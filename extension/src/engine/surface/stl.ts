import type { Mesh } from './mesh.ts';

/**
 * Binary STL of a mesh, little endian, in the mesh's own units (mm, patient LPS).
 * @param header first 80 bytes, ASCII; must not begin with "solid", which marks text STL
 */
export function writeStl(mesh: Mesh, header: string): Uint8Array {
  const { positions, triangles } = mesh;
  const count = triangles.length / 3;
  const bytes = new Uint8Array(84 + 50 * count);
  const view = new DataView(bytes.buffer);
  const text = header.startsWith('solid') ? ` ${header}` : header;
  for (let i = 0; i < Math.min(80, text.length); i++) bytes[i] = text.charCodeAt(i) & 0x7f;
  view.setUint32(80, count, true);
  for (let t = 0, at = 84; t < count; t++, at += 50) {
    const [a, b, c] = [3 * triangles[3 * t], 3 * triangles[3 * t + 1], 3 * triangles[3 * t + 2]];
    const normal = faceNormal(positions, a, b, c);
    for (let n = 0; n < 3; n++) {
      view.setFloat32(at + 4 * n, normal[n], true);
      view.setFloat32(at + 12 + 4 * n, positions[a + n], true);
      view.setFloat32(at + 24 + 4 * n, positions[b + n], true);
      view.setFloat32(at + 36 + 4 * n, positions[c + n], true);
    }
  }
  return bytes;
}

function faceNormal(p: Float32Array, a: number, b: number, c: number): [number, number, number] {
  const u = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
  const v = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
  const n: [number, number, number] = [
    u[1] * v[2] - u[2] * v[1],
    u[2] * v[0] - u[0] * v[2],
    u[0] * v[1] - u[1] * v[0],
  ];
  const length = Math.hypot(...n) || 1;
  return [n[0] / length, n[1] / length, n[2] / length];
}
