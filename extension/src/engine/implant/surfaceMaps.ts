import type { Vec3 } from '../space/grid.ts';
import { indexToPatient, patientToIndex } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import { joinMeshes, type Mesh } from '../surface/mesh.ts';
import type { AxisFields } from './axisFields.ts';
import type { Body } from './body.ts';
import { gapAt } from './gap.ts';
import type { ImplantParameters } from './parameters.ts';
import { steady, thickest } from './wall.ts';

/** What is measured at every vertex of an implant, mm; NaN where there is nothing to measure. */
export interface SurfaceMaps {
  /** Way through the body from its outer or inner face; NaN on side walls and in holes. */
  readonly thickness: Float32Array;
  /** Gap to bone at the nearest place of the side wall; NaN away from it, and where it faces no bone. */
  readonly gap: Float32Array;
}

/** A vertex this near to a face of the body lies on it, mm: more than simplifying moves the surface. */
const onFace = 0.2;
/** The gap is shown this far from the wall, so that it is seen on an implant in its place, mm. */
const band = 4;
/** Step through the body, and the first one, past the noise of the surface, in voxels. */
const step = 0.5;
const firstStep = 1;

/** Measures thickness and gap at the vertices of an implant's pieces, one after the other. */
export function mapSurface(
  meshes: readonly Mesh[],
  body: Body,
  fields: AxisFields,
  parameters: ImplantParameters,
): SurfaceMaps {
  const { positions } = joinMeshes(meshes);
  return {
    thickness: thicknessAt(positions, body),
    gap: nearestGaps(positions, wallGaps(body, fields, parameters)),
  };
}

/** The way inward from the vertices on both faces, along the normal of the face. */
function thicknessAt(positions: Float32Array, { grid, data, faces }: Body): Float32Array {
  const out = new Float32Array(positions.length / 3).fill(NaN);
  const { size } = grid;
  const [nx, ny, nz] = size;
  const plane = nx * ny;
  const [h] = grid.spacing;
  for (let v = 0; v < out.length; v++) {
    const q = 3 * v;
    const [x, y, z] = patientToIndex(grid, [positions[q], positions[q + 1], positions[q + 2]]);
    const [i, j, k] = [Math.round(x), Math.round(y), Math.round(z)];
    if (!(i > 0 && j > 0 && k > 0 && i < nx - 1 && j < ny - 1 && k < nz - 1)) continue;
    if (Math.abs(interpolate(faces, size, x, y, z)) > onFace) continue;
    const p = i + nx * j + plane * k;
    const dx = faces[p + 1] - faces[p - 1];
    const dy = faces[p + nx] - faces[p - nx];
    const dz = faces[p + plane] - faces[p - plane];
    const slope = Math.hypot(dx, dy, dz);
    // Beside a step of a face its normal is not known.
    if (!(Math.abs(slope / (2 * h) - 1) <= steady)) continue;
    const at = (way: number): number =>
      interpolate(
        data,
        size,
        x + (way * dx) / slope,
        y + (way * dy) / slope,
        z + (way * dz) / slope,
      );
    let before = at(firstStep);
    if (!(before > 0)) continue;
    for (let way = firstStep + step; way * h < thickest; way += step) {
      const here = at(way);
      if (here <= 0) {
        out[v] = h * (way - step + (step * before) / (before - here));
        break;
      }
      before = here;
    }
  }
  return out;
}

/** x, y, z (patient LPS) and the gap of every voxel of the side wall that faces bone, mm. */
function wallGaps(body: Body, fields: AxisFields, parameters: ImplantParameters): number[] {
  const { grid, data } = body;
  const [nx, ny, nz] = grid.size;
  const [h] = grid.spacing;
  const out: number[] = [];
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++)
      for (let i = 1, p = i + nx * (j + ny * k); i < nx - 1; i++, p++) {
        if (data[p] < 0 || data[p] > h) continue;
        const gap = gapAt(body, fields, parameters, p);
        if (Number.isFinite(gap)) out.push(...indexToPatient(grid, [i, j, k]), Math.max(0, gap));
      }
  return out;
}

/** At each vertex the gap of the nearest place of the wall. */
function nearestGaps(positions: Float32Array, wall: readonly number[]): Float32Array {
  const out = new Float32Array(positions.length / 3).fill(NaN);
  const cellOf = (values: ArrayLike<number>, at: number): Vec3 => [
    Math.floor(values[at] / band),
    Math.floor(values[at + 1] / band),
    Math.floor(values[at + 2] / band),
  ];
  const keyOf = (x: number, y: number, z: number): string => `${x} ${y} ${z}`;
  const cells = new Map<string, number[]>();
  for (let w = 0; w < wall.length; w += 4) {
    const key = keyOf(...cellOf(wall, w));
    const cell = cells.get(key);
    if (cell) cell.push(w);
    else cells.set(key, [w]);
  }
  for (let v = 0; v < out.length; v++) {
    const q = 3 * v;
    const [x, y, z] = cellOf(positions, q);
    let least = band * band;
    for (let n = 0; n < 27; n++) {
      const key = keyOf(
        x + (n % 3) - 1,
        y + (Math.floor(n / 3) % 3) - 1,
        z + Math.floor(n / 9) - 1,
      );
      for (const w of cells.get(key) ?? []) {
        const distance =
          (positions[q] - wall[w]) ** 2 +
          (positions[q + 1] - wall[w + 1]) ** 2 +
          (positions[q + 2] - wall[w + 2]) ** 2;
        if (distance < least) [least, out[v]] = [distance, wall[w + 3]];
      }
    }
  }
  return out;
}
