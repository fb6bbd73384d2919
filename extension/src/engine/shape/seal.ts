import type { RegionField } from '../space/canonical.ts';
import { consideredFrom, shapeThreshold } from '../space/canonical.ts';
import { signedDistance } from '../space/signedDistance.ts';
import { atLeast } from '../space/voxels.ts';

/** Slits and pinholes up to twice this width are closed, mm. */
const reach = 1.2;

/**
 * Closes slits between patch and bone and pinholes in the patch: a morphological closing of
 * bone ∪ patch with a ball, of which only what the network itself gave some probability is taken.
 * A patch must join the bone without a gap, and a network's threshold leaves one here and there.
 *
 * @param patch probability field, changed in place
 * @param bone defective skull on the same grid
 */
export function sealPatch(patch: RegionField, bone: Uint8Array): void {
  const { grid, data } = patch;
  const band = 2 * reach;
  const union = atLeast(data, shapeThreshold);
  for (let p = 0; p < bone.length; p++) union[p] |= bone[p];
  const outside = signedDistance({ grid, data: union }, band, 0);
  const limit = (reach / outside.band) * 127;
  const grown = new Uint8Array(union.length);
  for (let p = 0; p < grown.length; p++) if (outside.data[p] <= limit) grown[p] = 1;
  const inside = signedDistance({ grid, data: grown }, band, 0);
  const depth = (-reach / inside.band) * 127;
  for (let p = 0; p < data.length; p++)
    if (!union[p] && inside.data[p] < depth && data[p] >= consideredFrom) data[p] = shapeThreshold;
}
