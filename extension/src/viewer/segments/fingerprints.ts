import { wordsOf } from '../../engine/space/voxels.ts';

/** A number for each segment that is the same for the same voxels; none, or 0, for one without any. */
export type Fingerprints = ReadonlyMap<number, number>;

/** The labelmap images of a layer, and whose voxels its values are. */
export interface LayerVoxels {
  readonly slices: readonly ArrayLike<number>[];
  readonly segmentOf: (value: number) => number;
}

/** Labelmaps hold no larger value. */
const values = 1 << 16;

export function fingerprintsOf(layers: readonly LayerVoxels[]): Fingerprints {
  const found = new Map<number, number>();
  for (const { slices, segmentOf } of layers) {
    const sums = new Int32Array(values);
    slices.forEach((slice, k) => addSlice(sums, slice, k));
    for (let value = 1; value < values; value++) {
      if (sums[value] === 0) continue;
      const segment = segmentOf(value);
      found.set(segment, ((found.get(segment) ?? 0) + sums[value]) | 0);
    }
  }
  return found;
}

/** Adds what stands for the place of each voxel to the sum of its value. */
function addSlice(sums: Int32Array, slice: ArrayLike<number>, k: number): void {
  const { start, words } = slice instanceof Uint8Array ? wordsOf(slice) : noWords;
  addVoxels(sums, slice, k, 0, start);
  for (let w = 0; w < words.length; w++)
    if (words[w] !== 0) addVoxels(sums, slice, k, start + 4 * w, start + 4 * w + 4);
  addVoxels(sums, slice, k, start + 4 * words.length, slice.length);
}

const noWords = { start: 0, words: new Int32Array() };

function addVoxels(
  sums: Int32Array,
  slice: ArrayLike<number>,
  k: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const value = slice[i] & (values - 1);
    if (value === 0) continue;
    // No sum of places: one voxel moved up and one down by as much is another set.
    let place = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(k + 1, 0x85ebca6b);
    place = Math.imul(place ^ (place >>> 15), 0x2c1b3c6d);
    sums[value] += place ^ (place >>> 13);
  }
}
