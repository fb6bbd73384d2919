import { boxGrid, type Box } from '../../../extension/src/engine/space/crop.ts';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import {
  gridDistance,
  patientToIndex,
  type Grid,
} from '../../../extension/src/engine/space/grid.ts';
import { emptyMask, type Mask } from '../../../extension/src/engine/space/volume.ts';

/** Voxels of a part lie no farther than this from those of the whole, mm. */
const sameVoxel = 0.05;

/**
 * A mask on the whole grid of which it covers a part; itself if it covers it all.
 *
 * @param name of its file, for the error
 * @throws CranioplastyError `bad-geometry` if its voxels are none of the whole grid
 */
export function placed(mask: Mask, whole: Grid, name: string): Mask {
  if (gridDistance(mask.grid, whole) <= sameVoxel) return mask;
  const { size } = mask.grid;
  const [i, j, k] = patientToIndex(whole, mask.grid.origin).map(Math.round);
  const box: Box = { low: [i, j, k], high: [i + size[0], j + size[1], k + size[2]] };
  const inside = box.low.every((v) => v >= 0) && box.high.every((v, a) => v <= whole.size[a]);
  if (!inside || gridDistance(boxGrid(whole, box), mask.grid) > sameVoxel) {
    throw new CranioplastyError(
      'bad-geometry',
      `The voxels of ${name} are not voxels of its skull: resample it onto the grid of the skull first.`,
    );
  }
  const out = emptyMask(whole);
  for (let c = 0, p = 0; c < size[2]; c++)
    for (let b = 0; b < size[1]; b++, p += size[0]) {
      const row = i + whole.size[0] * (j + b + whole.size[1] * (k + c));
      out.data.set(mask.data.subarray(p, p + size[0]), row);
    }
  return out;
}
