import type { Atlas } from '../../extension/src/engine/pose/atlas.ts';
import { sampleField } from '../../extension/src/engine/pose/atlas.ts';
import type { Grid, Vec3 } from '../../extension/src/engine/space/grid.ts';
import { indexToPatient } from '../../extension/src/engine/space/grid.ts';
import type { RigidTransform } from '../../extension/src/engine/space/transform.ts';
import { applyRigid } from '../../extension/src/engine/space/transform.ts';
import type { Mask } from '../../extension/src/engine/space/volume.ts';
import { emptyMask } from '../../extension/src/engine/space/volume.ts';

/** The wall around the cavity is no thicker than this, mm: the base is a floor, not a block. */
const thickestWall = 12;

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
  /** Mean wall where the defect is, mm. */
  readonly thickness: number;
  readonly toCanonical: RigidTransform;
}

/**
 * The mean skull as a closed shell between the atlas' outer surface and its brain cavity, in a
 * native grid with 1.25 × 1.25 × 1.5 mm voxels around it.
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
  let wall = 0;
  let taken = 0;
  const [nx, ny, nz] = grid.size;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        const q = applyRigid(toCanonical, indexToPatient(grid, [i, j, k]));
        sampleField(atlas.outer, q[0], q[1], q[2], sample);
        const outer = sample[0];
        sampleField(atlas.inner, q[0], q[1], q[2], sample);
        const inner = sample[0];
        if (outer > 0 || inner < 0 || inner > thickestWall) continue;
        complete.data[p] = 1;
        const d = Math.hypot(...defect.centre.map((c, a) => q[a] - c));
        if (d < defect.radius) {
          patch.data[p] = 1;
          wall += inner - outer;
          taken++;
        } else defective.data[p] = 1;
      }
  return { complete, defective, patch, thickness: wall / taken, toCanonical };
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
