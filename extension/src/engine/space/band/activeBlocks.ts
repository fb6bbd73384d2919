import type { Vec3 } from '../grid.ts';
import type { Mask } from '../volume.ts';

/** Edge of the blocks in which what is far from the surface of a mask is skipped, voxels. */
export const block = 4;
const shift = 2;

/** The blocks of a mask's grid, i fastest: those near its surface, and to which side the others belong. */
export interface ActiveBlocks {
  readonly count: readonly [number, number, number];
  /** 0 near the surface, 1 far outside, −1 far inside. */
  readonly side: Int8Array;
}

/** Blocks that hold both classes, or lie within `band` (mm) of one that does, are near. */
export function activeBlocks({ data, grid }: Mask, band: number): ActiveBlocks {
  const [nx, ny, nz] = grid.size;
  const count: [number, number, number] = [
    Math.ceil(nx / block),
    Math.ceil(ny / block),
    Math.ceil(nz / block),
  ];
  const [bx, by, bz] = count;
  const seen = new Uint8Array(bx * by * bz);
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      const blocks = bx * ((j >> shift) + by * (k >> shift));
      const whole = nx >> shift;
      for (let b = 0, p = row; b < whole; b++, p += block) {
        const set = data[p] + data[p + 1] + data[p + 2] + data[p + 3];
        seen[blocks + b] |= set === 0 ? 1 : set === block ? 2 : 3;
      }
      for (let i = whole << shift; i < nx; i++) seen[blocks + whole] |= 1 + data[row + i];
    }
  // A border between two uniform blocks is a surface too: the classes spread to the blocks around.
  const strides = [1, bx, bx * by];
  let classes: Uint8Array = seen;
  for (let axis = 0; axis < 3; axis++) {
    const reach = Math.max(1, Math.ceil(band / (grid.spacing[axis] * block)));
    classes = spread(classes, strides[axis], count[axis], reach);
  }
  const side = new Int8Array(classes.length);
  for (let b = 0; b < side.length; b++) if (classes[b] !== 3) side[b] = classes[b] === 1 ? 1 : -1;
  return { count, side };
}

/** Bits of every element joined with those of its neighbours up to `reach` away along one axis. */
function spread(bits: Uint8Array, stride: number, n: number, reach: number): Uint8Array {
  const out = bits.slice();
  const extent = stride * n;
  for (let base = 0; base < bits.length; base += extent)
    for (let d = 1; d <= Math.min(reach, n - 1); d++) {
      const away = d * stride;
      for (let p = base, end = base + extent - away; p < end; p++) {
        out[p] |= bits[p + away];
        out[p + away] |= bits[p];
      }
    }
  return out;
}

/** The same blocks, near only those in which a field is not ±127 throughout. */
export function settled({ count, side }: ActiveBlocks, field: Int8Array, size: Vec3): ActiveBlocks {
  const [nx, ny, nz] = size;
  const [bx, by, bz] = count;
  const out = side.slice();
  for (let bk = 0, b = 0; bk < bz; bk++)
    for (let bj = 0; bj < by; bj++)
      for (let bi = 0; bi < bx; bi++, b++) {
        if (side[b] !== 0) continue;
        const value = field[block * (bi + nx * (block * bj + ny * bk))];
        if (value !== 127 && value !== -127) continue;
        let same = true;
        const [i1, j1, k1] = [
          Math.min(nx, block * (bi + 1)),
          Math.min(ny, block * (bj + 1)),
          Math.min(nz, block * (bk + 1)),
        ];
        for (let k = block * bk; same && k < k1; k++)
          for (let j = block * bj; same && j < j1; j++)
            for (let i = block * bi, p = nx * (j + ny * k); same && i < i1; i++)
              same = field[p + i] === value;
        if (same) out[b] = value > 0 ? 1 : -1;
      }
  return { count, side: out };
}

/** Stretches of voxels along i by row of blocks: row r has those from `first[r]` to `first[r + 1]`. */
export interface Stretches {
  readonly first: Int32Array;
  /** First voxel i of each, and the one after its last. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** The stretches of the blocks of one side, as in `ActiveBlocks`. */
export function stretchesOf({ count, side }: ActiveBlocks, which: number, nx: number): Stretches {
  const [bx, by, bz] = count;
  const first = new Int32Array(by * bz + 1);
  const from: number[] = [];
  const to: number[] = [];
  for (let r = 0; r < by * bz; r++) {
    first[r] = from.length;
    for (let b = 0; b < bx; b++) {
      if (side[r * bx + b] !== which) continue;
      from.push(b * block);
      while (b + 1 < bx && side[r * bx + b + 1] === which) b++;
      to.push(Math.min(nx, (b + 1) * block));
    }
  }
  first[by * bz] = from.length;
  return { first, from: Int32Array.from(from), to: Int32Array.from(to) };
}

/**
 * How many blocks each block is apart from the nearest one near the surface, counted along the axis along which it is
 * most; 255 stands for all beyond, and for all where nothing is near.
 */
export function blocksApart({ count, side }: ActiveBlocks): Uint8Array {
  const [bx, by, bz] = count;
  const out = new Uint8Array(side.length);
  for (let b = 0; b < out.length; b++) out[b] = side[b] === 0 ? 0 : 255;
  // A first sweep takes what lies before (rows and layers before, and the block before), a second what lies after.
  for (const way of [1, -1]) {
    const first = way > 0 ? 0 : out.length - 1;
    for (let kk = 0, p = first; kk < bz; kk++)
      for (let jj = 0; jj < by; jj++)
        for (let ii = 0; ii < bx; ii++, p += way) {
          let least = out[p] - 1;
          if (least < 1) continue;
          const [left, right] = [ii > 0 ? -way : 0, ii + 1 < bx ? way : 0];
          if (left !== 0) least = Math.min(least, out[p + left]);
          if (jj > 0) least = Math.min(least, leastOf(out, p - way * bx, left, right));
          if (kk === 0) {
            out[p] = least + 1;
            continue;
          }
          const below = p - way * bx * by;
          least = Math.min(least, leastOf(out, below, left, right));
          if (jj > 0) least = Math.min(least, leastOf(out, below - way * bx, left, right));
          if (jj + 1 < by) least = Math.min(least, leastOf(out, below + way * bx, left, right));
          out[p] = least + 1;
        }
  }
  return out;
}

/** The least of a value and those at two offsets from it. */
const leastOf = (values: Uint8Array, p: number, left: number, right: number): number =>
  Math.min(values[p], values[p + left], values[p + right]);
