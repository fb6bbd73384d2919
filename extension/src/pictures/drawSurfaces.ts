import { cross, dot, type Vec3 } from '../engine/space/grid.ts';
import { faceNormal, vertexNormals, type Mesh } from '../engine/surface/mesh.ts';
import { blankRaster, type Raster } from './raster.ts';

/** A surface in one colour, or with one for each vertex. */
export interface SurfaceToDraw {
  /** Patient LPS mm. */
  readonly mesh: Mesh;
  readonly rgb: readonly [number, number, number];
  readonly colours?: Uint8Array;
}

/** Light that reaches every place, as a share. */
const ambient = 0.25;
/** Cosine of the angle between the normals of a triangle and of its corner from which on there is an edge. */
const crease = 0.8;
/** Free rim around what is drawn, as a share of the picture. */
const rim = 0.04;

/**
 * Draws surfaces in parallel projection, without the viewer: a picture of the report shows the shapes whatever
 * is on the screen. The head is upright, or seen from above or below with the face up.
 *
 * @param towards direction from the head to whoever looks, patient LPS, of length 1
 * @param span length that fits into the shorter side, mm; as much as shows everything if absent
 */
export function drawSurfaces(
  surfaces: readonly SurfaceToDraw[],
  towards: Vec3,
  width: number,
  height: number,
  span?: number,
): Raster {
  const raster = blankRaster(width, height);
  const [right, up] = screenAxes(towards);
  const box = boundsOf(surfaces, right, up);
  const scale =
    span === undefined
      ? (1 - 2 * rim) * Math.min(width / (box[2] - box[0]), height / (box[3] - box[1]))
      : pixelsPerMillimetre(span, width, height);
  if (!Number.isFinite(scale)) return raster;
  const middle = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const depth = new Float32Array(width * height).fill(-Infinity);
  for (const surface of surfaces) {
    const { positions: p } = surface.mesh;
    const count = p.length / 3;
    const placed = new Float32Array(3 * count);
    for (let v = 0; v < 3 * count; v += 3) {
      placed[v] = width / 2 + scale * (along(p, v, right) - middle[0]);
      placed[v + 1] = height / 2 - scale * (along(p, v, up) - middle[1]);
      placed[v + 2] = along(p, v, towards);
    }
    fillTriangles(surface, placed, towards, depth, raster);
  }
  return raster;
}

/** The scale of a picture of a given span. */
export const pixelsPerMillimetre = (span: number, width: number, height: number): number =>
  ((1 - 2 * rim) * Math.min(width, height)) / span;

function fillTriangles(
  { mesh, rgb, colours }: SurfaceToDraw,
  placed: Float32Array,
  towards: Vec3,
  depth: Float32Array,
  { width, height, data }: Raster,
): void {
  const normals = vertexNormals(mesh);
  const { positions, triangles } = mesh;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    const [ax, ay, bx, by, cx, cy] = [
      placed[a],
      placed[a + 1],
      placed[b],
      placed[b + 1],
      placed[c],
      placed[c + 1],
    ];
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (area === 0) continue;
    const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx)));
    const x1 = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx)));
    const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy)));
    const y1 = Math.min(height - 1, Math.floor(Math.max(ay, by, cy)));
    const flat = faceNormal(positions, a, b, c);
    const lights = [a, b, c].map((corner) =>
      // Across an edge the normals of both sides must not be mixed.
      along(normals, corner, flat) > crease ? along(normals, corner, towards) : dot(flat, towards),
    );
    for (let y = y0; y <= y1; y++)
      for (let x = x0; x <= x1; x++) {
        const wb = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area;
        const wc = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area;
        const wa = 1 - wb - wc;
        if (wa < 0 || wb < 0 || wc < 0) continue;
        const z = wa * placed[a + 2] + wb * placed[b + 2] + wc * placed[c + 2];
        const pixel = x + width * y;
        if (z <= depth[pixel]) continue;
        depth[pixel] = z;
        const facing = wa * lights[0] + wb * lights[1] + wc * lights[2];
        const light = ambient + (1 - ambient) * Math.max(0, facing);
        for (let channel = 0; channel < 3; channel++) {
          const own = colours
            ? wa * colours[a + channel] + wb * colours[b + channel] + wc * colours[c + channel]
            : rgb[channel];
          data[4 * pixel + channel] = light * own;
        }
      }
  }
}

const along = (values: Float32Array, at: number, axis: Vec3): number =>
  values[at] * axis[0] + values[at + 1] * axis[1] + values[at + 2] * axis[2];

/** Which directions are to the right and up on the screen. */
export function screenAxes(towards: Vec3): [right: Vec3, up: Vec3] {
  // Seen from above or below, the face is up.
  const upright: Vec3 = Math.abs(towards[2]) > 0.95 ? [0, -1, 0] : [0, 0, 1];
  const right = unit(cross(upright, towards));
  return [right, cross(towards, right)];
}

/** @returns the direction of a vector; the face's side for one of no length */
export function unit(v: Vec3): Vec3 {
  const length = Math.hypot(...v);
  return length > 0 ? [v[0] / length, v[1] / length, v[2] / length] : [0, -1, 0];
}

/** Least and largest place of all vertices to the right and up. */
function boundsOf(
  surfaces: readonly SurfaceToDraw[],
  right: Vec3,
  up: Vec3,
): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { mesh } of surfaces)
    for (let v = 0; v < mesh.positions.length; v += 3) {
      const [x, y] = [along(mesh.positions, v, right), along(mesh.positions, v, up)];
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  return box;
}
