/**
 * Room `prior`: the skull and the mean skull in, what the missing bone should look like out, without a network.
 *
 * Two shapes that continue the skull across its defect, inputs of both networks: the mirror image of
 * the opposite side and the mean skull, each bent by a smooth displacement until it fits the bone
 * around.
 *
 * As they are, both are off by one to one and a half millimetres inside a defect; bent, by a third to
 * half a millimetre. A network of few layers can learn what remains, but not this fit. Training
 * computes the same (`prior/continuation.py` of `models/training`); tests hold both to the same numbers.
 */

import type { Atlas } from '../pose/atlas.ts';
import { fieldAt } from '../pose/atlas.ts';
import type { Volume } from '../space/volume.ts';
import { limited } from '../space/voxels.ts';
import type { Schedule } from './bend.ts';
import { bend, mirrorImage, slopesOf, surfacePoints } from './bend.ts';
import type { Displacement } from './lattice.ts';
import type { ContinuedSkull } from './shapePrior.ts';
import { clampAt, onLattice } from './lattice.ts';

const mirrorSchedule: Schedule = { halfWeight: [1.5, 1.5, 1.5, 1.5, 1.5], largest: 6 };
const meanSkullSchedule: Schedule = { halfWeight: [6, 6, 4, 4, 2, 2, 1.5, 1.5], largest: 15 };

/** What makes the mirror image and the mean skull continue the skull. */
export interface Continuation {
  /** Signed distance of the head on `fitLattice`, mm. */
  readonly distance: Volume<Float32Array>;
  readonly mirror: Displacement;
  readonly meanSkull: Displacement;
  /** What the shape prior of a model makes of the skull; it takes the mean skull's place where it knows the shape. */
  readonly shape?: ContinuedSkull;
}

/**
 * Fits the mirrored skull and the mean skull to the skull by Gauss-Newton steps on the signed
 * distance. The weights ask that both surfaces face the same way, so that the rims of defects pull at
 * nothing, and the bending energy carries the displacement across the defect.
 *
 * @param distance signed distance of the skull on `fitLattice`, mm, negative inside
 */
export function fitContinuation(
  distance: Volume<Float32Array>,
  atlas: Pick<Atlas, 'bone'>,
): Continuation {
  const mean = slopesOf(onLattice((x, y, z) => fieldAt(atlas.bone, x, y, z)));
  const d = limited(distance.data, clampAt);
  const skull = surfacePoints(d);
  return {
    distance,
    mirror: bend(skull, mirrorImage(d), mirrorSchedule),
    meanSkull: bend(skull, mean, meanSkullSchedule),
  };
}
