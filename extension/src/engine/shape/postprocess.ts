/** Room `shape`: the probabilities of patch and implant in, clean shapes, their pieces and measures out. */

import type { FineEstimate } from '../cascade/fine.ts';
import type { RegionField } from '../space/canonical.ts';
import { shapeThreshold } from '../space/canonical.ts';
import type { Components } from '../space/components.ts';
import { componentMeans, eraseComponents, labelComponents } from '../space/components.ts';
import { noDefectFound } from '../space/errors.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { voxelVolume } from '../space/grid.ts';
import { signedDistance } from '../space/signedDistance.ts';
import { atLeast } from '../space/voxels.ts';
import { sealPatch } from './seal.ts';

/** What postprocessing found. The fields are changed in place. */
export interface PostprocessReport {
  /** Separate pieces of the patch that were kept. */
  readonly patchPieces: number;
  /** Smaller ones that were left out, and their volume together, ml. */
  readonly leftOut: { readonly pieces: number; readonly volume: number };
}

/** Pieces smaller than this are artifacts, ml. */
export const leastPiece = 0.3;
/**
 * Low in the skull, in the temporal base, the mastoids and above the orbits, bone is thin or full of air, and
 * what a scan of thick slices or a coarse threshold loses of it comes back as pieces of patch. A piece whose
 * direction from the middle of the head rises less than this (sine) must be this share of the largest
 * one, or this large, ml. On the validation cases, scanned well and badly, false pieces below the first limit
 * reach 3.6 ml and 0.16 of the largest, where true ones rise to −0.12 at most; burr holes and other small
 * defects rise from 0.11 on.
 */
const lowTiers = [
  { below: -0.2, share: 0.25, enough: 5 },
  { below: 0.05, share: 0.1, enough: 2.5 },
] as const;

/**
 * Cleans both probability fields (paper, section 3): nothing of the patch inside the defective
 * skull, no slit between both, nothing of the implant nearer to it than the clearance, no small
 * pieces, and of the implant none without its piece of the patch.
 *
 * @param bone defective skull on the grid of the patch
 * @param clearance distance of the implant from bone along the border, mm
 * @param centre a point inside the cranial cavity, canonical mm
 * @throws CranioplastyError `no-defect` if no patch is left
 */
export function postprocess(
  estimate: Pick<FineEstimate, 'patch' | 'implant'>,
  bone: Uint8Array,
  clearance: number,
  centre: Vec3,
): PostprocessReport {
  const { patch, implant } = estimate;
  const { spacing } = patch.grid;
  for (let p = 0; p < bone.length; p++) if (bone[p]) patch.data[p] = 0;
  // The implant's own truth was made with this clearance; a voxel's half-width is its tolerance.
  const distance = signedDistance({ grid: patch.grid, data: bone }, 2 * clearance, 0);
  // One step of the field more, for what rounding took.
  const least = ((clearance - spacing[0] / 2) / distance.band) * 127 + 1;
  for (let p = 0; p < bone.length; p++) if (distance.data[p] <= least) implant.data[p] = 0;
  sealPatch(patch, bone);
  const { kept, leftOut } = removeSmallPieces(patch, centre);
  keepPiecesOn(implant, patch);
  if (kept === 0) {
    throw noDefectFound();
  }
  return { patchPieces: kept, leftOut };
}

/** Zeroes the pieces of the implant that do not lie on the patch, and crumbs. */
function keepPiecesOn({ data, grid }: RegionField, patch: RegionField): void {
  const components = labelComponents(atLeast(data, shapeThreshold), grid.size);
  const { sizes, label, start, length } = components;
  const onPatch = new Uint8Array(sizes.length);
  for (let r = 0; r < start.length; r++)
    for (let p = start[r]; p < start[r] + length[r]; p++)
      if (patch.data[p] >= shapeThreshold) onPatch[label[r]] = 1;
  const voxel = voxelVolume(grid) / 1000;
  eraseComponents(
    data,
    components,
    (piece) => !onPatch[piece] || sizes[piece] * voxel < leastPiece,
  );
}

/** Zeroes the pieces of a patch that are too small for where they are; tells how many stay. */
function removeSmallPieces(
  field: RegionField,
  centre: Vec3,
): { readonly kept: number; readonly leftOut: PostprocessReport['leftOut'] } {
  const { data, grid } = field;
  const components = labelComponents(atLeast(data, shapeThreshold), grid.size);
  const voxel = voxelVolume(grid) / 1000;
  const rises = directionsFrom(centre, components, grid);
  // Largest first.
  const volumes = Array.from(components.sizes, (voxels) => voxels * voxel);
  const stays = volumes.map((volume, piece) => volume >= leastAt(rises[piece], volumes[0]));
  eraseComponents(data, components, (piece) => !stays[piece]);
  const left = volumes.filter((volume, piece) => volume >= leastPiece && !stays[piece]);
  return {
    kept: stays.filter(Boolean).length,
    leftOut: { pieces: left.length, volume: left.reduce((sum, volume) => sum + volume, 0) },
  };
}

/** Volume (ml) that a piece needs to stay where it is, beside a largest one. */
function leastAt(rise: number, largest: number): number {
  const tier = lowTiers.find(({ below }) => rise < below);
  return Math.max(leastPiece, tier ? Math.min(tier.enough, tier.share * largest) : 0);
}

/** How far the direction from the centre to the middle of each component rises: the sine of its elevation. */
function directionsFrom(centre: Vec3, components: Components, grid: Grid): number[] {
  return componentMeans(components, grid.size).map((mean) => {
    const [x, y, z] = mean.map((m, a) => grid.origin[a] + m * grid.spacing[a] - centre[a]);
    return z / Math.hypot(x, y, z);
  });
}
