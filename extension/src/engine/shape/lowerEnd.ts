import type { RegionField } from '../space/canonical.ts';
import type { Grid, Vec3 } from '../space/grid.ts';

/** A plane in canonical mm, by its height over each place: z = rise[0] · x + rise[1] · y + height. */
export interface LowerEnd {
  readonly rise: readonly [number, number];
  readonly height: number;
}

/** A skull on the canonical grid, by its slices. */
export interface CanonicalSlices {
  readonly grid: Grid;
  slice(k: number): Uint8Array;
}

/** Directions around the head in which the lowest bone is looked for. */
const sectors = 72;
/** Nearer to the axis of the head lies the middle of the skull base, mm. */
const leastRadius = 35;
/** Lower than this a skull is not cut: it goes on below the canonical box, mm. */
const aboveFloor = 2.4;
/** Lowest bone that lies in the plane, mm. */
const inPlane = 1.2;
/** Share of the directions that must end in the plane, and of those that may go on below it. */
const enoughInPlane = 0.3;
const mayGoOn = 0.03;
const steepest = 0.5;

/**
 * The plane in which a skull ends above its base, where a scan or a segmentation was cut there: bone below
 * it was never seen, and a patch that goes on below it would be made up.
 *
 * @param skull defective skull on the canonical grid
 * @param centre a point inside the cranial cavity, canonical mm
 * @returns null if the skull goes on below the canonical box
 */
export function findLowerEnd(skull: CanonicalSlices, centre: Vec3): LowerEnd | null {
  const lowest = lowestBone(skull, centre);
  const cut = lowest.filter(([, , z]) => z > aboveFloor);
  if (cut.length < enoughInPlane * sectors) return null;
  let best: LowerEnd | null = null;
  let most = 0;
  // Where the skull is open the lowest bone lies high above the plane: planes are tried through three directions.
  for (let a = 0; a < cut.length; a++)
    for (const share of [1 / 3, 1 / 4]) {
      const step = Math.round(share * cut.length);
      const plane = through([0, 1, 2].map((k) => cut[(a + k * step) % cut.length]));
      if (!plane || Math.hypot(...plane.rise) > steepest) continue;
      const count = cut.filter((p) => Math.abs(above(plane, p)) < inPlane).length;
      if (count > most) [best, most] = [plane, count];
    }
  if (!best || most < enoughInPlane * sectors) return null;
  const found = best;
  const goesOn = lowest.filter((p) => above(found, p) < -2 * inPlane).length;
  if (goesOn > mayGoOn * sectors) return null;
  return fitted(cut.filter((p) => Math.abs(above(found, p)) < inPlane)) ?? found;
}

/**
 * Zeroes a field below the plane.
 * @returns whether anything of the shape was there
 */
export function clipBelow({ grid, data }: RegionField, end: LowerEnd, threshold: number): boolean {
  const [nx, ny, nz] = grid.size;
  const [x0, y0, z0] = grid.origin;
  const [h] = grid.spacing;
  let clipped = false;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (data[p] === 0 || above(end, [x0 + h * i, y0 + h * j, z0 + h * k]) >= 0) continue;
        if (data[p] >= threshold) clipped = true;
        data[p] = 0;
      }
  return clipped;
}

const above = ({ rise, height }: LowerEnd, [x, y, z]: Vec3): number =>
  z - (rise[0] * x + rise[1] * y + height);

/** The lower face of the lowest bone voxel in each direction around the head that has any. */
function lowestBone(skull: CanonicalSlices, centre: Vec3): Vec3[] {
  const { grid } = skull;
  const [nx, ny, nz] = grid.size;
  const [h] = grid.spacing;
  const found: (Vec3 | undefined)[] = Array.from({ length: sectors });
  let open = sectors;
  for (let k = 0; k < nz && open > 0; k++) {
    const data = skull.slice(k);
    for (let j = 0; j < ny; j++) {
      const row = nx * j;
      const y = grid.origin[1] + h * j;
      for (let i = 0; i < nx; i++) {
        if (!data[row + i]) continue;
        const x = grid.origin[0] + h * i;
        if (Math.hypot(x - centre[0], y - centre[1]) < leastRadius) continue;
        const turn = Math.atan2(y - centre[1], x - centre[0]) / (2 * Math.PI) + 0.5;
        const sector = Math.min(sectors - 1, Math.floor(turn * sectors));
        if (found[sector]) continue;
        found[sector] = [x, y, grid.origin[2] + h * (k - 0.5)];
        open--;
      }
    }
  }
  return found.filter((p) => p !== undefined);
}

/** The plane through three points; null if it stands upright. */
function through([p, q, r]: readonly Vec3[]): LowerEnd | null {
  const u = [q[0] - p[0], q[1] - p[1], q[2] - p[2]];
  const v = [r[0] - p[0], r[1] - p[1], r[2] - p[2]];
  const determinant = u[0] * v[1] - u[1] * v[0];
  if (Math.abs(determinant) < 1) return null;
  const rise = [
    (u[2] * v[1] - u[1] * v[2]) / determinant,
    (u[0] * v[2] - u[2] * v[0]) / determinant,
  ] as const;
  return { rise, height: p[2] - rise[0] * p[0] - rise[1] * p[1] };
}

/** The plane with the least squared distance in height; null if the points lie on a line. */
function fitted(points: readonly Vec3[]): LowerEnd | null {
  const mean = [0, 1, 2].map((a) => points.reduce((sum, p) => sum + p[a], 0) / points.length);
  let [xx, xy, yy, xz, yz] = [0, 0, 0, 0, 0];
  for (const p of points) {
    const [x, y, z] = p.map((v, a) => v - mean[a]);
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xz += x * z;
    yz += y * z;
  }
  const determinant = xx * yy - xy * xy;
  if (determinant < 1e-6 * xx * yy) return null;
  const rise = [(xz * yy - yz * xy) / determinant, (yz * xx - xz * xy) / determinant] as const;
  return { rise, height: mean[2] - rise[0] * mean[0] - rise[1] * mean[1] };
}
