import type { Mesh } from '../../engine/surface/mesh.ts';
import type { ContoursToShow } from '../ViewerPort.ts';

/** Several surfaces as one whose cuts are drawn on the planes, each in its colour. */
export function joinOutlines(
  shapes: readonly { readonly mesh: Mesh; readonly rgb: readonly [number, number, number] }[],
): ContoursToShow {
  const corners = shapes.reduce((sum, { mesh }) => sum + mesh.triangles.length, 0);
  const values = shapes.reduce((sum, { mesh }) => sum + mesh.positions.length, 0);
  const positions = new Float32Array(values);
  const colours = new Uint8Array(values);
  const triangles = new Uint32Array(corners);
  let value = 0;
  let corner = 0;
  for (const { mesh, rgb } of shapes) {
    positions.set(mesh.positions, value);
    for (let v = 0; v < mesh.positions.length; v += 3) colours.set(rgb, value + v);
    const { length } = mesh.triangles;
    for (let t = 0; t < length; t++) triangles[corner + t] = mesh.triangles[t] + value / 3;
    value += mesh.positions.length;
    corner += length;
  }
  return { mesh: { positions, triangles }, colours };
}
