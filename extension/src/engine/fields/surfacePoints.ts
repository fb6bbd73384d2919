import type { WorkingGrid } from './workingGrid.ts';
import { workingSpacing } from './workingGrid.ts';

/** Points on a surface with its outward normals; positions in working voxels. */
export interface SurfacePoints {
  /** x, y, z of each. */
  readonly positions: Float32Array;
  readonly normals: Float32Array;
}

/** The points in which the edges of the working grid cross the surface of a distance field, near the patch. */
export function surfacePoints(values: Float32Array, working: WorkingGrid): SurfacePoints {
  const { grid, from, to } = working;
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const positions: number[] = [];
  const normals: number[] = [];
  const gradient = (p: number, stride: number): number => values[p + stride] - values[p - stride];
  const cross = (i: number, j: number, k: number, p: number, axis: number, q: number): void => {
    const t = values[p] / (values[p] - values[q]);
    const at = [i, j, k];
    at[axis] += t;
    const normal = [1, nx, plane].map(
      (stride) => (1 - t) * gradient(p, stride) + t * gradient(q, stride),
    );
    const length = Math.hypot(normal[0], normal[1], normal[2]);
    if (!(length > 1e-6)) return;
    positions.push(at[0], at[1], at[2]);
    normals.push(normal[0] / length, normal[1] / length, normal[2] / length);
  };
  for (let k = 1; k < nz - 2; k++)
    for (let j = 1; j < ny - 2; j++) {
      const row = j + ny * k;
      const end = Math.min(to[row], nx - 2);
      for (let i = Math.max(1, from[row]); i < end; i++) {
        const p = nx * row + i;
        const inside = values[p] < 0;
        // Where the field ends it has no surface.
        if (values[p + 1] < 0 !== inside && near(values[p + 1])) cross(i, j, k, p, 0, p + 1);
        if (values[p + nx] < 0 !== inside && near(values[p + nx])) cross(i, j, k, p, 1, p + nx);
        if (values[p + plane] < 0 !== inside && near(values[p + plane]))
          cross(i, j, k, p, 2, p + plane);
      }
    }
  return { positions: Float32Array.from(positions), normals: Float32Array.from(normals) };
}

const near = (value: number): boolean => value < 20;

/** Some of the points. */
export function choosePoints(
  { positions, normals }: SurfacePoints,
  chosen: (point: number) => boolean,
): SurfacePoints {
  const kept: number[] = [];
  for (let n = 0; 3 * n < positions.length; n++) if (chosen(n)) kept.push(n);
  const pick = (values: Float32Array) =>
    Float32Array.from(
      { length: 3 * kept.length },
      (_, c) => values[3 * kept[(c / 3) | 0] + (c % 3)],
    );
  return { positions: pick(positions), normals: pick(normals) };
}

/** Distance from the nearest point at each working voxel. */
export interface PointDistances {
  /** mm, positive on the side that the normals point to; `band` beyond it and where it is not wanted. */
  readonly distance: Float32Array;
  /** Number of the nearest point; −1 beyond the band. */
  readonly nearest: Int32Array;
}

/**
 * Signed distance (mm) from a surface given by points, near the patch. The nearest point spreads from voxel to voxel
 * (Danielsson 1980); the points lie so dense that the distance from the nearest one's tangent plane is that
 * from the surface.
 *
 * @param band farthest distance that is told apart, mm
 * @param wanted voxels at which it is wanted; the nearest point is looked for on ways through these
 * @param sidesOf the distance field of a surface with edges, around which a tangent plane tells too little: it says
 *   which side a voxel is on
 */
export function distanceFromPoints(
  { positions, normals }: SurfacePoints,
  { grid, from, to }: WorkingGrid,
  band: number,
  wanted: Uint8Array,
  sidesOf?: Float32Array,
): PointDistances {
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const nearest = new Int32Array(nx * ny * nz).fill(-1);
  const squared = new Float32Array(nearest.length).fill((band / workingSpacing) ** 2);
  for (let n = 0; 3 * n < positions.length; n++) {
    const [x, y, z] = [positions[3 * n], positions[3 * n + 1], positions[3 * n + 2]];
    const [xi, yi, zi] = [Math.floor(x), Math.floor(y), Math.floor(z)];
    for (let c = 0; c < 8; c++) {
      const [i, j, k] = [xi + (c & 1), yi + ((c >> 1) & 1), zi + (c >> 2)];
      const p = i + nx * j + plane * k;
      const d = (x - i) ** 2 + (y - j) ** 2 + (z - k) ** 2;
      if (d >= squared[p]) continue;
      squared[p] = d;
      nearest[p] = n;
    }
  }
  const offsets: [number, number, number][] = [];
  for (let c = 0; c < 13; c++)
    offsets.push([(c % 3) - 1, (Math.floor(c / 3) % 3) - 1, Math.floor(c / 9) - 1]);
  const steps = Int32Array.from(offsets, ([i, j, k]) => i + nx * j + plane * k);
  const sweep = (sign: 1 | -1): void => {
    for (let kk = 1; kk < nz - 1; kk++) {
      const k = sign > 0 ? kk : nz - 1 - kk;
      for (let jj = 1; jj < ny - 1; jj++) {
        const j = sign > 0 ? jj : ny - 1 - jj;
        const row = j + ny * k;
        const [low, high] = [Math.max(1, from[row]), Math.min(nx - 1, to[row])];
        for (let ii = low; ii < high; ii++) {
          const i = sign > 0 ? ii : low + high - 1 - ii;
          const p = nx * row + i;
          if (!wanted[p]) continue;
          let best = squared[p];
          let which = nearest[p];
          for (let s = 0; s < 13; s++) {
            const n = nearest[p + sign * steps[s]];
            if (n < 0 || n === which) continue;
            const q = 3 * n;
            const dx = positions[q] - i;
            const dy = positions[q + 1] - j;
            const dz = positions[q + 2] - k;
            const d = dx * dx + dy * dy + dz * dz;
            if (d < best) {
              best = d;
              which = n;
            }
          }
          squared[p] = best;
          nearest[p] = which;
        }
      }
    }
  };
  sweep(1);
  sweep(-1);
  const distance = new Float32Array(nearest.length).fill(band);
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const row = j + ny * k;
      for (let i = from[row]; i < to[row]; i++) {
        const p = nx * row + i;
        if (!wanted[p]) continue;
        const n = nearest[p];
        if (n < 0) {
          if (sidesOf && sidesOf[p] < 0) distance[p] = -band;
          continue;
        }
        const q = 3 * n;
        const [dx, dy, dz] = [i - positions[q], j - positions[q + 1], k - positions[q + 2]];
        const along = dx * normals[q] + dy * normals[q + 1] + dz * normals[q + 2];
        const aside = Math.max(0, squared[p] - along * along);
        // Points lie about a third of a voxel apart from the foot of the perpendicular.
        const spread = sidesOf ? 0.1 : 1;
        const d = Math.sqrt(along * along + Math.max(0, aside - spread));
        distance[p] = workingSpacing * ((sidesOf ? sidesOf[p] : along) < 0 ? -d : d);
      }
    }
  return { distance, nearest };
}
