import type { RadialGrid } from './radialMap.ts';

const rayStep = 1;
export const mostThickness = 25;
const depthStep = 0.5;
/** Less than this below the surface a ray has not entered the bone yet, mm. */
const skin = 0.9;
/** Where a ray leaves the bone the inner surface faces the centre at least so much (cosine); the wall of a cut does not. */
const leastFacingIn = 0.7;

/** Signed distance of a skull at a canonical position, mm, negative inside; near the surface to within what a slope needs. */
export type DistanceAt = (x: number, y: number, z: number) => number;

/** Rays from one centre. */
export interface Rays {
  readonly grid: RadialGrid;
  /** Unit vectors, x, y and z side by side. */
  readonly directions: Float64Array;
}

/** Lengths along rays, mm, and where there is one. */
export interface Measured {
  readonly value: Float64Array;
  readonly known: Uint8Array;
}

/** Outermost surface within `reach` (mm) of the expected one along each ray. */
export function measureOuter(
  { grid, directions: u }: Rays,
  distance: DistanceAt,
  expected: Float64Array,
  reach: number,
): Measured {
  const [cx, cy, cz] = grid.centre;
  const value = new Float64Array(expected.length);
  const known = new Uint8Array(expected.length);
  const count = Math.round((2 * reach) / rayStep) + 1;
  for (let p = 0; p < expected.length; p++) {
    let before = 0;
    for (let k = 0; k < count; k++) {
      const r = expected[p] + reach - rayStep * k;
      const d = distance(cx + u[3 * p] * r, cy + u[3 * p + 1] * r, cz + u[3 * p + 2] * r);
      if (d <= 0) {
        if (k > 0) {
          known[p] = 1;
          value[p] = r + rayStep - (rayStep * before) / Math.max(before - d, 1e-6);
        }
        break;
      }
      before = d;
    }
  }
  return { value, known };
}

/**
 * Thickness (mm) along each ray inward from the outer surface, where the ray leaves the bone again by its inner surface,
 * not by the wall of a cut.
 */
export function measureThickness(rays: Rays, distance: DistanceAt, outer: Measured): Measured {
  const { grid, directions: u } = rays;
  const [cx, cy, cz] = grid.centre;
  const value = new Float64Array(outer.value.length);
  const known = new Uint8Array(outer.value.length);
  const count = Math.round(mostThickness / depthStep);
  for (let p = 0; p < value.length; p++) {
    if (!outer.known[p]) continue;
    let before = 0;
    for (let k = 1; k <= count; k++) {
      const t = depthStep * k;
      const r = outer.value[p] - t;
      const d = distance(cx + u[3 * p] * r, cy + u[3 * p + 1] * r, cz + u[3 * p + 2] * r);
      if (d > 0 && t > skin) {
        const part = Math.min(1, Math.max(0, -before / Math.max(d - before, 1e-6)));
        value[p] = t - depthStep + depthStep * part;
        if (facingOut(rays, distance, p, outer.value[p] - value[p]) < -leastFacingIn) known[p] = 1;
        break;
      }
      before = d;
    }
  }
  return { value, known };
}

/** How much a surface at radius `r` (mm) along the ray of a cell faces away from the centre: a cosine. */
export function facingOut(
  { grid, directions: u }: Rays,
  distance: DistanceAt,
  p: number,
  r: number,
): number {
  const [ux, uy, uz] = [u[3 * p], u[3 * p + 1], u[3 * p + 2]];
  const [cx, cy, cz] = grid.centre;
  const [x, y, z] = [cx + ux * r, cy + uy * r, cz + uz * r];
  const dx = distance(x + 1, y, z) - distance(x - 1, y, z);
  const dy = distance(x, y + 1, z) - distance(x, y - 1, z);
  const dz = distance(x, y, z + 1) - distance(x, y, z - 1);
  return (dx * ux + dy * uy + dz * uz) / Math.max(Math.hypot(dx, dy, dz), 1e-6);
}
