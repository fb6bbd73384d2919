import type { DesignedImplant } from './implant/design.ts';
import type { ReconstructedShape } from './reconstruction.ts';
import { measureWithSurface } from './shape/measure.ts';
import type { Vec3 } from './space/grid.ts';
import { joinMeshes } from './surface/mesh.ts';

/**
 * A designed implant as a shape beside the others: all its pieces as one mesh, and the same figures. The volume is
 * that within its surface.
 *
 * @param cavity a point inside the cranial cavity, patient LPS mm
 */
export function designedShape(
  { mask, meshes, volume }: DesignedImplant,
  cavity: Vec3,
): ReconstructedShape {
  const mesh = joinMeshes(meshes);
  return { mask, mesh, measurements: { ...measureWithSurface(mask, mesh, cavity), volume } };
}
