import type { Box } from '../crop.ts';
import type { Grid } from '../grid.ts';
import type { SignedDistanceField } from '../signedDistance.ts';
import type { RigidTransform } from '../transform.ts';
import { invertRigid } from '../transform.ts';
import { block } from './activeBlocks.ts';
import { indexMap, insideStretch } from './indexMap.ts';

/**
 * Tells a skull's distance (mm) at the voxels of a box of a canonical grid inside the native volume: each one nearer
 * to the surface than `exact`, and runs of voxels [p, end) of the box that are all farther on one side.
 *
 * @param field native signed distance
 * @param toCanonical patient LPS mm → canonical mm
 * @param distance receives the distance that is told: a number handed to a function would be an object of its own
 */
export function overField(
  field: SignedDistanceField,
  toCanonical: RigidTransform,
  canonical: Grid,
  box: Box,
  exact: number,
  distance: Float64Array,
  tell: (p: number, end: number) => void,
): void {
  const { m, t } = indexMap(canonical, field.grid, invertRigid(toCanonical));
  const nx = canonical.size[0];
  const [i0, j0, k0] = box.low;
  const [i1, j1, k1] = box.high;
  const [sx, sy, sz] = field.grid.size;
  const plane = sx * sy;
  const { data, blocks, apart } = field;
  const [bx, by] = blocks.count;
  const unit = field.band / 127;
  // Voxels of the row for each voxel of the field along each axis; a row across an axis never leaves its blocks.
  const perStep = [m[0], m[3], m[6]].map((slope) =>
    Math.abs(slope) < 1e-12 ? (slope > 0 ? 1e12 : -1e12) : 1 / slope,
  );
  // The field changes by at most one mm a mm, so a large value lets the row jump ahead.
  const skip = 0.9 / canonical.spacing[0];
  for (let k = k0; k < k1; k++) {
    for (let j = j0; j < j1; j++) {
      const x0 = m[1] * j + m[2] * k + t[0];
      const y0 = m[4] * j + m[5] * k + t[1];
      const z0 = m[7] * j + m[8] * k + t[2];
      const row = (i1 - i0) * (j - j0 + (j1 - j0) * (k - k0)) - i0;
      const stretch = insideStretch([x0, y0, z0], [m[0], m[3], m[6]], [sx, sy, sz], nx);
      const last = Math.min(stretch[1], i1 - 1);
      for (let i = Math.max(stretch[0], i0); i <= last;) {
        const x = x0 + m[0] * i;
        const y = y0 + m[3] * i;
        const z = z0 + m[6] * i;
        // Inside the volume, cutting off is rounding down, and what lies before the first centre belongs to it.
        const xi = Math.min(sx - 2, x | 0);
        const yi = Math.min(sy - 2, y | 0);
        const zi = Math.min(sz - 2, z | 0);
        const p = xi + sx * yi + plane * zi;
        const b = (xi >> 2) + bx * ((yi >> 2) + by * (zi >> 2));
        if (apart[b] > 0) {
          // Nothing is near in the blocks around either: the row goes on until it leaves them.
          const reach = apart[b] - 1;
          const ahead = Math.min(
            wayWithin(x, m[0], xi >> 2, reach) * perStep[0],
            wayWithin(y, m[3], yi >> 2, reach) * perStep[1],
            wayWithin(z, m[6], zi >> 2, reach) * perStep[2],
          );
          // More than a row never is.
          const step = ahead < nx ? Math.max(1, Math.floor(ahead)) : nx;
          distance[0] = blocks.side[b] * field.band;
          tell(row + i, row + Math.min(last + 1, i + step));
          i += step;
          continue;
        }
        const fx = x - xi;
        const fy = y - yi;
        const fz = z - zi;
        const a = data[p] + fx * (data[p + 1] - data[p]);
        const c0 = data[p + sx] + fx * (data[p + sx + 1] - data[p + sx]);
        const q = p + plane;
        const c = data[q] + fx * (data[q + 1] - data[q]);
        const d = data[q + sx] + fx * (data[q + sx + 1] - data[q + sx]);
        const low = a + fy * (c0 - a);
        const value = unit * (low + fz * (c + fy * (d - c) - low));
        const step = Math.max(1, Math.floor((Math.abs(value) - exact) * skip));
        distance[0] = value;
        tell(row + i, row + Math.min(last + 1, i + step));
        i += step;
      }
    }
  }
}

/** How far, with its sign, a way of this slope goes along one axis within so many blocks around the one at `blockAt`. */
function wayWithin(at: number, slope: number, blockAt: number, reach: number): number {
  // The voxel after a position has a part in its value.
  return slope > 0 ? block * (blockAt + reach + 1) - 1 - at : block * (blockAt - reach) - at;
}
