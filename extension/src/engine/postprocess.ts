import { noDefectFound } from './errors.ts';
import { labelComponents } from './components.ts';
import { cropData } from './crop.ts';
import type { Vec3 } from './grid.ts';
import { voxelVolume } from './grid.ts';
import type { FineEstimate } from './fine.ts';
import type { RegionField } from './resample.ts';
import { sealPatch } from './seal.ts';
import { signedDistance } from './signedDistance.ts';
import { shapeThreshold } from './types.ts';
import type { Mask } from './volume.ts';
import { atLeast } from './volume.ts';

/** What postprocessing found. The fields are changed in place. */
export interface PostprocessReport {
  /** Separate pieces of the patch that were kept. */
  readonly patchPieces: number;
  /** Smaller ones that were left out, and their volume together, ml. */
  readonly leftOut: { readonly pieces: number; readonly volume: number };
}

/** Pieces smaller than this are artifacts, ml. */
const leastPiece = 0.3;
/**
 * Beside a larger one a piece must be this share of it, or this large, ml. What a scan of thick slices or a
 * coarse threshold loses of thin bone comes back as pieces of up to 0.095 of it and 1.6 ml on the validation
 * cases; the smallest second defect there is 0.14.
 */
const leastShare = 0.1;
const largeEnough = 2.5;

/**
 * Cleans both probability fields (paper, section 3): nothing of the patch inside the defective
 * skull, no slit between both, nothing of the implant nearer to it than the clearance, no small
 * pieces, and of the implant none without its piece of the patch.
 *
 * @param skull defective skull on the canonical grid
 * @param clearance distance of the implant from bone along the border, mm
 * @throws CranioplastyError `no-defect` if no patch is left
 */
export function postprocess(
  estimate: Pick<FineEstimate, 'patch' | 'implant'>,
  skull: Mask,
  clearance: number,
): PostprocessReport {
  const { patch, implant } = estimate;
  const { size, spacing } = patch.grid;
  const low = [0, 1, 2].map((a) =>
    Math.round((patch.grid.origin[a] - skull.grid.origin[a]) / spacing[a]),
  ) as [number, number, number];
  const high: Vec3 = [low[0] + size[0], low[1] + size[1], low[2] + size[2]];
  const bone = cropData(skull.data, skull.grid.size, { low, high }).data;
  for (let p = 0; p < bone.length; p++) if (bone[p]) patch.data[p] = 0;
  // The implant's own truth was made with this clearance; a voxel's half-width is its tolerance.
  const distance = signedDistance({ grid: patch.grid, data: bone }, 2 * clearance, 0);
  // One step of the field more, for what rounding took.
  const least = ((clearance - spacing[0] / 2) / distance.band) * 127 + 1;
  for (let p = 0; p < bone.length; p++) if (distance.data[p] <= least) implant.data[p] = 0;
  sealPatch(patch, bone);
  const { kept, leftOut } = removeSmallPieces(patch);
  keepPiecesOn(implant, patch);
  if (kept === 0) {
    throw noDefectFound();
  }
  return { patchPieces: kept, leftOut };
}

/** Zeroes the pieces of the implant that do not lie on the patch, and crumbs. */
function keepPiecesOn({ data, grid }: RegionField, patch: RegionField): void {
  const { sizes, label, start, length } = labelComponents(atLeast(data, shapeThreshold), grid.size);
  const onPatch = new Uint8Array(sizes.length);
  for (let r = 0; r < start.length; r++)
    for (let p = start[r]; p < start[r] + length[r]; p++)
      if (patch.data[p] >= shapeThreshold) onPatch[label[r]] = 1;
  const voxel = voxelVolume(grid) / 1000;
  for (let r = 0; r < start.length; r++)
    if (!onPatch[label[r]] || sizes[label[r]] * voxel < leastPiece)
      data.fill(0, start[r], start[r] + length[r]);
}

/** Zeroes the pieces of a field that are too small to be part of a shape; tells how many stay. */
function removeSmallPieces(field: RegionField): {
  readonly kept: number;
  readonly leftOut: PostprocessReport['leftOut'];
} {
  const { data, grid } = field;
  const { sizes, label, start, length } = labelComponents(atLeast(data, shapeThreshold), grid.size);
  const voxel = voxelVolume(grid) / 1000;
  // Largest first.
  const volumes = Array.from(sizes, (voxels) => voxels * voxel);
  const least = Math.max(leastPiece, Math.min(largeEnough, leastShare * (volumes[0] ?? 0)));
  const kept = volumes.filter((volume) => volume >= least).length;
  for (let r = 0; r < start.length; r++)
    if (label[r] >= kept) data.fill(0, start[r], start[r] + length[r]);
  const left = volumes.slice(kept).filter((volume) => volume >= leastPiece);
  return {
    kept,
    leftOut: { pieces: left.length, volume: left.reduce((sum, volume) => sum + volume, 0) },
  };
}
