import { boundingBox, boxGrid, cropData, growBox } from '../space/crop.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { indexToPatient, voxelsAlong } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import type { Mask } from '../space/volume.ts';
import { union } from '../space/voxels.ts';
import { assertSameGrid, outerVoxels } from './metrics.ts';

/** Rays begin this far outside the reference's outer surface and end this far inside, mm. */
const outside = 8;
const inside = 30;
const step = 0.25;
/** A ray that leaves and enters again so soon has grazed the corners of voxels: it is still in the wall, mm. */
const skin = 0.9;
/** So much around both patches is looked at, mm. */
const margin = 12;

/**
 * Root mean square difference (mm) of the walls that two skulls have along the rays from the cavity through a
 * surface: from where a ray coming from outside enters to where it leaves. Rays that miss either wall, or end in
 * it, do not count. Surfaces are where the masks, interpolated, pass one half. NaN without rays.
 *
 * @param a a skull, 0 and 1, on `grid`
 * @param b another
 * @param through voxels whose rays count, such as the outer surface of the reference patch
 * @param cavity where the rays come from, patient LPS mm
 */
export function wallThicknessError(
  a: Uint8Array,
  b: Uint8Array,
  through: Uint8Array,
  grid: Grid,
  cavity: Vec3,
): number {
  const { size } = grid;
  const [nx, ny, nz] = size;
  let sum = 0;
  let count = 0;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (!through[p]) continue;
        const at = indexToPatient(grid, [i, j, k]);
        const away: Vec3 = [at[0] - cavity[0], at[1] - cavity[1], at[2] - cavity[2]];
        const direction = voxelsAlong(grid, away);
        const first = wallAlong(a, size, i, j, k, direction);
        const second = wallAlong(b, size, i, j, k, direction);
        if (Number.isNaN(first) || Number.isNaN(second)) continue;
        sum += (first - second) ** 2;
        count++;
      }
  return Math.sqrt(sum / count);
}

/**
 * The same for a patch and its reference, each with the skull: of the walls behind the reference's outer surface.
 *
 * @param cavity a point inside the cranial cavity, patient LPS mm
 * @throws CranioplastyError `bad-geometry` for different grids
 */
export function patchThicknessError(
  skull: Mask,
  predicted: Mask,
  reference: Mask,
  cavity: Vec3,
): number {
  assertSameGrid(skull, predicted, reference);
  const { size, spacing } = skull.grid;
  const box = boundingBox([predicted.data, reference.data], size);
  if (!box) return NaN;
  const around = growBox(box, margin, size, spacing);
  const region = boxGrid(skull.grid, around);
  const [bone, a, b] = [skull, predicted, reference].map(
    ({ data }) => cropData(data, size, around).data,
  );
  const through = outerVoxels(bone, b, b, region, cavity);
  return wallThicknessError(union(bone, a), union(bone, b), through, region, cavity);
}

/** Length (mm) of the wall on the way in through a voxel, `direction` pointing out in voxels a mm; NaN without. */
function wallAlong(
  set: Uint8Array,
  size: Vec3,
  i: number,
  j: number,
  k: number,
  direction: Vec3,
): number {
  const [dx, dy, dz] = direction;
  let entered = NaN;
  let left = NaN;
  let before = 0;
  for (let t = outside; t >= -inside; t -= step) {
    const [x, y, z] = [i + t * dx, j + t * dy, k + t * dz];
    const isOff = x < 0 || y < 0 || z < 0 || x > size[0] - 1 || y > size[1] - 1 || z > size[2] - 1;
    if (isOff) {
      if (Number.isNaN(entered)) continue;
      return NaN;
    }
    const value = interpolate(set, size, x, y, z);
    const isIn = value >= 0.5;
    if (isIn !== before >= 0.5) {
      const crossing = t + (step * (0.5 - value)) / (before - value);
      if (!isIn) left = crossing;
      else if (Number.isNaN(entered)) entered = crossing;
    }
    if (!isIn && entered - t > skin) return entered - left;
    before = value;
  }
  return NaN;
}
