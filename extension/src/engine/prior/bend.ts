import { interpolateParts } from '../space/interpolate.ts';
import { reverseRows } from '../space/voxels.ts';
import type { Displacement } from './lattice.ts';
import {
  block,
  componentsOf,
  latticeSize,
  latticeSpacing,
  nodeCount,
  nodes,
  sideBySide,
} from './lattice.ts';

/** Lattice nodes nearer to the surface than this take part, mm. */
const bandWidth = 2;
const leastSlope = 0.3;
const bending = 0.01;
const solverIterations = 40;

/** A difference (mm) that weighs half as much, for each step, and one that is of no common surface. */
export interface Schedule {
  readonly halfWeight: readonly number[];
  readonly largest: number;
}

/**
 * The displacement that brings a shape's surface onto the skull's: Gauss-Newton steps, each solved by conjugate
 * gradients (training: `prior/bend.py`).
 */
export function bend(skull: SurfacePoints, shape: Slopes, schedule: Schedule): Displacement {
  const u = new Float64Array(3 * nodeCount);
  const image = sideBySide([shape.distance, ...shape.slope]);
  for (const halfWeight of schedule.halfWeight) {
    const { matrix, right } = normalEquations(skull, image, u, halfWeight, schedule.largest);
    solve(matrix, right, u);
  }
  return u.map((v) => v * latticeSpacing);
}

/** Signed distance and its slope per mm (x, y, z), a volume each on the lattice. */
export interface Slopes {
  readonly distance: Float32Array;
  readonly slope: readonly [Float32Array, Float32Array, Float32Array];
}

/** Lattice nodes near the surface: index, distance and slope. */
export interface SurfacePoints extends Slopes {
  readonly index: Int32Array;
}

export function slopesOf(d: Float32Array): Slopes {
  const slope = [0, 1, 2].map((axis) => centralDifferences(d, axis));
  return { distance: d, slope: slope as [Float32Array, Float32Array, Float32Array] };
}

function centralDifferences(d: Float32Array, axis: number): Float32Array {
  const n = latticeSize[axis];
  const stride = [1, latticeSize[0], latticeSize[0] * latticeSize[1]][axis];
  const out = new Float32Array(d.length);
  for (let p = 0; p < d.length; p++) {
    const at = Math.floor(p / stride) % n;
    const after = at + 1 < n ? d[p + stride] : d[p];
    const before = at > 0 ? d[p - stride] : d[p];
    out[p] = (after - before) / (2 * latticeSpacing);
  }
  return out;
}

export function surfacePoints(d: Float32Array): SurfacePoints {
  const index: number[] = [];
  for (let p = 0; p < d.length; p++) if (Math.abs(d[p]) < bandWidth) index.push(p);
  return { ...slopesOf(d), index: Int32Array.from(index) };
}

export function mirrorImage(d: Float32Array): Slopes {
  const mirrored = d.slice();
  reverseRows(mirrored, latticeSize[0]);
  return slopesOf(mirrored);
}

/** The six entries of each node's symmetric matrix (xx, xy, xz, yy, yz, zz), and its right side. */
interface NormalEquations {
  readonly matrix: readonly Float64Array[];
  readonly right: Float64Array;
}

/**
 * @param image distance and slope of the shape, side by side
 * @param u displacement so far, lattice nodes
 */
function normalEquations(
  points: SurfacePoints,
  image: Float64Array,
  u: Float64Array,
  halfWeight: number,
  largest: number,
): NormalEquations {
  const matrix = Array.from({ length: 6 }, () => new Float64Array(nodeCount));
  const right = new Float64Array(3 * nodeCount);
  const [nx, ny] = latticeSize;
  const share = 1 / block ** 2;
  const displacement = sideBySide(componentsOf(u));
  const moved = new Float64Array(3);
  const there = new Float64Array(4);
  const own = new Float64Array(3);
  const normal = new Float64Array(3);
  for (const p of points.index) {
    const x = p % nx;
    const y = Math.floor(p / nx) % ny;
    const z = Math.floor(p / (nx * ny));
    const u0 = (x + 0.5) / block - 0.5;
    const v0 = (y + 0.5) / block - 0.5;
    const w0 = (z + 0.5) / block - 0.5;
    interpolateParts(displacement, 3, nodes, u0, v0, w0, moved);
    interpolateParts(image, 4, latticeSize, x + moved[0], y + moved[1], z + moved[2], there);
    const off = there[0] - points.distance[p];
    if (Math.abs(off) >= largest) continue;
    for (let a = 0; a < 3; a++) own[a] = points.slope[a][p];
    const ownLength = length3(own[0], own[1], own[2]);
    const otherLength = length3(there[1], there[2], there[3]);
    if (ownLength <= leastSlope || otherLength <= leastSlope) continue;
    const dot = own[0] * there[1] + own[1] * there[2] + own[2] * there[3];
    const cosine = dot / (ownLength * otherLength);
    if (cosine <= 0) continue;
    const weight = (share * cosine ** 4) / (1 + (off / halfWeight) ** 2);
    for (let a = 0; a < 3; a++) normal[a] = own[a] / ownLength + there[a + 1] / otherLength;
    const length = length3(normal[0], normal[1], normal[2]);
    let target = -off / latticeSpacing;
    for (let a = 0; a < 3; a++) {
      normal[a] /= length;
      target += normal[a] * moved[a];
    }
    const node =
      Math.floor(x / block) + nodes[0] * (Math.floor(y / block) + nodes[1] * Math.floor(z / block));
    for (let i = 0, entry = 0; i < 3; i++) {
      for (let j = i; j < 3; j++) matrix[entry++][node] += weight * normal[i] * normal[j];
      right[i * nodeCount + node] += weight * normal[i] * target;
    }
  }
  return { matrix, right };
}

/** Math.hypot guards against overflow, which takes it ten times as long. */
const length3 = (x: number, y: number, z: number): number => Math.sqrt(x * x + y * y + z * z);

/** Conjugate gradients for (data + bending · Laplacian²) u = right, from the given u, in place. */
function solve(matrix: readonly Float64Array[], right: Float64Array, u: Float64Array): void {
  const [xx, xy, xz, yy, yz, zz] = matrix;
  const n = nodeCount;
  const image = new Float64Array(3 * n);
  const once = new Float64Array(n);
  const twice = new Float64Array(n);
  const multiply = (v: Float64Array): void => {
    for (let a = 0; a < 3; a++) {
      laplacian(v.subarray(a * n, (a + 1) * n), once);
      laplacian(once, twice);
      const [p, q, r] = [
        [xx, xy, xz],
        [xy, yy, yz],
        [xz, yz, zz],
      ][a];
      for (let i = 0; i < n; i++)
        image[a * n + i] = p[i] * v[i] + q[i] * v[n + i] + r[i] * v[2 * n + i] + bending * twice[i];
    }
  };
  const diagonal = new Float64Array(3 * n);
  [xx, yy, zz].forEach((m, a) => {
    for (let i = 0; i < n; i++) diagonal[a * n + i] = m[i] + 42 * bending;
  });
  multiply(u);
  const residual = right.map((v, i) => v - image[i]);
  const direction = residual.map((v, i) => v / diagonal[i]);
  let product = sum(residual, direction);
  for (let k = 0; k < solverIterations; k++) {
    multiply(direction);
    const step = product / (sum(direction, image) + 1e-20);
    let next = 0;
    for (let i = 0; i < u.length; i++) {
      u[i] += step * direction[i];
      residual[i] -= step * image[i];
      next += (residual[i] * residual[i]) / diagonal[i];
    }
    const keep = next / (product + 1e-20);
    for (let i = 0; i < u.length; i++)
      direction[i] = residual[i] / diagonal[i] + keep * direction[i];
    product = next;
  }
}

function sum(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** The six neighbours of each node; at the faces the node itself, which repeats the outermost nodes. */
const neighbours = ((): Int32Array => {
  const out = new Int32Array(6 * nodeCount);
  const strides = [1, nodes[0], nodes[0] * nodes[1]];
  for (let p = 0; p < nodeCount; p++)
    for (let a = 0; a < 3; a++) {
      const at = Math.floor(p / strides[a]) % nodes[a];
      out[6 * p + 2 * a] = at > 0 ? p - strides[a] : p;
      out[6 * p + 2 * a + 1] = at + 1 < nodes[a] ? p + strides[a] : p;
    }
  return out;
})();

/** Six times a node less its neighbours. */
function laplacian(v: Float64Array, out: Float64Array): void {
  const n = neighbours;
  for (let p = 0, q = 0; p < nodeCount; p++, q += 6)
    out[p] =
      6 * v[p] - v[n[q]] - v[n[q + 1]] - v[n[q + 2]] - v[n[q + 3]] - v[n[q + 4]] - v[n[q + 5]];
}
