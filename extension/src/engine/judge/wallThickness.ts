import type { Grid, Vec3 } from '../space/grid.ts';
import { indexToPatient } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';

/** Rays begin this far outside the reference's outer surface and end this far inside, mm. */
const outside = 8;
const inside = 30;
const step = 0.25;
/** A ray that leaves and enters again so soon has grazed the corners of voxels: it is still in the wall, mm. */
const skin = 0.9;

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
  const { size, axes, spacing } = grid;
  const [nx, ny, nz] = size;
  const direction = new Float64Array(3);
  let sum = 0;
  let count = 0;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (!through[p]) continue;
        const at = indexToPatient(grid, [i, j, k]);
        const [x, y, z] = [at[0] - cavity[0], at[1] - cavity[1], at[2] - cavity[2]];
        const length = Math.hypot(x, y, z);
        for (let c = 0; c < 3; c++)
          direction[c] = (x * axes[c][0] + y * axes[c][1] + z * axes[c][2]) / (length * spacing[c]);
        const first = wallAlong(a, size, i, j, k, direction);
        const second = wallAlong(b, size, i, j, k, direction);
        if (Number.isNaN(first) || Number.isNaN(second)) continue;
        sum += (first - second) ** 2;
        count++;
      }
  return Math.sqrt(sum / count);
}

/** Length (mm) of the wall on the way in through a voxel, `direction` pointing out in voxels a mm; NaN without. */
function wallAlong(
  set: Uint8Array,
  size: Vec3,
  i: number,
  j: number,
  k: number,
  direction: Float64Array,
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
