import { distanceTransform } from '../space/distance.ts';
import type { Vec3 } from '../space/grid.ts';
import { indexToPatient } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import { quantile } from '../space/quantile.ts';
import type { AxisFields } from './axisFields.ts';
import type { Body } from './body.ts';
import type { ImplantParameters } from './parameters.ts';

/** Thickness of an implant away from its edge, mm. */
export interface Wall {
  readonly least: number;
  readonly p5: number;
  readonly p50: number;
  readonly p95: number;
  /** Its thinnest place, on the outer surface, patient LPS mm. */
  readonly place?: Vec3;
}

/** Nearer to the edge the implant is not measured: rounding and sloping walls belong there, mm. */
const awayFromEdge = 3;
/** Farther from the outer surface than from that of the body a voxel belongs to another side, mm. */
const onSurface = 0.2;
/** The gradient of a distance is 1; it differs by more where the distance jumps. */
export const steady = 0.3;
/** Longest wall that is looked for, mm. */
export const thickest = 25;

/** Measures the way from the outer surface inward along its normal, at the voxels next to it. */
export function measureWall(
  { grid, data }: Body,
  fields: AxisFields,
  { outerOffset }: ImplantParameters,
): Wall {
  const { depth, wall, way } = fields;
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const [h] = grid.spacing;
  const fromEdge = distanceFromOutline(data, nx, ny, h);
  const found: number[] = [];
  let least = Infinity;
  let place: Vec3 | undefined;
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++)
      for (let i = 1, p = i + nx * (j + ny * k); i < nx - 1; i++, p++) {
        // The layer of voxels next to the outer surface.
        if (data[p] < 0 || data[p + plane] >= 0 || (i + j) % 2 === 1) continue;
        // Where something else ends the body, as beside a step, this is no outer surface.
        if (depth[p] + outerOffset > data[p] + onSurface) continue;
        if (Math.min(wall[p], way[p], fromEdge[p % plane]) < awayFromEdge) continue;
        const n = [
          depth[p + 1] - depth[p - 1],
          depth[p + nx] - depth[p - nx],
          depth[p + plane] - depth[p - plane],
        ];
        const size = Math.hypot(n[0], n[1], n[2]);
        // Beside a step of the outer surface its normal is not known.
        if (Math.abs(size / (2 * h) - 1) > steady) continue;
        const [x, y, z] = n.map((v) => v / size);
        let before = data[p];
        let thickness = Math.min(before, h);
        for (let way = 0.5; way * h < thickest; way += 0.5) {
          const here = interpolate(data, grid.size, i + way * x, j + way * y, k + way * z);
          if (here < 0) {
            thickness += h * (way - 0.5 + (0.5 * before) / (before - here));
            break;
          }
          before = here;
        }
        found.push(thickness);
        if (thickness < least) [least, place] = [thickness, indexToPatient(grid, [i, j, k])];
      }
  const sorted = Float64Array.from(found).sort();
  return {
    least: found.length > 0 ? least : 0,
    p5: quantile(sorted, 0.05),
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    place,
  };
}

/** Distance of each column along the axis from the outline of the body, mm; 0 outside. */
function distanceFromOutline(data: Float32Array, nx: number, ny: number, h: number): Float32Array {
  const outside = new Uint8Array(nx * ny).fill(1);
  for (let p = 0; p < data.length; p++) if (data[p] >= 0) outside[p % outside.length] = 0;
  return distanceTransform(outside, [nx, ny, 1], [h, h, h]);
}
