import type { ActiveBlocks, Stretches } from './activeBlocks.ts';
import { block, stretchesOf } from './activeBlocks.ts';
import type { Mask } from '../volume.ts';

/** Squared distances are kept as fractions of band², 16 bits; this one stands for all beyond. */
const far = 65535;
/** Bone stays bone by at least this much, so that smoothing does not eat sheets one voxel thin. */
const leastInside = -16;

/** A signed distance to be filled in (`signedDistance`). */
export interface DistanceTask {
  readonly mask: Mask;
  readonly blocks: ActiveBlocks;
  /** mm */
  readonly band: number;
  readonly smoothing: 0 | 1;
  /** As many voxels as the mask. */
  readonly out: Int8Array;
}

/**
 * Fills the slices [from, to) of a signed distance. Each slice goes through all passes, along i, j and k and the
 * smoothing, before the next: only the slices in reach are kept beside, and what is far from the surface is not looked at.
 */
export function fillDistance(task: DistanceTask, from: number, to: number): void {
  const { mask, smoothing, out } = task;
  const [nx, ny, nz] = mask.grid.size;
  const plane = nx * ny;
  const passes = new SlicePasses(task);
  const first = smoothing ? Math.max(0, from - 1) : from;
  const last = smoothing ? Math.min(nz, to + 1) : to;
  const values = new Int8Array(smoothing ? plane : 0);
  // The slices before, at and after the one that is smoothed along k.
  const smoothed = [0, 1, 2].map(() => new Int8Array(values.length));
  for (let k = first; k < last; k++) {
    passes.distances(k, smoothing ? values : out.subarray(k * plane, (k + 1) * plane));
    if (!smoothing) continue;
    passes.smoothWithin(k, values, smoothed[k % 3]);
    if (k > from) passes.smoothAcross(k - 1, smoothed);
  }
  if (smoothing && last === to) passes.smoothAcross(to - 1, smoothed);
}

/** Squared distance of d = 0, 1, 2 … voxels along an axis, as far as the band reaches. */
function squaredSteps(spacing: number, band: number): Int32Array {
  const reach = Math.floor(band / spacing);
  // Only a voxel itself is no distance away: signs tell the classes apart.
  return Int32Array.from({ length: reach + 1 }, (_, d) =>
    Math.min(far - 1, Math.max(d && 1, Math.round(((d * spacing) / band) ** 2 * (far - 1)))),
  );
}

const rounded = Int8Array.from({ length: far + 1 }, (_, v) =>
  Math.min(127, Math.round(127 * Math.sqrt(v / (far - 1)))),
);

/** The passes over one slice. Squared distances have the sign of the voxel's class: negative inside. */
class SlicePasses {
  private readonly near: Stretches;
  private readonly inside: Stretches;
  private readonly steps: readonly Int32Array[];
  private readonly alongRows: Int32Array;
  /** Squared distances within as many slices as the band reaches, by the remainder of k. */
  private readonly ring: Int32Array;
  private readonly slots: number;
  /** Slices in the ring end before this one. */
  private known = -1;
  private readonly blurred: Int8Array;

  constructor(private readonly task: DistanceTask) {
    const { mask, blocks, band, smoothing } = task;
    const [nx, ny] = mask.grid.size;
    this.near = stretchesOf(blocks, 0, nx);
    this.inside = stretchesOf(blocks, -1, nx);
    this.steps = mask.grid.spacing.map((spacing) => squaredSteps(spacing, band));
    this.alongRows = new Int32Array(nx * ny);
    this.slots = 2 * this.steps[2].length - 1;
    this.ring = new Int32Array(this.slots * nx * ny);
    this.blurred = new Int8Array(smoothing ? nx * ny : 0);
  }

  /**
   * Distances of slice k in units of band / 127; slices in their order.
   * @param out one slice
   */
  distances(k: number, out: Int8Array): void {
    const [nx, ny, nz] = this.task.mask.grid.size;
    const { ring, slots, near } = this;
    const plane = nx * ny;
    const steps = this.steps[2];
    const reach = steps.length - 1;
    if (this.known < 0) this.known = Math.max(0, k - reach);
    for (; this.known < Math.min(nz, k + reach + 1); this.known++) this.within(this.known);
    const before = Math.min(reach, k);
    const after = Math.min(reach, nz - 1 - k);
    const at = Int32Array.from(
      { length: before + after + 1 },
      (_, d) => ((k - before + d) % slots) * plane,
    );
    this.fillFar(k, out, 127);
    for (let j = 0; j < ny; j++) {
      const r = this.blockRow(j, k);
      for (let s = near.first[r]; s < near.first[r + 1]; s++)
        for (let p = nx * j + near.from[s], end = nx * j + near.to[s]; p < end; p++) {
          const own = ring[at[before] + p];
          // All ones for a voxel inside: (v ^ side) − side is then −v.
          const side = own >> 31;
          let best = (own ^ side) - side;
          for (let d = 1; d <= before && steps[d] < best; d++) {
            // What is negative now is of the other class, with no way left to go.
            const rest = (ring[at[before - d] + p] ^ side) - side;
            const way = steps[d] + (rest & ~(rest >> 31));
            if (way < best) best = way;
          }
          for (let d = 1; d <= after && steps[d] < best; d++) {
            const rest = (ring[at[before + d] + p] ^ side) - side;
            const way = steps[d] + (rest & ~(rest >> 31));
            if (way < best) best = way;
          }
          out[p] = (rounded[best] ^ side) - side;
        }
    }
  }

  /** Squared distances within slice k to the nearest voxel of the other class, into the ring. */
  private within(k: number): void {
    const [nx, ny] = this.task.mask.grid.size;
    const { alongRows, near } = this;
    const slot = (k % this.slots) * nx * ny;
    const out = this.ring.subarray(slot, slot + nx * ny);
    const steps = this.steps[1];
    const reach = steps.length - 1;
    this.fillFar(k, alongRows, far);
    this.fillFar(k, out, far);
    for (let j = 0; j < ny; j++) {
      const r = this.blockRow(j, k);
      for (let s = near.first[r]; s < near.first[r + 1]; s++)
        this.alongRow(j, k, near.from[s], near.to[s]);
    }
    for (let j = 0; j < ny; j++) {
      const r = this.blockRow(j, k);
      const before = Math.min(reach, j);
      const after = Math.min(reach, ny - 1 - j);
      for (let s = near.first[r]; s < near.first[r + 1]; s++)
        for (let p = nx * j + near.from[s], end = nx * j + near.to[s]; p < end; p++) {
          const own = alongRows[p];
          const side = own >> 31;
          let best = (own ^ side) - side;
          for (let d = 1, q = p - nx; d <= before && steps[d] < best; d++, q -= nx) {
            const rest = (alongRows[q] ^ side) - side;
            const way = steps[d] + (rest & ~(rest >> 31));
            if (way < best) best = way;
          }
          for (let d = 1, q = p + nx; d <= after && steps[d] < best; d++, q += nx) {
            const rest = (alongRows[q] ^ side) - side;
            const way = steps[d] + (rest & ~(rest >> 31));
            if (way < best) best = way;
          }
          out[p] = (best ^ side) - side;
        }
    }
  }

  /** The same within a stretch [from, to) of a row. */
  private alongRow(j: number, k: number, from: number, to: number): void {
    const { mask } = this.task;
    const { data } = mask;
    const { alongRows: out } = this;
    const [nx, ny] = mask.grid.size;
    const [steps] = this.steps;
    const reach = steps.length - 1;
    const row = nx * (j + ny * k);
    const target = nx * j;
    for (let i = from; i < to;) {
      const own = data[row + i];
      const start = i;
      while (i < to && data[row + i] === own) i++;
      // The class changes at both ends of a run but not at those of a stretch, as its blocks would not end there.
      const left = start > from ? start - 1 : -far;
      const right = i < to ? i : far + to;
      for (let x = start; x < i; x++) {
        const d = Math.min(x - left, right - x);
        const squared = d <= reach ? steps[d] : far;
        out[target + x] = own ? -squared : squared;
      }
    }
  }

  /** 1-2-1 along i and j. The outermost voxels have a neighbour on one side only and stay. */
  smoothWithin(k: number, values: Int8Array, out: Int8Array): void {
    const [nx, ny] = this.task.mask.grid.size;
    const { near, blurred } = this;
    blurred.set(values);
    for (let j = 0; j < ny; j++) {
      const r = this.blockRow(j, k);
      for (let s = near.first[r]; s < near.first[r + 1]; s++) {
        const [from, to] = [Math.max(1, near.from[s]), Math.min(nx - 1, near.to[s])];
        this.smooth([values, values, values], 1, k, nx * j + from, nx * j + to, blurred);
      }
    }
    out.set(blurred);
    for (let j = 1; j < ny - 1; j++) {
      const r = this.blockRow(j, k);
      for (let s = near.first[r]; s < near.first[r + 1]; s++) {
        const [from, to] = [nx * j + near.from[s], nx * j + near.to[s]];
        this.smooth([blurred, blurred, blurred], nx, k, from, to, out);
      }
    }
  }

  /**
   * 1-2-1 along k, into the task's field.
   * @param slices those before, at and after k, by the remainder of their number
   */
  smoothAcross(k: number, slices: readonly Int8Array[]): void {
    const { mask, out } = this.task;
    const [nx, ny, nz] = mask.grid.size;
    const { near } = this;
    const target = out.subarray(k * nx * ny, (k + 1) * nx * ny);
    target.set(slices[k % 3]);
    if (k === 0 || k === nz - 1) return;
    const around = [slices[(k + 2) % 3], slices[k % 3], slices[(k + 1) % 3]];
    for (let j = 0; j < ny; j++) {
      const r = this.blockRow(j, k);
      for (let s = near.first[r]; s < near.first[r + 1]; s++)
        this.smooth(around, 0, k, nx * j + near.from[s], nx * j + near.to[s], target);
    }
  }

  /** 1-2-1 over the voxels [from, to) of slice k, whose neighbours lie `stride` away in the slices before and after. */
  private smooth(
    [before, at, after]: readonly Int8Array[],
    stride: number,
    k: number,
    from: number,
    to: number,
    out: Int8Array,
  ): void {
    const { data, grid } = this.task.mask;
    const slice = k * grid.size[0] * grid.size[1];
    for (let p = from; p < to; p++) {
      // Rounded, halves up.
      const mean = (before[p - stride] + 2 * at[p] + after[p + stride] + 2) >> 2;
      out[p] = mean > leastInside && data[slice + p] ? leastInside : mean;
    }
  }

  /** Number of the row of blocks in which a row of voxels lies. */
  private blockRow(j: number, k: number): number {
    return Math.floor(j / block) + this.task.blocks.count[1] * Math.floor(k / block);
  }

  /** What lies far from the surface in slice k, and more: `value` outside, −`value` inside. */
  private fillFar(k: number, slice: Int8Array | Int32Array, value: number): void {
    const [nx, ny] = this.task.mask.grid.size;
    const { inside } = this;
    slice.fill(value);
    for (let j = 0; j < ny; j++) {
      const r = this.blockRow(j, k);
      for (let s = inside.first[r]; s < inside.first[r + 1]; s++)
        slice.fill(-value, nx * j + inside.from[s], nx * j + inside.to[s]);
    }
  }
}
