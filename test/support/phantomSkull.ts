import type { Atlas } from '../../extension/src/engine/atlas.ts';
import { sampleField } from '../../extension/src/engine/atlas.ts';
import type { Grid, Vec3 } from '../../extension/src/engine/grid.ts';
import { indexToPatient } from '../../extension/src/engine/grid.ts';
import type { RigidTransform } from '../../extension/src/engine/transform.ts';
import { applyRigid } from '../../extension/src/engine/transform.ts';
import type { Mask } from '../../extension/src/engine/volume.ts';
import { emptyMask } from '../../extension/src/engine/volume.ts';

/** Wall of the phantom, mm. */
export const phantomThickness = 6;

/** A ball-shaped defect, canonical mm. */
export interface PhantomDefect {
  readonly centre: Vec3;
  readonly radius: number;
}

/** A right frontal defect of about 25 cm². */
export const frontalDefect: PhantomDefect = { centre: [62, 28, 70], radius: 28 };

export interface PhantomSkull {
  readonly complete: Mask;
  readonly defective: Mask;
  /** What the defect took. */
  readonly patch: Mask;
  readonly toCanonical: RigidTransform;
}

/**
 * A vault of constant thickness under the mean skull's outer surface, open below, in a native grid
 * with 1.25 × 1.25 × 1.5 mm voxels around it.
 *
 * @param toCanonical pose: patient LPS mm → canonical mm
 */
export function phantomSkull(
  atlas: Atlas,
  toCanonical: RigidTransform,
  defect: PhantomDefect = frontalDefect,
  grid: Grid = phantomGrid,
): PhantomSkull {
  const complete = emptyMask(grid);
  const defective = emptyMask(grid);
  const patch = emptyMask(grid);
  const sample = new Float64Array(4);
  const [nx, ny, nz] = grid.size;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        const q = applyRigid(toCanonical, indexToPatient(grid, [i, j, k]));
        if (q[2] < -10) continue;
        sampleField(atlas.outer, q[0], q[1], q[2], sample);
        if (sample[0] > 0 || sample[0] < -phantomThickness) continue;
        complete.data[p] = 1;
        const d = Math.hypot(...defect.centre.map((c, a) => q[a] - c));
        (d < defect.radius ? patch : defective).data[p] = 1;
      }
  return { complete, defective, patch, toCanonical };
}

/** Large enough for any pose used in the tests. */
export const phantomGrid: Grid = {
  size: [200, 200, 160],
  spacing: [1.25, 1.25, 1.5],
  origin: [-125, -125, -120],
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};

/** The pose in which the canonical box's middle column stands over the patient origin. */
export const straightPose: RigidTransform = {
  rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  translation: [102.4, 98, 50],
};
