import { labelComponents } from '../space/components.ts';
import type { Vec3 } from '../space/grid.ts';
import { patientToIndex } from '../space/grid.ts';
import type { SurfacePoints } from './surfacePoints.ts';
import { choosePoints } from './surfacePoints.ts';
import type { WorkingGrid } from './workingGrid.ts';

/** The surface of skull ∪ patch, by what it faces. */
export interface Sheets {
  /** Towards the skin. */
  readonly outer: SurfacePoints;
  /** Towards the cavity. */
  readonly inner: SurfacePoints;
}

/** Space this far from skull and patch is open; narrower slits and pores are no outside, mm. */
const openFrom = 1;
/** How far in front of the surface it is looked which space it faces, working voxels; smoothing blurs thin sheets. */
const ahead = [2.5, 4] as const;
/** How far a surface must look along the way from the cavity or to it, working voxels. */
const farSight = 24;
/** The same for a surface that faces sideways, as at the foot of a bulge, along its normal. */
const nearSight = 12;
/** Sine of the least angle between a surface that faces out or in and the direction from the cavity. */
const facing = 0.25;
/** The same where the space that a surface faces tells them apart: it may turn back a little. */
const sideways = -0.3;

/**
 * Tells the outer from the inner surface around a patch: by where it looks, and by the space in front of it, so that
 * the pores of cancellous bone are neither.
 *
 * @param closed distance from skull ∪ patch, mm
 * @param points its surface
 * @param cavity a point inside the cranial cavity, patient LPS mm
 */
export function sheetsOf(
  closed: Float32Array,
  points: SurfacePoints,
  working: WorkingGrid,
  cavity: Vec3,
): Sheets {
  const { size } = working.grid;
  const spaces = openSpaces(closed, working);
  const { positions, normals } = points;
  const count = positions.length / 3;
  const centre = patientToIndex(working.grid, cavity);
  const rise = new Float32Array(count);
  const space = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    const q = 3 * n;
    const away = [0, 1, 2].map((a) => positions[q + a] - centre[a]);
    const cosine = [0, 1, 2].reduce((sum, a) => sum + away[a] * normals[q + a], 0);
    rise[n] = cosine / (Math.hypot(away[0], away[1], away[2]) || 1);
    for (let step = 0; step < ahead.length && space[n] === 0; step++) {
      const [i, j, k] = [0, 1, 2].map((a) =>
        Math.min(
          size[a] - 1,
          Math.max(0, Math.round(positions[q + a] + ahead[step] * normals[q + a])),
        ),
      );
      space[n] = spaces[i + size[0] * (j + size[1] * k)];
    }
  }
  const outside = mostFaced(space, (n) => rise[n] > facing);
  const within = mostFaced(space, (n) => rise[n] < -facing);
  // Where the cavity opens to the outside only the direction tells the surfaces apart.
  const least = outside === within ? facing : sideways;
  // A hollow between bone and patch that opens somewhere has floors that face out and in, too, but not far.
  const looksFar = (n: number, sign: 1 | -1): boolean => {
    const q = 3 * n;
    const away = [0, 1, 2].map((a) => positions[q + a] - centre[a]);
    const length = sign * (Math.hypot(away[0], away[1], away[2]) || 1);
    // What faces sideways looks along its normal.
    const turned = sign * rise[n] <= facing;
    const [x, y, z] = [0, 1, 2].map((a) => (turned ? normals[q + a] : away[a] / length));
    const far = turned ? nearSight : farSight;
    for (let way: number = ahead[0]; way < far;) {
      const i = Math.round(positions[q] + way * x);
      const j = Math.round(positions[q + 1] + way * y);
      const k = Math.round(positions[q + 2] + way * z);
      if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return true;
      const room = closed[i + size[0] * (j + size[1] * k)];
      if (room < -openFrom / 2) return false;
      way += Math.max(1, room / working.grid.spacing[0]);
    }
    return true;
  };
  const faces = (sign: 1 | -1, which: number): SurfacePoints =>
    largestSheet(
      choosePoints(
        points,
        (n) => sign * rise[n] > least && space[n] === which && looksFar(n, sign),
      ),
      size,
    );
  return { outer: faces(1, outside), inner: faces(-1, within) };
}

/** Those points that hang together: the voxels that they lie in touch. */
function largestSheet(points: SurfacePoints, size: Vec3): SurfacePoints {
  const { positions } = points;
  const voxels = new Uint8Array(size[0] * size[1] * size[2]);
  const at = Int32Array.from(
    { length: positions.length / 3 },
    (_, n) =>
      Math.floor(positions[3 * n]) +
      size[0] * (Math.floor(positions[3 * n + 1]) + size[1] * Math.floor(positions[3 * n + 2])),
  );
  for (const p of at) voxels[p] = 1;
  const { start, length, label } = labelComponents(voxels, size);
  for (let r = 0; r < start.length; r++)
    if (label[r] > 0) voxels.fill(0, start[r], start[r] + length[r]);
  return choosePoints(points, (n) => voxels[at[n]] === 1);
}

/** Number of the open space at each working voxel, from 1; 0 where none is. */
function openSpaces(closed: Float32Array, { grid, from, to }: WorkingGrid): Int32Array {
  const [nx, ny, nz] = grid.size;
  const open = new Uint8Array(closed.length);
  for (let row = 0; row < ny * nz; row++)
    for (let p = nx * row + from[row]; p < nx * row + to[row]; p++)
      if (closed[p] > openFrom) open[p] = 1;
  const { start, length, label } = labelComponents(open, grid.size, 1, 6);
  const spaces = new Int32Array(open.length);
  for (let r = 0; r < start.length; r++) spaces.fill(label[r] + 1, start[r], start[r] + length[r]);
  return spaces;
}

/** The space that most of some points face; −1 if they face none. */
function mostFaced(space: Int32Array, counts: (point: number) => boolean): number {
  const votes = new Map<number, number>();
  for (let n = 0; n < space.length; n++)
    if (space[n] > 0 && counts(n)) votes.set(space[n], (votes.get(space[n]) ?? 0) + 1);
  let [best, most] = [-1, 0];
  for (const [which, count] of votes) if (count > most) [best, most] = [which, count];
  return best;
}
