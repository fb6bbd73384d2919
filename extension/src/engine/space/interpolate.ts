/** Trilinear value at a continuous index, held constant beyond the outermost centres. */
export function interpolate(
  data: ArrayLike<number>,
  size: readonly number[],
  x: number,
  y: number,
  z: number,
): number {
  const sx = size[0];
  const sy = size[1];
  const sz = size[2];
  x = Math.min(sx - 1, Math.max(0, x));
  y = Math.min(sy - 1, Math.max(0, y));
  z = Math.min(sz - 1, Math.max(0, z));
  const xi = Math.min(Math.max(sx - 2, 0), Math.floor(x));
  const yi = Math.min(Math.max(sy - 2, 0), Math.floor(y));
  const zi = Math.min(Math.max(sz - 2, 0), Math.floor(z));
  const fx = x - xi;
  const fy = y - yi;
  const fz = z - zi;
  const dx = sx > 1 ? 1 : 0;
  const dy = sy > 1 ? sx : 0;
  const dz = sz > 1 ? sx * sy : 0;
  const p = xi + sx * yi + sx * sy * zi;
  const a = data[p] + fx * (data[p + dx] - data[p]);
  const b = data[p + dy] + fx * (data[p + dy + dx] - data[p + dy]);
  const c = data[p + dz] + fx * (data[p + dz + dx] - data[p + dz]);
  const d = data[p + dz + dy] + fx * (data[p + dz + dy + dx] - data[p + dz + dy]);
  const low = a + fy * (b - a);
  const high = c + fy * (d - c);
  return low + fz * (high - low);
}

/** The same for several values a voxel, which lie side by side; into `out`. */
export function interpolateParts(
  data: ArrayLike<number>,
  parts: number,
  size: readonly number[],
  x: number,
  y: number,
  z: number,
  out: Float64Array,
): void {
  const sx = size[0];
  const sy = size[1];
  const sz = size[2];
  x = Math.min(sx - 1, Math.max(0, x));
  y = Math.min(sy - 1, Math.max(0, y));
  z = Math.min(sz - 1, Math.max(0, z));
  const xi = Math.min(sx - 2, Math.floor(x));
  const yi = Math.min(sy - 2, Math.floor(y));
  const zi = Math.min(sz - 2, Math.floor(z));
  const fx = x - xi;
  const fy = y - yi;
  const fz = z - zi;
  const dy = sx * parts;
  const dz = sy * dy;
  const p = xi * parts + yi * dy + zi * dz;
  const w00 = (1 - fy) * (1 - fz);
  const w10 = fy * (1 - fz);
  const w01 = (1 - fy) * fz;
  const w11 = fy * fz;
  for (let v = 0; v < parts; v++) {
    const q = p + v;
    const r = q + parts;
    const low = w00 * data[q] + w10 * data[q + dy] + w01 * data[q + dz] + w11 * data[q + dy + dz];
    const high = w00 * data[r] + w10 * data[r + dy] + w01 * data[r + dz] + w11 * data[r + dy + dz];
    out[v] = low + fx * (high - low);
  }
}
