import { cropToContent, skullMargin } from '../space/crop.ts';
import type { Vec3 } from '../space/grid.ts';
import { patientToIndex, voxelVolume } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import type { SignedDistanceField } from '../space/signedDistance.ts';
import { signedDistance, surfaceDistance } from '../space/signedDistance.ts';
import type { Mask } from '../space/volume.ts';
import { countSet } from '../space/voxels.ts';
import type { ScalarField } from '../surface/isosurface.ts';
import type { Mesh } from '../surface/mesh.ts';
import { skullSurface } from '../surface/skullSurface.ts';

/** Measurements of one shape. */
export interface ShapeMeasurements {
  /** Volume, ml. */
  readonly volume: number;
  /** Area of the outer surface, cm². */
  readonly outerArea: number;
  /** Mean and greatest thickness, mm. */
  readonly meanThickness: number;
  readonly maxThickness: number;
  /** Largest extent, mm. */
  readonly extent: number;
}

/** Cosine of the largest angle between a face's normal and the radial direction on the outer surface. */
const outerCosine = 0.5;
/** Longest wall that is looked for, and where looking begins, mm. */
const thickest = 30;
const skipped = 0.8;
/** Vertices at which the wall is measured, at most. */
const samples = 20000;

/**
 * Measures one shape.
 *
 * @param volume of the shape on the native grid (`volumeOf`), ml
 * @param field the field that gave the mesh, canonical frame
 * @param level its iso-value
 * @param mesh the shape's surface in canonical mm
 * @param centre a point inside the cranial cavity, canonical mm
 */
export function measureShape(
  volume: number,
  field: ScalarField,
  level: number,
  mesh: Mesh,
  centre: Vec3,
): ShapeMeasurements {
  const { grid } = field;
  const { area, normals } = outerSurface(mesh, centre);
  return measurements(
    volume,
    mesh,
    area,
    walls(mesh, normals, (x, y, z, dx, dy, dz) => {
      const step = grid.spacing[0] / 4;
      let wall = skipped;
      for (; wall <= thickest; wall += step) {
        const at = patientToIndex(grid, [x + wall * dx, y + wall * dy, z + wall * dz]);
        if (interpolate(field.data, grid.size, at[0], at[1], at[2]) < level) break;
      }
      return wall > skipped ? wall - step / 2 : 0;
    }),
  );
}

/**
 * The same of a shape of which there are only voxels: its surface and its walls come from these.
 *
 * @param cavity a point inside the cranial cavity, patient LPS mm
 * @returns with the surface, patient LPS mm
 */
export function measureMask(
  mask: Mask,
  cavity: Vec3,
): { readonly mesh: Mesh; readonly measurements: ShapeMeasurements } {
  const shape = signedDistance(cropToContent(mask, skullMargin));
  const mesh = skullSurface(shape, 1);
  return { mesh, measurements: measureByDistance(mask, shape, mesh, cavity) };
}

/**
 * The same where a smoother surface of the shape is known.
 *
 * @param mesh the shape's surface, patient LPS mm
 */
export function measureWithSurface(mask: Mask, mesh: Mesh, cavity: Vec3): ShapeMeasurements {
  return measureByDistance(mask, signedDistance(cropToContent(mask, skullMargin)), mesh, cavity);
}

function measureByDistance(
  mask: Mask,
  shape: SignedDistanceField,
  mesh: Mesh,
  cavity: Vec3,
): ShapeMeasurements {
  const at = surfaceDistance(shape);
  const { area, normals } = outerSurface(mesh, cavity);
  const found = walls(mesh, normals, (x, y, z, dx, dy, dz) => {
    const step = 0.2;
    let wall = skipped;
    while (wall <= thickest && at([x + wall * dx, y + wall * dy, z + wall * dz]) < 0) wall += step;
    return wall > skipped ? wall - step / 2 : 0;
  });
  return measurements(volumeOf(mask), mesh, area, found);
}

/** Volume of a mask, ml. */
export const volumeOf = ({ data, grid }: Mask): number =>
  (countSet(data) * voxelVolume(grid)) / 1000;

/**
 * @param volume ml
 * @param area of the outer surface, mm²
 */
function measurements(
  volume: number,
  mesh: Mesh,
  area: number,
  found: number[],
): ShapeMeasurements {
  const { mean, max } = summarise(found);
  return {
    volume,
    outerArea: area / 100,
    meanThickness: mean,
    maxThickness: max,
    extent: extent(mesh),
  };
}

/** Area (mm²) of the faces that look away from `centre`, and the summed normals of their vertices. */
function outerSurface(mesh: Mesh, centre: Vec3): { area: number; normals: Float32Array } {
  const { positions: p, triangles } = mesh;
  const normals = new Float32Array(p.length);
  let area = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * triangles[t];
    const b = 3 * triangles[t + 1];
    const c = 3 * triangles[t + 2];
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    const rx = p[a] - centre[0];
    const ry = p[a + 1] - centre[1];
    const rz = p[a + 2] - centre[2];
    const size = Math.hypot(nx, ny, nz);
    if (nx * rx + ny * ry + nz * rz < outerCosine * size * Math.hypot(rx, ry, rz)) continue;
    area += size / 2;
    for (let corner = 0; corner < 3; corner++) {
      const v = 3 * triangles[t + corner];
      normals[v] += nx;
      normals[v + 1] += ny;
      normals[v + 2] += nz;
    }
  }
  return { area, normals };
}

/** Way (mm) from a position until a shape ends, in the frame of its mesh; 0 if it lies outside. */
type WallFrom = (x: number, y: number, z: number, dx: number, dy: number, dz: number) => number;

/**
 * Walls below the outer vertices, mm: the way inward, against the vertex normal, until the shape ends.
 *
 * @param normals 0 where a vertex is not on the outer surface
 * @param wallFrom looks from `skipped` on: the surface is smoother than the shape, and its first steps may lie outside
 */
function walls({ positions: p }: Mesh, normals: Float32Array, wallFrom: WallFrom): number[] {
  const found: number[] = [];
  const count = p.length / 3;
  const every = Math.max(1, Math.floor(count / samples));
  for (let v = 0; v < 3 * count; v += 3 * every) {
    const size = Math.hypot(normals[v], normals[v + 1], normals[v + 2]);
    if (size === 0) continue;
    const [dx, dy, dz] = [-normals[v] / size, -normals[v + 1] / size, -normals[v + 2] / size];
    const wall = wallFrom(p[v], p[v + 1], p[v + 2], dx, dy, dz);
    if (wall > 0) found.push(wall);
  }
  return found;
}

/** Mean and 99th percentile, mm. */
function summarise(found: number[]): { mean: number; max: number } {
  if (!found.length) return { mean: 0, max: 0 };
  found.sort((a, b) => a - b);
  return {
    mean: found.reduce((a, b) => a + b, 0) / found.length,
    max: found[Math.floor(0.99 * (found.length - 1))],
  };
}

/** Largest distance between two vertices, from the extreme ones in 200 directions, mm. */
function extent(mesh: Mesh): number {
  const { positions: p } = mesh;
  const directions = 200;
  const golden = Math.PI * (3 - Math.sqrt(5));
  let longest = 0;
  for (let d = 0; d < directions; d++) {
    const z = (d + 0.5) / directions;
    const q = Math.sqrt(1 - z * z);
    const [dx, dy] = [q * Math.cos(golden * d), q * Math.sin(golden * d)];
    let low = Infinity;
    let high = -Infinity;
    for (let v = 0; v < p.length; v += 3) {
      const t = p[v] * dx + p[v + 1] * dy + p[v + 2] * z;
      if (t < low) low = t;
      if (t > high) high = t;
    }
    longest = Math.max(longest, high - low);
  }
  return p.length ? longest : 0;
}
