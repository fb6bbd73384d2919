import { CranioplastyError } from '../space/errors.ts';
import { faceNormal, type Mesh } from './mesh.ts';
import { why } from '../words/errorSentences.ts';

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

/**
 * Reads a binary STL back into a mesh in the file's own units. Corners at the very same position become one vertex, so
 * that a closed surface is closed again; `writeStl` of the mesh gives the same triangles in the same order.
 *
 * @throws CranioplastyError `bad-object` if the bytes are not as long as a binary STL of their number of triangles
 */
export function readStl(stl: Uint8Array): Mesh {
  const view = new DataView(stl.buffer, stl.byteOffset, stl.byteLength);
  const count = stl.length < 84 ? -1 : view.getUint32(80, true);
  if (stl.length !== 84 + 50 * count) {
    throw new CranioplastyError('bad-object', why('error.stl'));
  }
  const positions = new Float32Array(9 * count);
  const triangles = new Uint32Array(3 * count);
  const known = new Map<string, number>();
  for (let t = 0; t < count; t++)
    for (let corner = 0; corner < 3; corner++) {
      const at = 84 + 50 * t + 12 + 12 * corner;
      const [x, y, z] = [0, 4, 8].map((offset) => view.getFloat32(at + offset, true));
      const key = `${x} ${y} ${z}`;
      let vertex = known.get(key);
      if (vertex === undefined) {
        vertex = known.size;
        known.set(key, vertex);
        positions.set([x, y, z], 3 * vertex);
      }
      triangles[3 * t + corner] = vertex;
    }
  return { positions: positions.slice(0, 3 * known.size), triangles };
}
