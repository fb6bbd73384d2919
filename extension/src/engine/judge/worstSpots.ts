import type { Vec3 } from '../space/grid.ts';
import type { Mesh } from '../surface/mesh.ts';

/** A place at the defect's border where the patch does not fit. */
export interface WorstSpot {
  /** Patient LPS mm. */
  readonly position: Vec3;
  /** Distance beyond the reference there, mm: a bump above 0, a dent below. */
  readonly distance: number;
  /** Curvature less that of the reference, 1/mm²; NaN where there is none. */
  readonly curvature: number;
  /** How far from the spot the error stays at least half as large, mm. */
  readonly extent: number;
}

/** Two spots are at least so far apart, mm. */
const apart = 10;
/** Smaller errors are no finding, mm. */
const least = 0.3;
/** The score of a vertex is the mean error around it, so that no single vertex wins, mm. */
const smoothing = 1.5;

/**
 * Ranks the border's worst places by the distance from the reference.
 *
 * @param onBorder 1 for the vertices that take part
 * @param distance at each vertex, mm; NaN where there is nothing to compare with
 * @param most how many, at most
 */
export function worstSpots(
  { positions }: Mesh,
  onBorder: Uint8Array,
  distance: Float32Array,
  curvature: Float32Array,
  most = 5,
): WorstSpot[] {
  const border: number[] = [];
  for (let v = 0; v < onBorder.length; v++)
    if (onBorder[v] && !Number.isNaN(distance[v])) border.push(v);
  const between = (a: number, b: number): number =>
    Math.hypot(
      positions[3 * a] - positions[3 * b],
      positions[3 * a + 1] - positions[3 * b + 1],
      positions[3 * a + 2] - positions[3 * b + 2],
    );
  const neighbours = byPlace(positions, border, smoothing);
  const scores = new Map<number, number>();
  for (const v of border) {
    let sum = 0;
    let count = 0;
    for (const n of neighbours(v)) {
      if (between(v, n) > smoothing) continue;
      sum += distance[n];
      count++;
    }
    scores.set(v, sum / count);
  }
  const score = (v: number): number => Math.abs(scores.get(v) ?? 0);
  const ranked = [...border].sort((a, b) => score(b) - score(a));
  const spots: number[] = [];
  for (const v of ranked) {
    if (spots.length === most || score(v) < least) break;
    if (spots.every((s) => between(s, v) >= apart)) spots.push(v);
  }
  return spots.map((spot) => {
    const sign = Math.sign(scores.get(spot) ?? 0);
    let extent = 0;
    for (const v of border)
      if (sign * (scores.get(v) ?? 0) >= score(spot) / 2 && between(v, spot) <= apart)
        extent = Math.max(extent, between(v, spot));
    return {
      position: [positions[3 * spot], positions[3 * spot + 1], positions[3 * spot + 2]],
      distance: scores.get(spot) ?? NaN,
      curvature: curvature[spot],
      extent,
    };
  });
}

/** Vertices in the cell of a vertex and the 26 around, of cells of `edge` mm. */
function byPlace(
  positions: Float32Array,
  vertices: readonly number[],
  edge: number,
): (v: number) => number[] {
  const cells = new Map<string, number[]>();
  const cellOf = (v: number) => [0, 1, 2].map((a) => Math.floor(positions[3 * v + a] / edge));
  for (const v of vertices) {
    const key = cellOf(v).join();
    const cell = cells.get(key);
    if (cell) cell.push(v);
    else cells.set(key, [v]);
  }
  return (v) => {
    const [x, y, z] = cellOf(v);
    const out: number[] = [];
    for (let k = z - 1; k <= z + 1; k++)
      for (let j = y - 1; j <= y + 1; j++)
        for (let i = x - 1; i <= x + 1; i++) out.push(...(cells.get([i, j, k].join()) ?? []));
    return out;
  };
}
