import type { Vec3 } from '../space/grid.ts';
import type { Volume } from '../space/volume.ts';

/** Width of the blur, mm: the paper's σ of 5 voxels of 0.4 mm (section 2.4). */
export const curvatureSigma = 2;

/**
 * Slope of a blurred shape below which there is no surface to speak of, 1/mm: a tenth of the slope on
 * a flat surface, reached about two σ from it. The curvature divides by the slope's fourth power and
 * would drown everything else.
 */
const leastSlope = 0.1 / (curvatureSigma * Math.sqrt(2 * Math.PI));

/**
 * A binary shape blurred by a Gaussian, 0 to 1: near the surface its level sets are smooth copies of
 * the surface. Beyond the volume the outermost voxels continue.
 *
 * @param set 0 or 1 a voxel, or the share of it that the shape fills
 * @param sigma mm
 */
export function blurShape(
  set: Uint8Array | Float32Array,
  size: Vec3,
  spacing: Vec3,
  sigma = curvatureSigma,
): Float32Array {
  let values = Float32Array.from(set);
  const strides = [1, size[0], size[0] * size[1]];
  for (let axis = 0; axis < 3; axis++) {
    const kernel = gaussianKernel(sigma / spacing[axis]);
    values = convolve(values, strides[axis], size[axis], kernel);
  }
  return values;
}

/** One half of a normalised Gaussian from its middle on, cut off at 4 σ. */
function gaussianKernel(sigma: number): Float64Array {
  const reach = Math.max(1, Math.ceil(4 * sigma));
  const half = Float64Array.from({ length: reach + 1 }, (_, d) =>
    Math.exp((-d * d) / (2 * sigma * sigma)),
  );
  const total = 2 * half.reduce((a, b) => a + b, 0) - half[0];
  return half.map((v) => v / total);
}

/** Convolution along one axis of n voxels, `stride` apart. */
function convolve(
  values: Float32Array<ArrayBuffer>,
  stride: number,
  n: number,
  kernel: Float64Array,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  const line = new Float64Array(n);
  const extent = stride * n;
  for (let base = 0; base < values.length; base += extent)
    for (let first = base; first < base + stride; first++) {
      let flat = true;
      for (let i = 0, p = first; i < n; i++, p += stride) {
        line[i] = values[p];
        if (line[i] !== line[0]) flat = false;
      }
      for (let i = 0, p = first; i < n; i++, p += stride) {
        if (flat) {
          out[p] = line[0];
          continue;
        }
        let sum = kernel[0] * line[i];
        for (let d = 1; d < kernel.length; d++)
          sum += kernel[d] * (line[Math.max(0, i - d)] + line[Math.min(n - 1, i + d)]);
        out[p] = sum;
      }
    }
  return out;
}

/**
 * Gaussian curvature at a voxel, 1/mm²: that of the level set of a blurred shape through the voxel
 * (paper, equation 7). Positive on domes and dents alike, negative on saddles, 0 where the surface
 * is flat along one direction.
 *
 * @param field see `blurShape`
 * @param index voxel, at least one away from the faces of the volume; nearer ones are taken there
 * @returns NaN farther than about two σ from any surface
 */
export function gaussianCurvature({ grid, data }: Volume<Float32Array>, index: Vec3): number {
  const { size, spacing } = grid;
  const [i, j, k] = index.map((v, a) => Math.min(size[a] - 2, Math.max(1, v)));
  const [sx, sy, sz] = [1, size[0], size[0] * size[1]];
  const [hx, hy, hz] = spacing;
  const p = i + sy * j + sz * k;
  const first = (s: number, h: number): number => (data[p + s] - data[p - s]) / (2 * h);
  const second = (s: number, h: number): number =>
    (data[p + s] - 2 * data[p] + data[p - s]) / (h * h);
  const mixed = (s: number, t: number, area: number): number =>
    (data[p + s + t] - data[p + s - t] - data[p - s + t] + data[p - s - t]) / (4 * area);
  const [fx, fy, fz] = [first(sx, hx), first(sy, hy), first(sz, hz)];
  const [fxx, fyy, fzz] = [second(sx, hx), second(sy, hy), second(sz, hz)];
  const [fxy, fxz, fyz] = [mixed(sx, sy, hx * hy), mixed(sx, sz, hx * hz), mixed(sy, sz, hy * hz)];
  const slope = fx * fx + fy * fy + fz * fz;
  if (slope < leastSlope * leastSlope) return NaN;
  // Minus the bordered determinant, written out.
  const bordered =
    fx * fx * (fyy * fzz - fyz * fyz) +
    fy * fy * (fxx * fzz - fxz * fxz) +
    fz * fz * (fxx * fyy - fxy * fxy) +
    2 * fx * fy * (fxz * fyz - fxy * fzz) +
    2 * fy * fz * (fxy * fxz - fyz * fxx) +
    2 * fx * fz * (fxy * fyz - fxz * fyy);
  return bordered / (slope * slope);
}
