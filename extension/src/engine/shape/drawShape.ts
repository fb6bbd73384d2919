import type { RegionField } from '../space/canonical.ts';
import { canonicalGrid, shapeThreshold } from '../space/canonical.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import type { RigidTransform } from '../space/transform.ts';
import { invertRigid } from '../space/transform.ts';
import { isosurface, smoothField } from '../surface/isosurface.ts';
import type { Mesh } from '../surface/mesh.ts';
import { placeMesh } from '../surface/mesh.ts';
import type { ShapeMeasurements } from './measure.ts';
import { measureShape } from './measure.ts';

/** Voxel indices are mm and the other way round. */
const identityGrid: Grid = { ...canonicalGrid(1, 1), origin: [0, 0, 0] };

/** Surface and figures of a shape. */
export interface DrawnShape {
  readonly canonicalMesh: Mesh;
  /** Patient LPS mm. */
  readonly mesh: Mesh;
  readonly measurements: ShapeMeasurements;
}

/**
 * Surface of a shape's probability field, and the shape's figures.
 *
 * @param volume of the shape on the native grid, ml
 * @param toCanonical patient LPS mm → canonical mm
 * @param centre a point inside the cranial cavity, canonical mm
 */
export function drawShape(
  field: RegionField,
  volume: number,
  toCanonical: RigidTransform,
  centre: Vec3,
): DrawnShape {
  const smooth = smoothField(field, 2);
  const canonicalMesh = placeMesh(isosurface(smooth, shapeThreshold), field.grid);
  return {
    canonicalMesh,
    mesh: placeMesh(canonicalMesh, identityGrid, invertRigid(toCanonical)),
    measurements: measureShape(volume, smooth, shapeThreshold, canonicalMesh, centre),
  };
}
