import type { ReconstructedShape } from './reconstruction.ts';
import { measureMask } from './shape/measure.ts';
import type { PatchPiece } from './shape/pieces.ts';
import { piecesOf } from './shape/pieces.ts';
import type { Vec3 } from './space/grid.ts';
import { applyRigid, invertRigid, type RigidTransform } from './space/transform.ts';
import type { Mask } from './space/volume.ts';
import { countSet } from './space/voxels.ts';

/** Surface, figures and pieces of a shape that was edited. */
export interface Remeasured extends Pick<ReconstructedShape, 'mesh' | 'measurements'> {
  /** Largest first. */
  readonly pieces: readonly PatchPiece[];
}

/**
 * Measures a shape again from its voxels, once a user changed them.
 *
 * @param mask the shape, or the box that holds it
 * @param centre a point inside the cranial cavity, canonical mm
 * @returns the surface in patient LPS mm; all 0 and no surface for a shape of which nothing is left
 */
export function remeasure(mask: Mask, toCanonical: RigidTransform, centre: Vec3): Remeasured {
  if (countSet(mask.data) === 0) {
    return {
      mesh: { positions: new Float32Array(), triangles: new Uint32Array() },
      measurements: { volume: 0, outerArea: 0, meanThickness: 0, maxThickness: 0, extent: 0 },
      pieces: [],
    };
  }
  const cavity = applyRigid(invertRigid(toCanonical), centre);
  return { ...measureMask(mask, cavity), pieces: piecesOf(mask) };
}
