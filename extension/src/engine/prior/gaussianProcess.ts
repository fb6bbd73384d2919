import { cholesky, solveCholesky, solveLower } from './cholesky.ts';

/** A Matérn 5/2 kernel on the angle between directions; `share` of it reaches the mirrored direction. */
export interface Kernel {
  readonly variance: number;
  /** Degrees. */
  readonly lengthDeg: number;
  readonly share: number;
}

/** A Gaussian process on the cells of a radial map's domain, as training fitted it (`prior/gaussian_process.py`). */
export interface GaussianProcess {
  /** Mean of each cell. */
  readonly mean: Float64Array;
  readonly components: number;
  /** Principal components times their standard deviations, those of a cell side by side. */
  readonly loadings: Float64Array;
  /** How much the components leave over at each cell, relative to its root mean square: the kernels are scaled by it. */
  readonly spread: Float64Array;
  readonly kernels: readonly Kernel[];
  /** Variance of a measurement. */
  readonly noise: number;
}

/** What measurements at some cells make of a process. */
export interface Conditioned {
  readonly nodes: Int32Array;
  /** Cholesky factor of the measurements' covariance, row-major, lower triangle. */
  readonly factor: Float64Array;
  /** Expected at every cell beyond the mean. */
  readonly expected: Float64Array;
  /** Root mean square of the measurements in the process' own standard deviations: about 1 for what it was learned from. */
  readonly unlikeness: number;
}

/** Unit directions of the domain's cells: x, y and z side by side. */
export type Directions = Float64Array;

/** Steps of a kernel's table over the sine of half the angle. */
const tableSteps = 8192;

/** Sum of kernels by the sine of half the angle, 0 to 1. */
function kernelTable(kernels: readonly Kernel[], weight: (k: Kernel) => number): Float64Array {
  const out = new Float64Array(tableSteps + 2);
  for (let i = 0; i < out.length; i++) {
    const angle = 2 * Math.asin(Math.min(1, i / tableSteps));
    for (const kernel of kernels) {
      const r = (Math.sqrt(5) * angle * 180) / Math.PI / kernel.lengthDeg;
      out[i] += weight(kernel) * (1 + r + (r * r) / 3) * Math.exp(-r);
    }
  }
  return out;
}

/** A process with its kernels as tables. */
export class ReadyProcess {
  private readonly direct: Float64Array;
  private readonly mirrored: Float64Array;

  constructor(
    readonly process: GaussianProcess,
    private readonly directions: Directions,
  ) {
    this.direct = kernelTable(process.kernels, (k) => k.variance);
    this.mirrored = kernelTable(process.kernels, (k) => k.variance * k.share);
  }

  /**
   * What the process expects at every cell beyond its mean, given what was measured at some.
   *
   * @param residual measurement less mean, at each of `nodes`
   * @param nodes cells that were measured
   */
  condition(residual: Float64Array, nodes: Int32Array): Conditioned {
    const { components, loadings, noise, mean } = this.process;
    const n = nodes.length;
    const factor = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) factor[i * n + j] = this.covariance(nodes[i], nodes[j]);
      factor[i * n + i] += noise;
    }
    cholesky(factor, n);
    const gain = residual.slice();
    solveCholesky(factor, n, gain);
    const scores = new Float64Array(components);
    let square = 0;
    for (let j = 0; j < n; j++) {
      square += gain[j] * residual[j];
      for (let c = 0; c < components; c++)
        scores[c] += gain[j] * loadings[nodes[j] * components + c];
    }
    const expected = new Float64Array(mean.length);
    for (let p = 0; p < expected.length; p++) {
      let sum = 0;
      for (let c = 0; c < components; c++) sum += scores[c] * loadings[p * components + c];
      expected[p] = sum;
    }
    this.addKernels(expected, gain, nodes);
    return { nodes, factor, expected, unlikeness: Math.sqrt(square / Math.max(n, 1)) };
  }

  /** How sure the process is at some cells, given the measurements: standard deviations, in their order. */
  deviations({ nodes, factor }: Conditioned, cells: Int32Array): Float64Array {
    const n = nodes.length;
    const part = new Float64Array(n);
    return Float64Array.from(cells, (cell) => {
      let variance = this.covariance(cell, cell);
      for (let j = 0; j < n; j++) part[j] = this.covariance(cell, nodes[j]);
      solveLower(factor, n, part);
      for (let j = 0; j < n; j++) variance -= part[j] * part[j];
      return Math.sqrt(Math.max(variance, 0));
    });
  }

  /**
   * Which cells lie near the shape that the components alone make of what was measured, robustly. Components cannot
   * follow a head rest, a spur or the walls of a cut; the kernels could.
   *
   * @param residual measurement less mean, at every cell
   * @param known which cells were measured and take part
   * @param limits differences that count for nothing, step by step
   */
  plausible(residual: Float64Array, known: Uint8Array, limits: readonly number[]): Uint8Array {
    const { components: n, loadings } = this.process;
    const weight = Float64Array.from(known);
    const left = residual.slice();
    for (const limit of limits) {
      const own = new Float64Array(n * n);
      const scores = new Float64Array(n);
      for (let c = 0; c < n; c++) own[c * n + c] = 1;
      for (let p = 0, q = 0; p < weight.length; p++, q += n) {
        const w = weight[p];
        if (w === 0) continue;
        for (let c = 0; c < n; c++) {
          const wc = w * loadings[q + c];
          scores[c] += wc * residual[p];
          for (let d = 0; d <= c; d++) own[c * n + d] += wc * loadings[q + d];
        }
      }
      cholesky(own, n);
      solveCholesky(own, n, scores);
      for (let p = 0, q = 0; p < left.length; p++, q += n) {
        let fitted = 0;
        for (let c = 0; c < n; c++) fitted += scores[c] * loadings[q + c];
        left[p] = residual[p] - fitted;
        weight[p] = known[p] * Math.max(0, 1 - (left[p] / limit) ** 2) ** 2;
      }
    }
    const last = limits[limits.length - 1];
    return Uint8Array.from(left, (v) => (Math.abs(v) < last ? 1 : 0));
  }

  /** Adds to every cell the kernels of some nodes, each by its gain. */
  private addKernels(sums: Float64Array, gain: Float64Array, nodes: Int32Array): void {
    const { directions: u, direct, mirrored } = this;
    const { spread } = this.process;
    // What is needed of a node side by side: this loop is the prior's longest.
    const of = (value: (node: number) => number): Float64Array => Float64Array.from(nodes, value);
    const [xs, ys, zs] = [0, 1, 2].map((a) => of((node) => u[3 * node + a]));
    const spreads = of((node) => spread[node]);
    for (let p = 0; p < sums.length; p++) {
      const [x, y, z] = [u[3 * p], u[3 * p + 1], u[3 * p + 2]];
      const own = spread[p];
      let sum = sums[p];
      for (let j = 0; j < nodes.length; j++) {
        const across = x * xs[j];
        const along = y * ys[j] + z * zs[j];
        const both = lookUp(direct, along + across) + lookUp(mirrored, along - across);
        sum += gain[j] * (own * spreads[j] * both);
      }
      sums[p] = sum;
    }
  }

  /** Covariance of two cells, without noise. */
  private covariance(p: number, q: number): number {
    const { components: n, loadings } = this.process;
    let sum = this.kernel(p, q);
    for (let c = 0; c < n; c++) sum += loadings[p * n + c] * loadings[q * n + c];
    return sum;
  }

  /** Covariance of two cells by the kernels alone. */
  private kernel(p: number, q: number): number {
    const u = this.directions;
    const { spread } = this.process;
    const across = u[3 * p] * u[3 * q];
    const along = u[3 * p + 1] * u[3 * q + 1] + u[3 * p + 2] * u[3 * q + 2];
    const both = lookUp(this.direct, along + across) + lookUp(this.mirrored, along - across);
    return spread[p] * spread[q] * both;
  }
}

/** A table's value for directions of this cosine. */
function lookUp(table: Float64Array, cosine: number): number {
  const at = cosine >= 1 ? 0 : tableSteps * Math.sqrt((1 - cosine) / 2);
  const i = at | 0;
  return table[i] + (at - i) * (table[i + 1] - table[i]);
}
