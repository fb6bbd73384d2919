import { noDefectFound } from './errors.ts';
import { labelComponents } from './components.ts';
import { cropData } from './crop.ts';
import type { Vec3 } from './grid.ts';
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
}

/** Pieces smaller than this are artifacts, ml. */
const leastPiece = 0.3;
/** A piece must be at least this share of the largest one. */
const leastShare = 0.03;

/**
 * Cleans both probability fields (paper, section 3): nothing of the patch inside the defective
 * skull, no slit between both, nothing of the implant nearer to it than the clearance, no small
 * pieces.
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
  const patchPieces = removeSmallPieces(patch);
  removeSmallPieces(implant);
  if (patchPieces === 0) {
    throw noDefectFound();
  }
  return { patchPieces };
}

/** Zeroes the pieces of a field that are too small to be part of a shape; returns how many stay. */
function removeSmallPieces(field: RegionField): number {
  const { data, grid } = field;
  const c = labelComponents(atLeast(data, shapeThreshold), grid.size);
  if (!c.sizes.length) return 0;
  const voxel = (grid.spacing[0] * grid.spacing[1] * grid.spacing[2]) / 1000;
  const least = Math.max(leastPiece / voxel, leastShare * c.sizes[0]);
  let kept = 0;
  while (kept < c.sizes.length && c.sizes[kept] >= least) kept++;
  for (let r = 0; r < c.start.length; r++)
    if (c.label[r] >= kept) data.fill(0, c.start[r], c.start[r] + c.length[r]);
  return kept;
}
