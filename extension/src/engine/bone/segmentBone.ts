/** Room `bone`: a CT or a skull in, what of it is bone and in which directions it is open out. */

import { fillCavities, keepLargestComponent } from '../space/components.ts';
import { CranioplastyError } from '../space/errors.ts';
import { voxelVolume } from '../space/grid.ts';
import type { CtVolume, Mask } from '../space/volume.ts';
import { emptyMask } from '../space/volume.ts';
import { why } from '../words/errorSentences.ts';

/** How bone is told from the rest. */
export interface BoneOptions {
  /** Lowest CT number of bone, HU. 200 to 300 is usual in an adult. */
  readonly threshold?: number;
  /** Enclosed cavities (diploë, air cells below the threshold) up to this volume are bone, ml. */
  readonly fillCavitiesUpTo?: number;
}

export const defaultBoneOptions: Required<BoneOptions> = { threshold: 250, fillCavitiesUpTo: 2 };

/** Below, soft tissue is bone; above, bone is not. HU. */
export const thresholdLimits = { least: 100, most: 1000 } as const;

/** A skull that fills less than this is no skull, ml. */
const leastSkullVolume = 100;

/**
 * Skull from CT: threshold, largest connected component, small cavities filled. Head rest and
 * table are other components, since skin and padding lie between them and bone.
 *
 * @param ct CT numbers in HU on the native grid
 * @returns mask on the same grid
 * @throws CranioplastyError `empty-skull` if nothing of a skull's size is bone; `bad-usage` for a threshold that
 *   is none of bone
 */
export function segmentBone(ct: CtVolume, options: BoneOptions = {}): Mask {
  const { threshold, fillCavitiesUpTo } = { ...defaultBoneOptions, ...options };
  assertThreshold(threshold);
  const mask = emptyMask(ct.grid);
  const { data } = ct;
  for (let i = 0; i < data.length; i++) if (data[i] >= threshold) mask.data[i] = 1;
  const voxel = voxelVolume(ct.grid);
  const kept = keepLargestComponent(mask);
  if ((kept * voxel) / 1000 < leastSkullVolume) {
    throw new CranioplastyError('empty-skull', why('error.no-skull-at', { threshold }));
  }
  fillCavities(mask, Math.round((fillCavitiesUpTo * 1000) / voxel));
  return mask;
}

/** @throws CranioplastyError `bad-usage` unless it is a number within the limits */
export function assertThreshold(threshold: number): void {
  const { least, most } = thresholdLimits;
  if (threshold >= least && threshold <= most) return;
  throw new CranioplastyError('bad-usage', why('error.threshold', { least, most }));
}
