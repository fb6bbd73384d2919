/*
 * Loops over whole volumes. `reduce`, `every`, `map` and the like call a closure for each voxel and take seconds
 * where these take tenths.
 */

/** Number of voxels that are set in a mask's data. */
export function countSet(data: Uint8Array): number {
  const { start, words } = wordsOf(data);
  let n = 0;
  for (let p = 0; p < start; p++) n += data[p];
  for (let p = start + 4 * words.length; p < data.length; p++) n += data[p];
  // Four voxels at a time; a byte holds the sum of 255 of them.
  for (let w = 0; w < words.length;) {
    let sums = 0;
    for (const end = Math.min(words.length, w + 255); w < end; w++) sums = (sums + words[w]) | 0;
    n += (sums & 255) + ((sums >>> 8) & 255) + ((sums >>> 16) & 255) + (sums >>> 24);
  }
  return n;
}

/**
 * The whole 32-bit words of an array, and where they start in it. Most of a mask is 0: four voxels at a time are passed
 * over at once.
 */
export function wordsOf(data: Uint8Array): { readonly start: number; readonly words: Int32Array } {
  const start = Math.min(data.length, -data.byteOffset & 3);
  const count = (data.length - start) >> 2;
  return { start, words: new Int32Array(data.buffer, count ? data.byteOffset + start : 0, count) };
}

/** 1 where a value reaches the threshold, 0 elsewhere. */
export function atLeast(values: ArrayLike<number>, threshold: number): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let p = 0; p < out.length; p++) if (values[p] >= threshold) out[p] = 1;
  return out;
}

/** Mirrors volumes of rows of n voxels at the mid-sagittal plane, in place: x ↦ n − 1 − x. */
export function reverseRows(data: Float32Array, n: number): void {
  for (let first = 0; first < data.length; first += n) data.subarray(first, first + n).reverse();
}

/** Overlap of two binary arrays: 2|A∩B| / (|A|+|B|); 1 when both are empty. */
export function dice(a: Uint8Array, b: Uint8Array): number {
  let both = 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i]) sum++;
    if (b[i]) sum++;
    if (a[i] && b[i]) both++;
  }
  return sum ? (2 * both) / sum : 1;
}

/** Whether any voxel is set. */
export function anySet(data: Uint8Array): boolean {
  const { start, words } = wordsOf(data);
  for (let p = 0; p < start; p++) if (data[p] !== 0) return true;
  for (let p = start + 4 * words.length; p < data.length; p++) if (data[p] !== 0) return true;
  for (let w = 0; w < words.length; w++) if (words[w] !== 0) return true;
  return false;
}

/**
 * The words of two arrays of one length that lie at the same voxels; none, and all voxels before them, where the arrays
 * begin at different places of a word.
 */
function wordsOfBoth(a: Uint8Array, b: Uint8Array) {
  const [first, second] = [wordsOf(a), wordsOf(b)];
  const alike = first.start === second.start && a.length === b.length;
  const count = alike ? first.words.length : 0;
  const start = count ? first.start : a.length;
  return { start, count, of: [first.words, second.words] as const };
}

/** Whether any voxel is set in both. */
export function anyShared(a: Uint8Array, b: Uint8Array): boolean {
  const { start, count, of } = wordsOfBoth(a, b);
  const [first, second] = of;
  for (let p = 0; p < start; p++) if (a[p] !== 0 && b[p] !== 0) return true;
  for (let p = start + 4 * count; p < a.length; p++) if (a[p] !== 0 && b[p] !== 0) return true;
  for (let w = 0; w < count; w++) {
    if (first[w] === 0 || second[w] === 0) continue;
    for (let p = start + 4 * w, end = p + 4; p < end; p++)
      if (a[p] !== 0 && b[p] !== 0) return true;
  }
  return false;
}

/** Whether both hold the same voxels. */
export function sameVoxels(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  const { start, count, of } = wordsOfBoth(a, b);
  const [first, second] = of;
  for (let p = 0; p < start; p++) if (a[p] !== b[p]) return false;
  for (let p = start + 4 * count; p < a.length; p++) if (a[p] !== b[p]) return false;
  for (let w = 0; w < count; w++) if (first[w] !== second[w]) return false;
  return true;
}

/** Number of voxels whose values differ. */
export function countDifferent(a: Uint8Array, b: Uint8Array): number {
  const { start, count, of } = wordsOfBoth(a, b);
  const [first, second] = of;
  let n = 0;
  for (let p = 0; p < start; p++) if (a[p] !== b[p]) n++;
  for (let p = start + 4 * count; p < a.length; p++) if (a[p] !== b[p]) n++;
  for (let w = 0; w < count; w++) {
    if (first[w] === second[w]) continue;
    for (let p = start + 4 * w, end = p + 4; p < end; p++) if (a[p] !== b[p]) n++;
  }
  return n;
}

/** Sets voxels of `out` to 1 where values of an array of the same length are `value`, which is not 0. */
export function markEqual(values: Uint8Array, value: number, out: Uint8Array): void {
  const { start, words } = wordsOf(values);
  for (let p = 0; p < start; p++) if (values[p] === value) out[p] = 1;
  for (let p = start + 4 * words.length; p < values.length; p++)
    if (values[p] === value) out[p] = 1;
  for (let w = 0; w < words.length; w++) {
    if (words[w] === 0) continue;
    for (let p = start + 4 * w, end = p + 4; p < end; p++) if (values[p] === value) out[p] = 1;
  }
}

/** 1 where either is set. */
export function union(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length);
  for (let p = 0; p < out.length; p++) out[p] = a[p] | b[p];
  return out;
}

/** 1 where the first is set and the second is not. */
export function minus(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length);
  for (let p = 0; p < out.length; p++) if (a[p] !== 0 && b[p] === 0) out[p] = 1;
  return out;
}

/** 1 where a shape is set and its distance from another is at most `reach`. */
export function within(
  set: Uint8Array,
  distance: Float32Array,
  reach: number,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(set.length);
  for (let p = 0; p < out.length; p++) if (set[p] !== 0 && distance[p] <= reach) out[p] = 1;
  return out;
}

/** Indices of the voxels that are set in `before` and not in `after`. */
export function lostVoxels(before: Uint8Array, after: Uint8Array): Uint32Array<ArrayBuffer> {
  let count = 0;
  for (let p = 0; p < before.length; p++) if (before[p] > after[p]) count++;
  const lost = new Uint32Array(count);
  for (let p = 0, l = 0; p < before.length; p++) if (before[p] > after[p]) lost[l++] = p;
  return lost;
}

/** Indices of the voxels that are set. */
export function setVoxels(data: Uint8Array): Uint32Array<ArrayBuffer> {
  const indices = new Uint32Array(countSet(data));
  for (let p = 0, l = 0; l < indices.length; p++) if (data[p]) indices[l++] = p;
  return indices;
}

/** A copy of a shape with the voxels of these indices set to 0 or 1. */
export function withVoxels(
  data: Uint8Array,
  indices: Uint32Array,
  value: 0 | 1,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(data);
  for (let l = 0; l < indices.length; l++) out[indices[l]] = value;
  return out;
}

/** Sum of all values; NaN where any is NaN. */
export function total(data: ArrayLike<number>): number {
  let sum = 0;
  for (let p = 0; p < data.length; p++) sum += data[p];
  return sum;
}

/** a − b. */
export function difference(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(a.length);
  for (let p = 0; p < out.length; p++) out[p] = a[p] - b[p];
  return out;
}

/** Each value times `factor`, plus `offset`. */
export function scaled(
  data: ArrayLike<number>,
  factor: number,
  offset = 0,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(data.length);
  for (let p = 0; p < out.length; p++) out[p] = data[p] * factor + offset;
  return out;
}

/** Each value, none beyond ±`limit`. */
export function limited(data: Float32Array, limit: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(data.length);
  for (let p = 0; p < out.length; p++) out[p] = Math.min(limit, Math.max(-limit, data[p]));
  return out;
}
