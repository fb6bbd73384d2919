import { labelComponents } from '../space/components.ts';
import { boundingBox, cropData, growBox } from '../space/crop.ts';
import { distanceTransform } from '../space/distance.ts';
import { voxelVolume } from '../space/grid.ts';
import type { Mask } from '../space/volume.ts';
import { atLeast, union } from '../space/voxels.ts';

/** A patch without slits, and how much was filled, ml. */
export interface TidyPatch {
  readonly patch: Mask;
  readonly filled: number;
}

/** Slits and notches narrower than twice this are filled, mm. */
const radius = 1.5;

/**
 * Fills the slits between a patch and bone, and the notches in its own border: a closing of both by a ball. Only what
 * lies beside the patch is filled; bone and its pores stay as they are.
 *
 * @param patch not empty, on the grid of the bone and without a voxel of it
 */
export function tidyPatch(bone: Mask, patch: Mask): TidyPatch {
  const { grid } = patch;
  const content = boundingBox([patch.data], grid.size);
  if (!content) throw new RangeError('An empty patch has no border.');
  const box = growBox(content, 3 * radius, grid.size, grid.spacing);
  const own = cropData(patch.data, grid.size, box);
  const closed = union(own.data, cropData(bone.data, grid.size, box).data);
  const { size } = own;
  const apart = distanceTransform(closed, size, grid.spacing);
  const beyond = atLeast(apart, radius);
  const within = distanceTransform(beyond, size, grid.spacing);
  const near = distanceTransform(own.data, size, grid.spacing);
  const grown = own.data.slice();
  for (let p = 0; p < grown.length; p++)
    if (!closed[p] && within[p] > radius && near[p] <= 2 * radius) grown[p] = 1;
  // The patch's own part: what was filled elsewhere touches only bone.
  const { start, length, label } = labelComponents(grown, size, 1, 6);
  const out = patch.data.slice();
  let filled = 0;
  const [nx, ny] = size;
  for (let r = 0; r < start.length; r++) {
    if (label[r] > 0) continue;
    const [i, row] = [start[r] % nx, Math.floor(start[r] / nx)];
    const [j, k] = [row % ny, Math.floor(row / ny)];
    const first =
      box.low[0] + i + grid.size[0] * (box.low[1] + j + grid.size[1] * (box.low[2] + k));
    for (let n = 0; n < length[r]; n++)
      if (!out[first + n]) {
        out[first + n] = 1;
        filled++;
      }
  }
  return { patch: { grid, data: out }, filled: (filled * voxelVolume(grid)) / 1000 };
}
