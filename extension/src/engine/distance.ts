import type { Vec3 } from './grid.ts';

/**
 * Exact Euclidean distance of every voxel centre to the nearest set voxel, mm; Infinity if none is
 * set. Linear time: Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions"
 * (2012), one pass an axis. Meant for regions, not for whole 512³ volumes.
 */
export function distanceTransform(set: Uint8Array, size: Vec3, spacing: Vec3): Float32Array {
  const far = 1e20;
  const squared = new Float32Array(set.length);
  for (let i = 0; i < set.length; i++) squared[i] = set[i] ? 0 : far;
  const longest = Math.max(...size);
  const f = new Float64Array(longest);
  const hull = new Int32Array(longest);
  const border = new Float64Array(longest + 1);
  const strides = [1, size[0], size[0] * size[1]];
  for (let axis = 0; axis < 3; axis++) {
    const [u, v] = [0, 1, 2].filter((a) => a !== axis);
    const n = size[axis];
    const stride = strides[axis];
    const h2 = spacing[axis] ** 2;
    for (let b = 0; b < size[v]; b++)
      for (let a = 0; a < size[u]; a++) {
        const first = a * strides[u] + b * strides[v];
        let count = 0;
        for (let i = 0, p = first; i < n; i++, p += stride) {
          const value = squared[p];
          f[i] = value;
          if (value >= far) continue;
          let from = -Infinity;
          while (count > 0) {
            const q = hull[count - 1];
            from = (value + h2 * i * i - f[q] - h2 * q * q) / (2 * h2 * (i - q));
            if (from > border[count - 1]) break;
            count--;
          }
          if (count === 0) from = -Infinity;
          hull[count] = i;
          border[count++] = from;
        }
        if (count === 0) continue;
        border[count] = Infinity;
        for (let i = 0, c = 0, p = first; i < n; i++, p += stride) {
          while (border[c + 1] < i) c++;
          const d = i - hull[c];
          squared[p] = h2 * d * d + f[hull[c]];
        }
      }
  }
  for (let i = 0; i < squared.length; i++)
    squared[i] = squared[i] >= far ? Infinity : Math.sqrt(squared[i]);
  return squared;
}

/** Bounding box of the set voxels of one or more arrays of the same size: [low, high) per axis, or null. */
export function boundingBox(
  arrays: readonly Uint8Array[],
  size: Vec3,
): { low: [number, number, number]; high: [number, number, number] } | null {
  const low: [number, number, number] = [...size];
  const high: [number, number, number] = [0, 0, 0];
  const [nx, ny, nz] = size;
  for (const data of arrays)
    for (let k = 0; k < nz; k++)
      for (let j = 0; j < ny; j++) {
        const row = nx * (j + ny * k);
        for (let i = 0; i < nx; i++) {
          if (!data[row + i]) continue;
          if (i < low[0]) low[0] = i;
          if (i >= high[0]) high[0] = i + 1;
          if (j < low[1]) low[1] = j;
          if (j >= high[1]) high[1] = j + 1;
          if (k < low[2]) low[2] = k;
          if (k >= high[2]) high[2] = k + 1;
        }
      }
  return high[0] ? { low, high } : null;
}

/** Copies the box [low, high) of a volume, voxels. */
export function cropData(
  data: Uint8Array,
  size: Vec3,
  low: Vec3,
  high: Vec3,
): { data: Uint8Array; size: [number, number, number] } {
  const out: [number, number, number] = [high[0] - low[0], high[1] - low[1], high[2] - low[2]];
  const crop = new Uint8Array(out[0] * out[1] * out[2]);
  for (let k = 0, t = 0; k < out[2]; k++)
    for (let j = 0; j < out[1]; j++, t += out[0]) {
      const row = low[0] + size[0] * (low[1] + j + size[1] * (low[2] + k));
      crop.set(data.subarray(row, row + out[0]), t);
    }
  return { data: crop, size: out };
}
