import { labelComponents } from '../space/components.ts';
import type { Box } from '../space/crop.ts';
import { boundingBox, cropData, growBox } from '../space/crop.ts';
import { distanceTransform } from '../space/distance.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { patientToIndex, voxelVolume } from '../space/grid.ts';
import type { Mask } from '../space/volume.ts';
import { atLeast, union } from '../space/voxels.ts';

/** A patch of which an implant can be made, and what was added to it, ml. */
export interface TidyPatch {
  readonly patch: Mask;
  /** In slits between it and bone. */
  readonly filled: number;
  /** On its inside where it was thin. */
  readonly thickened: number;
}

/** Slits and notches narrower than twice this are filled, mm. */
const radius = 1.5;
/** A patch is at least this thick, seen from the cavity, mm and voxels: thinner ones would not survive smoothing. */
const thinnest = { millimetres: 2, voxels: 2 };

/**
 * Fills the slits between a patch and bone and the notches in its own border, a closing of both by a ball, and thickens
 * the patch inward where it is a mere sheet. Bone and its pores stay as they are.
 *
 * @param patch not empty, on the grid of the bone and without a voxel of it
 * @param cavity a point inside the cranial cavity, patient LPS mm
 */
export function tidyPatch(bone: Mask, patch: Mask, cavity: Vec3): TidyPatch {
  const { grid } = patch;
  const content = boundingBox([patch.data], grid.size);
  if (!content) throw new RangeError('An empty patch has no border.');
  const box = growBox(content, 3 * radius, grid.size, grid.spacing);
  const data = patch.data.slice();
  const filled = fillSlits(data, bone.data, grid, box);
  const thickened = thicken(data, bone.data, grid, box, cavity);
  const voxel = voxelVolume(grid) / 1000;
  return { patch: { grid, data }, filled: filled * voxel, thickened: thickened * voxel };
}

/** Fills slits in place; tells how many voxels. */
function fillSlits(data: Uint8Array, bone: Uint8Array, grid: Grid, box: Box): number {
  const own = cropData(data, grid.size, box);
  const { size } = own;
  const closed = union(own.data, cropData(bone, grid.size, box).data);
  const beyond = atLeast(distanceTransform(closed, size, grid.spacing), radius);
  const within = distanceTransform(beyond, size, grid.spacing);
  const near = distanceTransform(own.data, size, grid.spacing);
  const grown = own.data.slice();
  for (let p = 0; p < grown.length; p++)
    if (!closed[p] && within[p] > radius && near[p] <= 2 * radius) grown[p] = 1;
  // The patch's own part: what was filled elsewhere touches only bone.
  const { start, length, label } = labelComponents(grown, size, 1, 6);
  const { low } = box;
  let filled = 0;
  for (let r = 0; r < start.length; r++) {
    if (label[r] > 0) continue;
    const row = Math.floor(start[r] / size[0]);
    const [j, k] = [low[1] + (row % size[1]), low[2] + Math.floor(row / size[1])];
    const first = low[0] + (start[r] % size[0]) + grid.size[0] * (j + grid.size[1] * k);
    for (let n = 0; n < length[r]; n++)
      if (!data[first + n]) {
        data[first + n] = 1;
        filled++;
      }
  }
  return filled;
}

/** Thickens sheets inward in place; tells by how many voxels. */
function thicken(
  data: Uint8Array,
  bone: Uint8Array,
  grid: Grid,
  { low, high }: Box,
  cavity: Vec3,
): number {
  const [nx, ny, nz] = grid.size;
  const centre = patientToIndex(grid, cavity);
  const least = Math.min(...grid.spacing);
  const steps = Math.ceil(
    Math.max(thinnest.millimetres, thinnest.voxels * Math.cbrt(voxelVolume(grid))) / least,
  );
  const [sx, sy, sz] = grid.spacing.map((s) => least / s);
  const given = data.slice();
  let added = 0;
  for (let k = low[2]; k < high[2]; k++)
    for (let j = low[1]; j < high[1]; j++)
      for (let i = low[0], p = i + nx * (j + ny * k); i < high[0]; i++, p++) {
        if (!given[p]) continue;
        const x = (centre[0] - i) / sx;
        const y = (centre[1] - j) / sy;
        const z = (centre[2] - k) / sz;
        const length = Math.hypot(x, y, z) || 1;
        // A step inward, in voxels of each axis.
        const [dx, dy, dz] = [(x / length) * sx, (y / length) * sy, (z / length) * sz];
        const at = (way: number): number => {
          const [a, b, c] = [i + way * dx, j + way * dy, k + way * dz].map(Math.round);
          return a < 0 || b < 0 || c < 0 || a >= nx || b >= ny || c >= nz
            ? -1
            : a + nx * (b + ny * c);
        };
        const outward = at(-1);
        if (outward < 0 || given[outward] || bone[outward]) continue;
        for (let way = 1; way < steps; way++) {
          const q = at(way);
          if (q < 0 || bone[q]) break;
          if (data[q]) continue;
          data[q] = 1;
          added++;
        }
      }
  return added;
}
