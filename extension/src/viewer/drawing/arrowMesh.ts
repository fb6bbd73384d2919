import type { Vec3 } from '../../engine/space/grid.ts';
import type { Mesh } from '../../engine/surface/mesh.ts';

/** Corners of the round parts. */
const corners = 24;
/** Half widths of shaft and head, and length of the head, mm: blunt, so that it is lit also when it points at the eye. */
const shaft = 1;
const head = 4.5;
const headLength = 6;

/**
 * An arrow as a closed surface.
 *
 * @param from where it begins, patient LPS mm
 * @param direction unit
 * @param length mm, the head in it
 */
export function arrowMesh(from: Vec3, direction: Vec3, length: number): Mesh {
  const [u, v] = across(direction);
  // Radius and height of each ring from the foot to the tip.
  const rings = [
    [0, 0],
    [shaft, 0],
    [shaft, length - headLength],
    [head, length - headLength],
    [0, length],
  ];
  const positions = new Float32Array(3 * corners * rings.length);
  const triangles: number[] = [];
  rings.forEach(([radius, height], ring) => {
    for (let c = 0; c < corners; c++) {
      const angle = (2 * Math.PI * c) / corners;
      const [x, y] = [radius * Math.cos(angle), radius * Math.sin(angle)];
      const at = ring * corners + c;
      for (let a = 0; a < 3; a++)
        positions[3 * at + a] = from[a] + x * u[a] + y * v[a] + height * direction[a];
      if (ring === 0) continue;
      const [next, below] = [ring * corners + ((c + 1) % corners), at - corners];
      triangles.push(below, next - corners, at, next - corners, next, at);
    }
  });
  return { positions, triangles: Uint32Array.from(triangles) };
}

/** Two unit directions across a third, the three right-handed. */
function across([x, y, z]: Vec3): [Vec3, Vec3] {
  const other: Vec3 = Math.abs(x) < 0.8 ? [1, 0, 0] : [0, 1, 0];
  const u: Vec3 = [
    y * other[2] - z * other[1],
    z * other[0] - x * other[2],
    x * other[1] - y * other[0],
  ];
  const size = Math.hypot(...u);
  const [a, b, c] = u.map((value) => value / size);
  return [
    [a, b, c],
    [y * c - z * b, z * a - x * c, x * b - y * a],
  ];
}
