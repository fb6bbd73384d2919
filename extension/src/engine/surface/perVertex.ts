import type { Mesh } from './mesh.ts';
import { quantile } from '../space/quantile.ts';

/** A length at every vertex of a mesh, mm, and what they come to. */
export interface VertexLengths {
  readonly mean: number;
  /** 95th percentile. */
  readonly p95: number;
  /** Empty where a stored result tells only what they come to. */
  readonly perVertex: Float32Array;
}

/** What lengths at the vertices come to; zeros if there are none. */
export function overVertices(perVertex: Float32Array): VertexLengths {
  const sorted = Float64Array.from(perVertex).sort();
  return {
    mean: sorted.length ? sorted.reduce((a, b) => a + b, 0) / sorted.length : 0,
    p95: sorted.length ? quantile(sorted, 0.95) : 0,
    perVertex,
  };
}

/**
 * Values of the vertices of a surface, each the mean of its own and its neighbours', round by round.
 * Where there is none (NaN) there stays none, and it counts for no neighbour.
 */
export function smoothOver(
  { triangles }: Mesh,
  values: Float32Array,
  rounds: number,
): Float32Array<ArrayBuffer> {
  const now = new Float32Array(values);
  const sum = new Float64Array(now.length);
  const count = new Float64Array(now.length);
  for (let round = 0; round < rounds; round++) {
    sum.fill(0);
    count.fill(0);
    for (let t = 0; t < triangles.length; t++) {
      // Each edge is met from both of its triangles.
      const a = triangles[t];
      const b = triangles[t % 3 === 2 ? t - 2 : t + 1];
      if (Number.isNaN(now[a]) || Number.isNaN(now[b])) continue;
      sum[a] += now[b];
      sum[b] += now[a];
      count[a] += 1;
      count[b] += 1;
    }
    for (let v = 0; v < now.length; v++)
      if (count[v] > 0) now[v] = (now[v] + sum[v] / count[v]) / 2;
  }
  return now;
}
