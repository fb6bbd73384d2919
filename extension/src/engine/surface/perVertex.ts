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
