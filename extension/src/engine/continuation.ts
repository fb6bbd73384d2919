import type { Atlas, AtlasField } from './atlas.ts';
import type { Grid } from './grid.ts';
import { identityAxes } from './grid.ts';
import { interpolate } from './resample.ts';
import type { HeadCopy } from './twoRuns.ts';
import { reverseRows } from './twoRuns.ts';
import type { Mask, Volume } from './volume.ts';

/**
 * Two shapes that continue the skull across its defect, inputs of both networks: the mirror image of
 * the opposite side and the mean skull, each bent by a smooth displacement until it fits the bone
 * around.
 *
 * As they are, both are off by one to three millimetres at the outer surface inside a defect; bent, by
 * about half a millimetre. A network of few layers can learn what remains, but not this fit. Training
 * computes the same (`continuation.py`); tests hold both to the same numbers.
 */

const latticeSpacing = 3.2;
/** Nodes along x, y and z; there is no bone above 153.6 mm. */
const latticeSize = [64, 64, 48] as const;
/** The displacement has one node for each block of this many lattice nodes along an axis. */
const block = 4;
const nodes = [16, 16, 12] as const;
const nodeCount = nodes[0] * nodes[1] * nodes[2];
/** The skull's distance beyond says no more than that it is far, mm. */
const clampAt = 4;
/** Lattice nodes nearer to the surface than this take part, mm. */
const bandWidth = 2;
const leastSlope = 0.3;
const bending = 0.01;
const solverIterations = 40;

/** A difference (mm) that weighs half as much, for each step, and one that is of no common surface. */
interface Schedule {
  readonly halfWeight: readonly number[];
  readonly largest: number;
}
const mirrorSchedule: Schedule = { halfWeight: [1.5, 1.5, 1.5, 1.5, 1.5], largest: 6 };
const meanSkullSchedule: Schedule = { halfWeight: [6, 6, 4, 4, 2, 2, 1.5, 1.5], largest: 15 };

/** How far the signed distance must be known for the fit, mm. */
export const fitReach = clampAt;

/** Nodes at which the fit wants the skull's signed distance, canonical mm. */
export const fitLattice: Grid = {
  size: latticeSize,
  spacing: [latticeSpacing, latticeSpacing, latticeSpacing],
  origin: [latticeSpacing / 2, latticeSpacing / 2, latticeSpacing / 2],
  axes: identityAxes,
};

/** Parts along x, y and z (mm) at 16 × 16 × 12 nodes of 12.8 mm each, one part after the other. */
export type Displacement = Float64Array;

/** What makes the mirror image and the mean skull continue the skull, for one copy of the head. */
export interface Continuation {
  readonly copy: HeadCopy;
  /** Signed distance of the head as it is on `fitLattice`, mm. */
  readonly distance: Volume<Float32Array>;
  readonly mirror: Displacement;
  readonly meanSkull: Displacement;
}

/**
 * Fits the mirrored skull and the mean skull to the skull by Gauss-Newton steps on the signed
 * distance. The weights ask that both surfaces face the same way, so that the rims of defects pull at
 * nothing, and the bending energy carries the displacement across the defect.
 *
 * @param distance signed distance of the skull on `fitLattice`, mm, negative inside
 */
export function fitContinuation(
  distance: Volume<Float32Array>,
  atlas: Atlas,
  copy: HeadCopy,
): Continuation {
  const d = distance.data.map((v) => Math.min(clampAt, Math.max(-clampAt, v)));
  if (copy === 'mirrored') reverseRows(d, latticeSize[0]);
  const skull = surfacePoints(d);
  return {
    copy,
    distance,
    mirror: fit(skull, mirrorImage(d), mirrorSchedule),
    meanSkull: fit(skull, slopesOf(meanSkullOnLattice(atlas)), meanSkullSchedule),
  };
}

function fit(skull: SurfacePoints, shape: Slopes, schedule: Schedule): Displacement {
  const u = new Float64Array(3 * nodeCount);
  for (const halfWeight of schedule.halfWeight) {
    const { matrix, right } = normalEquations(skull, shape, u, halfWeight, schedule.largest);
    solve(matrix, right, u);
  }
  return u.map((v) => v * latticeSpacing);
}

/** Signed distance (mm) of the mean skull at a point, canonical mm. */
function meanSkullAt({ outer, inner }: Atlas, x: number, y: number, z: number): number {
  return Math.max(fieldAt(outer, x, y, z), -fieldAt(inner, x, y, z));
}

function fieldAt(field: AtlasField, x: number, y: number, z: number): number {
  const { origin, spacing, size, distance } = field;
  return interpolate(
    distance,
    size,
    (x - origin[0]) / spacing,
    (y - origin[1]) / spacing,
    (z - origin[2]) / spacing,
  );
}

function meanSkullOnLattice(atlas: Atlas): Float32Array {
  const [nx, ny, nz] = latticeSize;
  const out = new Float32Array(nx * ny * nz);
  const at = (i: number): number => (i + 0.5) * latticeSpacing;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) out[p] = meanSkullAt(atlas, at(i), at(j), at(k));
  return out;
}

/** Signed distance and its slope per mm (x, y, z), a volume each on the lattice. */
interface Slopes {
  readonly distance: Float32Array;
  readonly slope: readonly [Float32Array, Float32Array, Float32Array];
}

/** Lattice nodes near the surface: index, distance and slope. */
interface SurfacePoints extends Slopes {
  readonly index: Int32Array;
}

function slopesOf(d: Float32Array): Slopes {
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

function surfacePoints(d: Float32Array): SurfacePoints {
  const index: number[] = [];
  for (let p = 0; p < d.length; p++) if (Math.abs(d[p]) < bandWidth) index.push(p);
  return { ...slopesOf(d), index: Int32Array.from(index) };
}

function mirrorImage(d: Float32Array): Slopes {
  const mirrored = d.slice();
  reverseRows(mirrored, latticeSize[0]);
  return slopesOf(mirrored);
}

/** The six entries of each node's symmetric matrix (xx, xy, xz, yy, yz, zz), and its right side. */
interface NormalEquations {
  readonly matrix: readonly Float64Array[];
  readonly right: Float64Array;
}

/** @param u displacement so far, lattice nodes */
function normalEquations(
  points: SurfacePoints,
  image: Slopes,
  u: Float64Array,
  halfWeight: number,
  largest: number,
): NormalEquations {
  const matrix = Array.from({ length: 6 }, () => new Float64Array(nodeCount));
  const right = new Float64Array(3 * nodeCount);
  const [nx, ny] = latticeSize;
  const share = 1 / block ** 2;
  const moved = [0, 0, 0];
  const other = [0, 0, 0];
  const normal = [0, 0, 0];
  for (const p of points.index) {
    const x = p % nx;
    const y = Math.floor(p / nx) % ny;
    const z = Math.floor(p / (nx * ny));
    for (let a = 0; a < 3; a++) {
      moved[a] = interpolate(
        u.subarray(a * nodeCount, (a + 1) * nodeCount),
        nodes,
        (x + 0.5) / block - 0.5,
        (y + 0.5) / block - 0.5,
        (z + 0.5) / block - 0.5,
      );
    }
    const at = [x + moved[0], y + moved[1], z + moved[2]] as const;
    const off = interpolate(image.distance, latticeSize, ...at) - points.distance[p];
    if (Math.abs(off) >= largest) continue;
    for (let a = 0; a < 3; a++) other[a] = interpolate(image.slope[a], latticeSize, ...at);
    const own = [points.slope[0][p], points.slope[1][p], points.slope[2][p]];
    const ownLength = Math.hypot(own[0], own[1], own[2]);
    const otherLength = Math.hypot(other[0], other[1], other[2]);
    if (ownLength <= leastSlope || otherLength <= leastSlope) continue;
    const dot = own[0] * other[0] + own[1] * other[1] + own[2] * other[2];
    const cosine = dot / (ownLength * otherLength);
    if (cosine <= 0) continue;
    const weight = (share * cosine ** 4) / (1 + (off / halfWeight) ** 2);
    for (let a = 0; a < 3; a++) normal[a] = own[a] / ownLength + other[a] / otherLength;
    const length = Math.hypot(normal[0], normal[1], normal[2]);
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

/** Six times a node less its neighbours; the faces repeat the outermost nodes. */
function laplacian(v: Float64Array, out: Float64Array): void {
  const [nx, ny, nz] = nodes;
  const plane = nx * ny;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        out[p] =
          6 * v[p] -
          v[i > 0 ? p - 1 : p] -
          v[i + 1 < nx ? p + 1 : p] -
          v[j > 0 ? p - nx : p] -
          v[j + 1 < ny ? p + nx : p] -
          v[k > 0 ? p - plane : p] -
          v[k + 1 < nz ? p + plane : p];
      }
}

/** Voxels that lie together within this are filled at once where no surface is near, mm. */
const together = 1.6;
/** And that is from this distance on, as interpolated between the nodes of `fitLattice`, mm. */
const noneNear = 3.9;

/**
 * Samples a bent shape at every voxel of `part`, a piece of the canonical grid `whole`.
 *
 * @param distance rough signed distance of the shape, mm
 * @param occupancy of the shape, 0 to 1; both take mm in this copy of the head
 */
function sampleBent(
  displacement: Displacement,
  copy: HeadCopy,
  whole: Grid,
  part: Grid,
  distance: (x: number, y: number, z: number) => number,
  occupancy: (x: number, y: number, z: number) => number,
  out: Float32Array,
): void {
  const [nx, ny, nz] = part.size;
  const h = part.spacing[0];
  const width = whole.size[0] * whole.spacing[0];
  const edge = Math.max(1, Math.round(together / h));
  const [ux, uy, uz] = [0, 1, 2].map((a) =>
    displacement.subarray(a * nodeCount, (a + 1) * nodeCount),
  );
  const scale = 1 / (block * latticeSpacing);
  const bent = (
    i: number,
    j: number,
    k: number,
    shape: (x: number, y: number, z: number) => number,
  ): number => {
    const own = part.origin[0] + i * h;
    const x = copy === 'mirrored' ? width - own : own;
    const y = part.origin[1] + j * h;
    const z = part.origin[2] + k * h;
    const [u, v, w] = [x * scale - 0.5, y * scale - 0.5, z * scale - 0.5];
    return shape(
      x + interpolate(ux, nodes, u, v, w),
      y + interpolate(uy, nodes, u, v, w),
      z + interpolate(uz, nodes, u, v, w),
    );
  };
  const middle = (edge - 1) / 2;
  for (let k0 = 0; k0 < nz; k0 += edge)
    for (let j0 = 0; j0 < ny; j0 += edge)
      for (let i0 = 0; i0 < nx; i0 += edge) {
        const rough = edge > 1 ? bent(i0 + middle, j0 + middle, k0 + middle, distance) : 0;
        const far = Math.abs(rough) >= noneNear;
        const all = rough < 0 ? 1 : 0;
        for (let k = k0; k < Math.min(nz, k0 + edge); k++)
          for (let j = j0; j < Math.min(ny, j0 + edge); j++)
            for (let i = i0, p = i0 + nx * (j + ny * k); i < Math.min(nx, i0 + edge); i++, p++)
              out[p] = far ? all : bent(i, j, k, occupancy);
      }
}

/**
 * The fitted mirror image of a volume over the canonical box, trilinear and constant beyond it. For the
 * mirrored copy of the head it is written as seen in the head as it is; so are the next two.
 */
export function fittedMirror(
  volume: Volume<Float32Array>,
  continuation: Continuation,
  out: Float32Array,
): void {
  const { grid, data } = volume;
  sampleMirror(continuation, grid, grid, out, (x, y, z) => interpolate(data, grid.size, x, y, z));
}

/** The same of a mask on a part of its grid: 1 where the interpolated mask is at least half. */
export function fittedMirrorMask(
  mask: Mask,
  continuation: Continuation,
  part: Grid,
  out: Float32Array,
): void {
  const { grid, data } = mask;
  sampleMirror(continuation, grid, part, out, (x, y, z) =>
    interpolate(data, grid.size, x, y, z) >= 0.5 ? 1 : 0,
  );
}

/** @param valueAt occupancy of the head as it is at a continuous voxel index of `whole` */
function sampleMirror(
  { copy, mirror, distance }: Continuation,
  whole: Grid,
  part: Grid,
  out: Float32Array,
  valueAt: (x: number, y: number, z: number) => number,
): void {
  const h = whole.spacing[0];
  const width = whole.size[0] * h;
  // The mirrored copy's opposite side is where the head as it is has this side.
  const from = (x: number): number => (copy === 'mirrored' ? x : width - x);
  const node = (v: number): number => v / latticeSpacing - 0.5;
  sampleBent(
    mirror,
    copy,
    whole,
    part,
    (x, y, z) => interpolate(distance.data, latticeSize, node(from(x)), node(y), node(z)),
    (x, y, z) => valueAt(from(x) / h - 0.5, y / h - 0.5, z / h - 0.5),
    out,
  );
}

/** Occupancy of the fitted mean skull on a part of a canonical grid, soft over one of its voxels. */
export function fittedMeanSkull(
  atlas: Atlas,
  { copy, meanSkull }: Continuation,
  whole: Grid,
  part: Grid,
  out: Float32Array,
): void {
  const h = part.spacing[0];
  const distance = (x: number, y: number, z: number): number => meanSkullAt(atlas, x, y, z);
  const occupancy = (x: number, y: number, z: number): number =>
    Math.min(1, Math.max(0, 0.5 - meanSkullAt(atlas, x, y, z) / h));
  sampleBent(meanSkull, copy, whole, part, distance, occupancy, out);
}
