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
