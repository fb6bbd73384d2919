import type { Grid } from './grid.ts';
import type { Mask } from './volume.ts';

/**
 * A signed distance to the surface of a mask, held only near the surface: positive outside,
 * negative inside, mm. Voxels farther than `band` hold ±127.
 */
export interface SignedDistanceField {
  readonly grid: Grid;
  /** Distance in units of `band` / 127. */
  readonly data: Int8Array;
  /** Farthest distance that is told apart, mm. */
  readonly band: number;
}

/** Edge of the blocks in which far-away voxels are skipped. */
const block = 8;

/**
 * Narrow-band signed distance of a mask, lightly smoothed so that a surface drawn at 0 shows the
 * shape and not the voxel stairs. The distance of a voxel is that to the nearest centre of the
 * other class, exact up to `band`; linear interpolation then crosses 0 half-way between centres,
 * which interpolates thick slices by shape.
 *
 * @param band mm; at least twice the largest spacing
 * @param smoothing passes of a 1-2-1 filter along each axis
 */
export function signedDistance(mask: Mask, band = 3, smoothing = 1): SignedDistanceField {
  const { grid, data } = mask;
  const [nx, ny, nz] = grid.size;
  band = Math.max(band, 2 * Math.max(...grid.spacing));
  const active = activeBlocks(mask, band);
  const out = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = data[i] ? -127 : 127;

  // Squared distances are kept as 16-bit fractions of band².
  const unit = 65534 / (band * band);
  const far = 65535;
  const along = alongRows(mask, unit, band);
  const sy = grid.spacing[1];
  const sz = grid.spacing[2];
  const reachY = Math.floor(band / sy);
  const reachZ = Math.floor(band / sz);
  const stepY = Float64Array.from({ length: reachY + 1 }, (_, d) => d * d * sy * sy * unit);
  const stepZ = Float64Array.from({ length: reachZ + 1 }, (_, d) => d * d * sz * sz * unit);
  const plane = nx * ny;

  const inPlane = new Uint16Array(data.length).fill(far);
  forActive(active, grid, reachZ, (i0, i1, j, k) => {
    const row = nx * (j + ny * k);
    for (let i = i0; i < i1; i++) {
      const p = row + i;
      const own = data[p];
      let best = along[p];
      for (let d = 1; d <= reachY && stepY[d] < best; d++) {
        if (j >= d) {
          const q = p - d * nx;
          const v = data[q] !== own ? stepY[d] : stepY[d] + along[q];
          if (v < best) best = v;
        }
        if (j + d < ny) {
          const q = p + d * nx;
          const v = data[q] !== own ? stepY[d] : stepY[d] + along[q];
          if (v < best) best = v;
        }
      }
      inPlane[p] = best;
    }
  });
  const scale = 127 / Math.sqrt(65534);
  forActive(active, grid, 0, (i0, i1, j, k) => {
    const row = nx * (j + ny * k);
    for (let i = i0; i < i1; i++) {
      const p = row + i;
      const own = data[p];
      let best = inPlane[p];
      for (let d = 1; d <= reachZ && stepZ[d] < best; d++) {
        if (k >= d) {
          const q = p - d * plane;
          const v = data[q] !== own ? stepZ[d] : stepZ[d] + inPlane[q];
          if (v < best) best = v;
        }
        if (k + d < nz) {
          const q = p + d * plane;
          const v = data[q] !== own ? stepZ[d] : stepZ[d] + inPlane[q];
          if (v < best) best = v;
        }
      }
      if (best < far) {
        const distance = Math.min(127, Math.round(Math.sqrt(best) * scale));
        out[p] = own ? -distance : distance;
      }
    }
  });
  for (let pass = 0; pass < smoothing; pass++) smooth(out, mask, active);
  return { grid, data: out, band };
}

interface BlockMap {
  readonly count: readonly [number, number, number];
  readonly on: Uint8Array;
}

/** Blocks that hold both classes, or lie within `band` of one that does. */
function activeBlocks(mask: Mask, band: number): BlockMap {
  const { data, grid } = mask;
  const [nx, ny, nz] = grid.size;
  const count: [number, number, number] = [
    Math.ceil(nx / block),
    Math.ceil(ny / block),
    Math.ceil(nz / block),
  ];
  const [bx, by, bz] = count;
  const seen = new Uint8Array(bx * by * bz);
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      const brow = bx * ((j >> 3) + by * (k >> 3));
      for (let i = 0; i < nx; i++) seen[brow + (i >> 3)] |= data[row + i] ? 2 : 1;
    }
  }
  // A border between two uniform blocks is a surface too: compare with the neighbours' classes.
  const on = new Uint8Array(seen.length);
  const reach = grid.spacing.map((s) => Math.max(1, Math.ceil(band / (s * block))));
  for (let k = 0; k < bz; k++)
    for (let j = 0; j < by; j++)
      for (let i = 0; i < bx; i++) {
        let classes = 0;
        for (let dk = -reach[2]; dk <= reach[2] && classes !== 3; dk++)
          for (let dj = -reach[1]; dj <= reach[1] && classes !== 3; dj++)
            for (let di = -reach[0]; di <= reach[0]; di++) {
              const [ii, jj, kk] = [i + di, j + dj, k + dk];
              if (ii < 0 || jj < 0 || kk < 0 || ii >= bx || jj >= by || kk >= bz) continue;
              classes |= seen[ii + bx * (jj + by * kk)];
            }
        on[i + bx * (j + by * k)] = classes === 3 ? 1 : 0;
      }
  return { count, on };
}

/** Calls `visit` for every stretch of a row inside active blocks, widened along k by `halo` voxels. */
function forActive(
  map: BlockMap,
  grid: Grid,
  halo: number,
  visit: (i0: number, i1: number, j: number, k: number) => void,
): void {
  const [nx, ny, nz] = grid.size;
  const [bx, by] = map.count;
  for (let k = 0; k < nz; k++) {
    const kLow = Math.max(0, k - halo) >> 3;
    const kHigh = Math.min(nz - 1, k + halo) >> 3;
    for (let j = 0; j < ny; j++) {
      const jb = j >> 3;
      for (let b = 0; b < bx; b++) {
        let on = false;
        for (let kb = kLow; kb <= kHigh && !on; kb++) on = map.on[b + bx * (jb + by * kb)] === 1;
        if (on) visit(b * block, Math.min(nx, (b + 1) * block), j, k);
      }
    }
  }
}

/** Squared distance along i to the nearest voxel of the other class, for every voxel. */
function alongRows(mask: Mask, unit: number, band: number): Uint16Array {
  const { data, grid } = mask;
  const [nx, ny, nz] = grid.size;
  const reach = Math.floor(band / grid.spacing[0]);
  const squared = Uint16Array.from({ length: reach + 2 }, (_, d) =>
    d > reach ? 65535 : Math.min(65534, Math.round(d * d * grid.spacing[0] ** 2 * unit)),
  );
  const out = new Uint16Array(data.length).fill(65535);
  for (let row = 0; row < ny * nz; row++) {
    const first = row * nx;
    const end = first + nx;
    for (let p = first + 1; p < end; p++) {
      if (data[p] === data[p - 1]) continue;
      for (let d = 1; d <= reach; d++) {
        const right = p + d - 1;
        if (right >= end || (d > 1 && data[right] !== data[p])) break;
        if (squared[d] < out[right]) out[right] = squared[d];
      }
      for (let d = 1; d <= reach; d++) {
        const left = p - d;
        if (left < first || data[left] !== data[p - 1]) break;
        if (squared[d] < out[left]) out[left] = squared[d];
      }
    }
  }
  return out;
}

/** Bone stays bone by at least this much, so that smoothing does not eat sheets one voxel thin. */
const leastInside = -16;

function smooth(values: Int8Array, mask: Mask, active: BlockMap): void {
  const { grid } = mask;
  const [nx, ny] = grid.size;
  const strides = [1, nx, nx * ny];
  for (let axis = 0; axis < 3; axis++) {
    const stride = strides[axis];
    const n = grid.size[axis];
    const source = values.slice();
    forActive(active, grid, 0, (i0, i1, j, k) => {
      const row = nx * (j + ny * k);
      const at = axis === 1 ? j : k;
      for (let i = i0; i < i1; i++) {
        const p = row + i;
        const position = axis === 0 ? i : at;
        if (position === 0 || position === n - 1) continue;
        const mean = Math.round((source[p - stride] + 2 * source[p] + source[p + stride]) / 4);
        values[p] = mask.data[p] && mean > leastInside ? leastInside : mean;
      }
    });
  }
}
