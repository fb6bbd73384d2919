import { consideredFrom } from '../space/canonical.ts';

/** How far the patch is drawn to the middle one of the three: 1 takes it whole. */
const pull = 0.7;

/**
 * Draws a patch between the two bent shapes that its network was given, where it strays out of both: toward
 * the median of the three occupancies, voxel by voxel.
 *
 * Both shapes are fitted to the bone around the defect and meet it flush, and a network leaves a groove
 * along the border there. On the validation cases this takes a tenth of a millimetre off the border
 * distance. Where the network saw nothing it stays nothing: the shapes go on beyond the defect.
 *
 * @param patch probability, changed in place
 * @param mirrored occupancy of the fitted mirror image at the same voxels
 * @param meanSkull occupancy of the fitted mean skull
 */
export function drawBetween(
  patch: Float32Array,
  mirrored: Float32Array,
  meanSkull: Float32Array,
): void {
  for (let p = 0; p < patch.length; p++) {
    const own = patch[p];
    if (own < consideredFrom) continue;
    const low = Math.min(mirrored[p], meanSkull[p]);
    const high = Math.max(mirrored[p], meanSkull[p]);
    patch[p] = own + pull * (Math.min(high, Math.max(low, own)) - own);
  }
}

/** How far the patch is drawn to the shape prior where that knows the shape: 1 takes it whole. */
const pullToPrior = 0.9;

/**
 * Draws a patch to the shape prior that its network was given, as far as the prior knows the shape. Across a
 * defect the surface is a regression, and the prior does it better than the networks; they know where bone is missing.
 *
 * @param patch probability, changed in place
 * @param prior occupancy of the continued skull at the same voxels
 * @param weightAt how much the prior knows at a voxel, 0 to 1
 */
export function drawToPrior(
  patch: Float32Array,
  prior: Float32Array,
  weightAt: (p: number) => number,
): void {
  for (let p = 0; p < patch.length; p++) {
    const own = patch[p];
    if (own < consideredFrom || own === prior[p]) continue;
    patch[p] = own + pullToPrior * weightAt(p) * (prior[p] - own);
  }
}
