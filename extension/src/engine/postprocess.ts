import { CranioplastyError } from './errors.ts';
import { labelComponents } from './components.ts';
import { distanceTransform } from './distance.ts';
import type { FineEstimate } from './fine.ts';
import type { RegionField } from './resample.ts';
import { sealPatch } from './seal.ts';
import { shapeThreshold } from './types.ts';
import type { Mask } from './volume.ts';

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
  const start = [0, 1, 2].map((a) =>
    Math.round((patch.grid.origin[a] - skull.grid.origin[a]) / spacing[a]),
  ) as [number, number, number];
  const bone = cropTo(skull, start, size);
  for (let p = 0; p < bone.length; p++) if (bone[p]) patch.data[p] = 0;
  // The implant's own truth was made with this clearance; a voxel's half-width is its tolerance.
  const distance = distanceTransform(bone, size, spacing);
  const least = clearance - spacing[0] / 2;
  for (let p = 0; p < bone.length; p++) if (distance[p] <= least) implant.data[p] = 0;
  sealPatch(patch, bone);
  const patchPieces = removeSmallPieces(patch);
  removeSmallPieces(implant);
  if (patchPieces === 0) {
    throw new CranioplastyError(
      'no-defect',
      'No defect was found in this skull: check that the chosen segment is the defective skull and that the defect lies in the vault.',
    );
  }
  return { patchPieces };
}

/** Zeroes the pieces of a field that are too small to be part of a shape; returns how many stay. */
function removeSmallPieces(field: RegionField): number {
  const { data, grid } = field;
  const binary = new Uint8Array(data.length);
  for (let p = 0; p < data.length; p++) binary[p] = data[p] >= shapeThreshold ? 1 : 0;
  const c = labelComponents(binary, grid.size);
  if (!c.sizes.length) return 0;
  const voxel = (grid.spacing[0] * grid.spacing[1] * grid.spacing[2]) / 1000;
  const least = Math.max(leastPiece / voxel, leastShare * c.sizes[0]);
  let kept = 0;
  while (kept < c.sizes.length && c.sizes[kept] >= least) kept++;
  for (let r = 0; r < c.start.length; r++)
    if (c.label[r] >= kept) data.fill(0, c.start[r], c.start[r] + c.length[r]);
  return kept;
}

/** The voxels of a mask from `start` on, `size` voxels. */
function cropTo(
  mask: Mask,
  start: readonly [number, number, number],
  size: readonly [number, number, number],
): Uint8Array {
  const [nx, ny] = mask.grid.size;
  const out = new Uint8Array(size[0] * size[1] * size[2]);
  for (let k = 0, t = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++, t += size[0]) {
      const row = start[0] + nx * (start[1] + j + ny * (start[2] + k));
      out.set(mask.data.subarray(row, row + size[0]), t);
    }
  return out;
}
