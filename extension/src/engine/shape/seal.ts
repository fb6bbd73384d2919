import type { RegionField } from '../space/canonical.ts';
import { consideredFrom, shapeThreshold } from '../space/canonical.ts';
import { boundingBox } from '../space/crop.ts';
import type { Vec3 } from '../space/grid.ts';
import { signedDistance } from '../space/signedDistance.ts';
import type { Mask } from '../space/volume.ts';
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

/**
 * Joins a patch to the bone on their own grid: a single free voxel in line between patch and bone, or patch and patch,
 * becomes patch. The way back from the canonical grid leaves such a groove along the wall of a cut.
 *
 * @param patch changed in place
 * @param bone defective skull, on the same grid
 */
export function bridgeToBone(patch: Mask, bone: Mask): void {
  const { size, spacing } = patch.grid;
  const [nx, ny, nz] = size;
  const steps = stepsWithin(spacing);
  const box = boundingBox([patch.data], size);
  if (steps.length === 0 || !box) return;
  const { low, high } = box;
  const found: number[] = [];
  for (let k = low[2]; k < high[2]; k++)
    for (let j = low[1]; j < high[1]; j++)
      for (let i = low[0], p = low[0] + nx * (j + ny * k); i < high[0]; i++, p++) {
        if (!patch.data[p]) continue;
        for (const [x, y, z] of steps) {
          const [a, b, c] = [i + 2 * x, j + 2 * y, k + 2 * z];
          if (a < 0 || a >= nx || b < 0 || b >= ny || c < 0 || c >= nz) continue;
          const step = x + nx * (y + ny * z);
          const between = p + step;
          if (patch.data[between] || bone.data[between]) continue;
          if (patch.data[between + step] || bone.data[between + step]) found.push(between);
        }
      }
  for (const p of found) patch.data[p] = 1;
}

/** Steps to those of the 26 neighbours across which a slit is no wider than is closed. */
function stepsWithin(spacing: Vec3): Vec3[] {
  const out: Vec3[] = [];
  for (let z = -1; z <= 1; z++)
    for (let y = -1; y <= 1; y++)
      for (let x = -1; x <= 1; x++) {
        const length = Math.hypot(x * spacing[0], y * spacing[1], z * spacing[2]);
        if (length > 0 && length <= reach) out.push([x, y, z]);
      }
  return out;
}
