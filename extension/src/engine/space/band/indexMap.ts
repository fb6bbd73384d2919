import type { Grid } from '../grid.ts';
import { indexToPatient, patientToIndex } from '../grid.ts';
import type { RigidTransform } from '../transform.ts';
import { applyRigid } from '../transform.ts';

/** An affine map between continuous voxel indices: q = m·p + t. */
export interface IndexMap {
  /** Row-major 3 × 3. */
  readonly m: readonly number[];
  readonly t: readonly [number, number, number];
}

/** Map from the voxel indices of `from` to those of `to`, with `transform` taking mm of `from` to mm of `to`. */
export function indexMap(from: Grid, to: Grid, transform: RigidTransform): IndexMap {
  const image = (...index: [number, number, number]): [number, number, number] =>
    patientToIndex(to, applyRigid(transform, indexToPatient(from, index)));
  const t = image(0, 0, 0);
  const columns = [image(1, 0, 0), image(0, 1, 0), image(0, 0, 1)];
  const m = [0, 1, 2].flatMap((row) => columns.map((c) => c[row] - t[row]));
  return { m, t };
}

/** First and last i of a row whose image lies inside a volume of `size` voxels; first > last if none does. */
export function insideStretch(
  start: readonly number[],
  step: readonly number[],
  size: readonly number[],
  n: number,
): [number, number] {
  let low = 0;
  let high = n - 1;
  for (let a = 0; a < 3; a++) {
    const min = -0.5;
    const max = size[a] - 0.5;
    if (Math.abs(step[a]) < 1e-9) {
      if (start[a] < min || start[a] > max) return [0, -1];
      continue;
    }
    const u = (min - start[a]) / step[a];
    const v = (max - start[a]) / step[a];
    low = Math.max(low, Math.ceil(Math.min(u, v)));
    high = Math.min(high, Math.floor(Math.max(u, v)));
  }
  return [low, high];
}
