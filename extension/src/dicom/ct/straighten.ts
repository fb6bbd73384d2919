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
  for (let k = 0, s = 0; k < grid.size[2]; k++) {
    while (s + 1 < places.length && places[s + 1][2] <= k + rounding) s++;
    const next = Math.min(s + 1, places.length - 1);
    const between = next > s ? (k - places[s][2]) / (places[next][2] - places[s][2]) : 0;
    const weight = between > rounding ? between : 0;
    plane.fill(0);
    addMoved(plane, grid.size, slices[s], irregular, places[s], outside, 1 - weight);
    if (weight > 0)
      addMoved(plane, grid.size, slices[next], irregular, places[next], outside, weight);
    const to = k * pixels;
    for (let p = 0; p < pixels; p++) data[to + p] = Math.round(plane[p]);
  }
  return data;
}
