import type { Grid } from '../../engine/space/grid.ts';
import type { IrregularSlices } from './irregularSlices.ts';

/** Places this near to a voxel are the voxel. */
const rounding = 1e-3;

/**
 * Adds a plane, moved by a part of a pixel or more, to another: linear between pixels.
 *
 * @param target `size[0]` × `size[1]`
 * @param plane `columns` × `rows`, its first pixel at the index (`i0`, `j0`) of the target
 * @param outside what lies beside the plane
 * @param weight by which its values count
 */
function addMoved(
  target: Float32Array,
  size: Grid['size'],
  plane: ArrayLike<number>,
  { columns, rows }: Pick<IrregularSlices, 'columns' | 'rows'>,
  [i0, j0]: readonly number[],
  outside: number,
  weight: number,
): void {
  const [left, top] = [i0, j0].map((x) => Math.floor(x + rounding));
  // Target pixel (i, j) lies between the plane's pixels i − left − 1 and i − left.
  const [u, v] = [Math.max(0, i0 - left), Math.max(0, j0 - top)];
  const at = (i: number, j: number): number =>
    i >= 0 && i < columns && j >= 0 && j < rows ? plane[i + columns * j] : outside;
  for (let j = 0, p = 0; j < size[1]; j++) {
    const y = j - top;
    const rowsInside = y >= 1 && y < rows;
    for (let i = 0; i < size[0]; i++, p++) {
      const x = i - left;
      let a: number, b: number, c: number, d: number;
      if (rowsInside && x >= 1 && x < columns) {
        const q = x + columns * y;
        a = plane[q - columns - 1];
        b = plane[q - columns];
        c = plane[q - 1];
        d = plane[q];
      } else {
        a = at(x - 1, y - 1);
        b = at(x, y - 1);
        c = at(x - 1, y);
        d = at(x, y);
      }
      target[p] += weight * (v * (u * a + (1 - u) * b) + (1 - v) * (u * c + (1 - u) * d));
    }
  }
}

/**
 * The slices between which slice `k` of the regular grid lies.
 * @param places as of `IrregularSlices`
 * @returns the numbers of both, and what part the second has in it; 0 on the first or beyond the last
 */
export function between(
  places: IrregularSlices['places'],
  k: number,
): { readonly slice: number; readonly next: number; readonly weight: number } {
  let slice = 0;
  while (slice + 1 < places.length && places[slice + 1][2] <= k + rounding) slice++;
  const next = Math.min(slice + 1, places.length - 1);
  const part = next > slice ? (k - places[slice][2]) / (places[next][2] - places[slice][2]) : 0;
  return { slice, next, weight: part > rounding ? part : 0 };
}

/**
 * Brings irregular slices to their regular grid: each is moved to its place within its plane, and what lies between
 * two of them is interpolated, both linearly. No slice counts beyond the ones beside it.
 *
 * @param slices values of each slice, row by row, in the order of `irregular.places`
 * @param outside what was not scanned
 * @returns values on `grid`, i fastest, rounded
 */
export function straighten(
  slices: readonly ArrayLike<number>[],
  irregular: IrregularSlices,
  grid: Grid,
  outside: number,
): Int16Array {
  const { places } = irregular;
  const pixels = grid.size[0] * grid.size[1];
  const data = new Int16Array(pixels * grid.size[2]);
  const plane = new Float32Array(pixels);
  for (let k = 0; k < grid.size[2]; k++) {
    const { slice, next, weight } = between(places, k);
    plane.fill(0);
    addMoved(plane, grid.size, slices[slice], irregular, places[slice], outside, 1 - weight);
    if (weight > 0)
      addMoved(plane, grid.size, slices[next], irregular, places[next], outside, weight);
    const to = k * pixels;
    for (let p = 0; p < pixels; p++) data[to + p] = Math.round(plane[p]);
  }
  return data;
}
