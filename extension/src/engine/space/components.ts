import type { Vec3 } from './grid.ts';
import type { Mask } from './volume.ts';

/**
 * Connected components of a binary volume as runs of voxels along i. Runs instead of a label
 * volume keep the cost near one byte-scan of the mask and the memory near its surface.
 */
export interface Components {
  /** First voxel offset of each run. */
  readonly start: Int32Array;
  /** Length of each run, voxels. */
  readonly length: Int32Array;
  /** Component number of each run, 0-based, largest component first. */
  readonly label: Int32Array;
  /** Voxels in each component, descending. */
  readonly sizes: Int32Array;
}

/**
 * Labels the connected voxels whose value is `value`.
 * @param connectivity 26 (faces, edges, corners) or 6 (faces only).
 */
export function labelComponents(
  data: Uint8Array,
  size: Vec3,
  value: 0 | 1 = 1,
  connectivity: 6 | 26 = 26,
): Components {
  const [nx, ny, nz] = size;
  const runs = findRuns(data, size, value);
  const { start, length, rowFirst } = runs;
  const parent = Int32Array.from({ length: start.length }, (_, i) => i);
  const find = (i: number): number => {
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  };
  // Each row is joined with the rows before it: same slice, and the slice below.
  const neighbours: ReadonlyArray<readonly [number, number]> =
    connectivity === 26
      ? [
          [-1, 0],
          [-1, -1],
          [0, -1],
          [1, -1],
        ]
      : [
          [-1, 0],
          [0, -1],
        ];
  const reach = connectivity === 26 ? 1 : 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const row = j + ny * k;
      if (rowFirst[row] === rowFirst[row + 1]) continue;
      for (const [dj, dk] of neighbours) {
        const jj = j + dj;
        const kk = k + dk;
        if (jj < 0 || jj >= ny || kk < 0) continue;
        const other = jj + ny * kk;
        let b = rowFirst[other];
        const bEnd = rowFirst[other + 1];
        for (let a = rowFirst[row]; a < rowFirst[row + 1] && b < bEnd;) {
          const a0 = start[a] - row * nx;
          const a1 = a0 + length[a];
          const b0 = start[b] - other * nx;
          const b1 = b0 + length[b];
          if (a0 < b1 + reach && b0 < a1 + reach) {
            const ra = find(a);
            const rb = find(b);
            if (ra !== rb) parent[Math.max(ra, rb)] = Math.min(ra, rb);
          }
          if (a1 < b1) a++;
          else b++;
        }
      }
    }
  }
  return number(start, length, parent, find);
}

/** Sets every voxel outside the largest 26-connected component to 0, in place. Returns the voxels kept. */
export function keepLargestComponent(mask: Mask): number {
  return keepComponents(mask, (_size, rank) => rank === 0);
}

/** Sets every voxel of a 26-connected component that fails the test to 0, in place. Returns the voxels kept. */
export function keepComponents(mask: Mask, keep: (size: number, rank: number) => boolean): number {
  const c = labelComponents(mask.data, mask.grid.size);
  const kept = Array.from(c.sizes, (size, rank) => keep(size, rank));
  eraseComponents(mask.data, c, (rank) => !kept[rank]);
  return c.sizes.reduce((sum, size, rank) => sum + (kept[rank] ? size : 0), 0);
}

/** Zeroes the voxels of some components, in place; ranks as in `label`. */
export function eraseComponents(
  data: Uint8Array | Float32Array,
  { start, length, label }: Components,
  gone: (rank: number) => boolean,
): void {
  for (let r = 0; r < start.length; r++)
    if (gone(label[r])) data.fill(0, start[r], start[r] + length[r]);
}

/** The mean voxel index of each component. */
export function componentMeans(
  { sizes, label, start, length }: Components,
  [nx, ny]: Vec3,
): [number, number, number][] {
  const sums = Array.from(sizes, (): [number, number, number] => [0, 0, 0]);
  for (let r = 0; r < start.length; r++) {
    const sum = sums[label[r]];
    sum[0] += length[r] * ((start[r] % nx) + (length[r] - 1) / 2);
    sum[1] += length[r] * (Math.floor(start[r] / nx) % ny);
    sum[2] += length[r] * Math.floor(start[r] / (nx * ny));
  }
  sums.forEach((sum, rank) => sum.forEach((s, a) => (sum[a] = s / sizes[rank])));
  return sums;
}

/**
 * Fills enclosed cavities of up to `maxVoxels` voxels, in place. Cavities that touch the edge of
 * the volume are open and stay.
 */
export function fillCavities(mask: Mask, maxVoxels: number): void {
  const { size } = mask.grid;
  const [nx, ny, nz] = size;
  const c = labelComponents(mask.data, size, 0, 6);
  const open = new Uint8Array(c.sizes.length);
  for (let r = 0; r < c.start.length; r++) {
    const i = c.start[r] % nx;
    const row = (c.start[r] - i) / nx;
    const j = row % ny;
    const k = (row - j) / ny;
    const edge =
      i === 0 || i + c.length[r] === nx || j === 0 || j === ny - 1 || k === 0 || k === nz - 1;
    if (edge) open[c.label[r]] = 1;
  }
  for (let r = 0; r < c.start.length; r++) {
    const label = c.label[r];
    if (!open[label] && c.sizes[label] <= maxVoxels) {
      mask.data.fill(1, c.start[r], c.start[r] + c.length[r]);
    }
  }
}

function findRuns(data: Uint8Array, size: Vec3, value: 0 | 1) {
  const [nx, ny, nz] = size;
  const rowFirst = new Int32Array(ny * nz + 1);
  let start = new Int32Array(1 << 16);
  let length = new Int32Array(1 << 16);
  let n = 0;
  for (let row = 0; row < ny * nz; row++) {
    rowFirst[row] = n;
    const end = (row + 1) * nx;
    let p = row * nx;
    while (p < end) {
      p = data.indexOf(value, p);
      if (p < 0 || p >= end) break;
      let q = p + 1;
      while (q < end && data[q] === value) q++;
      if (n === start.length) {
        start = grow(start);
        length = grow(length);
      }
      start[n] = p;
      length[n++] = q - p;
      p = q;
    }
    // indexOf ran past this row: the rows up to the hit are empty.
    if (p < 0) {
      rowFirst.fill(n, row + 1);
      break;
    }
    if (p > end) {
      const next = Math.floor(p / nx);
      rowFirst.fill(n, row + 1, next + 1);
      row = next - 1;
    }
  }
  rowFirst[ny * nz] = n;
  return { start: start.subarray(0, n), length: length.subarray(0, n), rowFirst };
}

function grow(a: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const b = new Int32Array(a.length * 2);
  b.set(a);
  return b;
}

function number(
  start: Int32Array,
  length: Int32Array,
  parent: Int32Array,
  find: (i: number) => number,
): Components {
  const total = new Map<number, number>();
  for (let r = 0; r < start.length; r++) {
    const root = find(r);
    parent[r] = root;
    total.set(root, (total.get(root) ?? 0) + length[r]);
  }
  const order = [...total.entries()].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const rank = new Map(order.map(([root], i) => [root, i]));
  const label = Int32Array.from(parent, (root) => rank.get(root) ?? 0);
  return { start, length, label, sizes: Int32Array.from(order, ([, size]) => size) };
}
