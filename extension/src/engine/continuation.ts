import type { Atlas, AtlasField } from './atlas.ts';
import type { Grid, Vec3 } from './grid.ts';
import { identityAxes } from './grid.ts';
import type { PlacedSkull } from './resample.ts';
import { interpolate, interpolateParts } from './interpolate.ts';
import { distanceAt, occupancyAt } from './resample.ts';
import { reverseRows } from './twoRuns.ts';
import type { Volume } from './volume.ts';

/**
 * Two shapes that continue the skull across its defect, inputs of both networks: the mirror image of
 * the opposite side and the mean skull, each bent by a smooth displacement until it fits the bone
 * around.
 *
 * As they are, both are off by one to one and a half millimetres inside a defect; bent, by a third to
 * half a millimetre. A network of few layers can learn what remains, but not this fit. Training
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

/** Nodes at which the fit wants the skull's signed distance, canonical mm. */
export const fitLattice: Grid = {
  size: latticeSize,
  spacing: [latticeSpacing, latticeSpacing, latticeSpacing],
  origin: [latticeSpacing / 2, latticeSpacing / 2, latticeSpacing / 2],
  axes: identityAxes,
};

/** Position of a lattice node along an axis, canonical mm. */
const mm = (i: number): number => (i + 0.5) * latticeSpacing;

/** Values of a function of the position (canonical mm) at the lattice's nodes. */
function onLattice(at: (x: number, y: number, z: number) => number): Float32Array {
  const [nx, ny, nz] = latticeSize;
  const out = new Float32Array(nx * ny * nz);
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) for (let i = 0; i < nx; i++, p++) out[p] = at(mm(i), mm(j), mm(k));
  return out;
}

/** Directions to the 26 neighbours of a node, unit length. */
const aroundNode = [-1, 0, 1].flatMap((z) =>
  [-1, 0, 1].flatMap((y) =>
    [-1, 0, 1].flatMap((x) => {
      const length = Math.hypot(x, y, z);
      return length ? [[x / length, y / length, z / length] as const] : [];
    }),
  ),
);

/**
 * Signed distance of a skull on `fitLattice`, up to 4 mm. Where its native field does not reach that
 * far, a node is one reach farther from the surface than the nearest point one reach away from it.
 */
export function distanceOnLattice({ field, toCanonical }: PlacedSkull): Volume<Float32Array> {
  const at = distanceAt(field, toCanonical);
  const [nx, ny, nz] = latticeSize;
  const data = onLattice(at);
  const reach = field.band * 0.98;
  if (reach >= clampAt) return { grid: fitLattice, data };
  const near = data.slice();
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (Math.abs(near[p]) < reach) continue;
        const sign = Math.sign(near[p]);
        data[p] = sign * clampAt;
        if (!hasNear(near, i, j, k, reach)) continue;
        let least = reach;
        for (const [x, y, z] of aroundNode) {
          const d = sign * at(mm(i) + reach * x, mm(j) + reach * y, mm(k) + reach * z);
          if (d < least) least = d;
        }
        if (least < reach) data[p] = sign * Math.min(clampAt, reach + Math.max(0, least));
      }
  return { grid: fitLattice, data };
}

/** Whether a node or one of its 26 neighbours is nearer to the surface than `reach`. */
function hasNear(near: Float32Array, i: number, j: number, k: number, reach: number): boolean {
  const [nx, ny, nz] = latticeSize;
  for (let z = Math.max(0, k - 1); z <= Math.min(nz - 1, k + 1); z++)
    for (let y = Math.max(0, j - 1); y <= Math.min(ny - 1, j + 1); y++)
      for (let x = Math.max(0, i - 1); x <= Math.min(nx - 1, i + 1); x++)
        if (Math.abs(near[x + nx * (y + ny * z)]) < reach) return true;
  return false;
}

/** Parts along x, y and z (mm) at 16 × 16 × 12 nodes of 12.8 mm each, one part after the other. */
export type Displacement = Float64Array;

/** What makes the mirror image and the mean skull continue the skull. */
export interface Continuation {
  /** Signed distance of the head on `fitLattice`, mm. */
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
export function fitContinuation(distance: Volume<Float32Array>, atlas: Atlas): Continuation {
  const mean = slopesOf(onLattice((x, y, z) => fieldAt(atlas.bone, x, y, z)));
  const d = distance.data.map((v) => Math.min(clampAt, Math.max(-clampAt, v)));
  const skull = surfacePoints(d);
  return {
    distance,
    mirror: fit(skull, mirrorImage(d), mirrorSchedule),
    meanSkull: fit(skull, mean, meanSkullSchedule),
  };
}

function fit(skull: SurfacePoints, shape: Slopes, schedule: Schedule): Displacement {
  const u = new Float64Array(3 * nodeCount);
  const image = sideBySide([shape.distance, ...shape.slope]);
  for (const halfWeight of schedule.halfWeight) {
    const { matrix, right } = normalEquations(skull, image, u, halfWeight, schedule.largest);
    solve(matrix, right, u);
  }
  return u.map((v) => v * latticeSpacing);
}

/** Value (mm) of a field at a point, canonical mm; constant beyond its grid. */
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

/** Largest edge of the cells in which the displacement is taken as linear, mm. */
const cellEdge = 3.2;
/** No surface is near where the distance, as interpolated between nodes of up to 3.2 mm, is this, mm. */
const noneNear = 3.9;

/** A bent shape by values that change slowly, from which the occupancy of a voxel follows. */
interface BentShape {
  readonly displacement: Displacement;
  /** How many values. */
  readonly parts: number;
  /** The values at a displaced position, mm. */
  at(x: number, y: number, z: number, out: Float64Array): void;
  /** Occupancy of a cell in which the values stay within these bounds; NaN if a surface may cross it. */
  uniform(least: Float64Array, greatest: Float64Array): number;
  occupancy(values: Float64Array): number;
}

/**
 * Samples a bent shape at every voxel of `part`, a piece of a canonical grid: its values at the corners
 * of cells of a few voxels, and between them, where a surface may be, linearly.
 */
function sampleBent(shape: BentShape, part: Grid, out: Float32Array): void {
  const { parts } = shape;
  const h = part.spacing[0];
  const edge = Math.max(1, Math.min(8, Math.floor(cellEdge / h + 1e-6)));
  const cells = part.size.map((n) => Math.ceil(n / edge));
  const [cx, cy, cz] = cells;
  const corners = cornerValues(shape, part, edge);
  const strides = [1, cx + 1, (cx + 1) * (cy + 1)];
  const offsets = Array.from({ length: 8 }, (_, c) =>
    [0, 1, 2].reduce((sum, a) => sum + ((c >> a) & 1) * strides[a] * parts, 0),
  );
  const least = new Float64Array(parts);
  const greatest = new Float64Array(parts);
  const values = new Float64Array(parts);
  const slope = new Float64Array(parts);
  const [nx, ny, nz] = part.size;
  for (let ck = 0; ck < cz; ck++)
    for (let cj = 0; cj < cy; cj++)
      for (let ci = 0; ci < cx; ci++) {
        const first = (ci + strides[1] * cj + strides[2] * ck) * parts;
        least.fill(Infinity);
        greatest.fill(-Infinity);
        for (let c = 0; c < 8; c++)
          for (let v = 0; v < parts; v++) {
            const value = corners[first + offsets[c] + v];
            if (value < least[v]) least[v] = value;
            if (value > greatest[v]) greatest[v] = value;
          }
        const all = shape.uniform(least, greatest);
        const [i0, j0, k0] = [ci * edge, cj * edge, ck * edge];
        const [i1, j1, k1] = [
          Math.min(nx, i0 + edge),
          Math.min(ny, j0 + edge),
          Math.min(nz, k0 + edge),
        ];
        for (let k = k0; k < k1; k++)
          for (let j = j0; j < j1; j++) {
            const row = nx * (j + ny * k);
            if (!Number.isNaN(all)) {
              out.fill(all, row + i0, row + i1);
              continue;
            }
            const fy = (j - j0) / edge;
            const fz = (k - k0) / edge;
            for (let v = 0; v < parts; v++) {
              const q = first + v;
              const low = bilinear(corners, q, offsets[2], offsets[4], fy, fz);
              const high = bilinear(corners, q + parts, offsets[2], offsets[4], fy, fz);
              values[v] = low;
              slope[v] = (high - low) / edge;
            }
            for (let i = i0; i < i1; i++) {
              out[row + i] = shape.occupancy(values);
              for (let v = 0; v < parts; v++) values[v] += slope[v];
            }
          }
      }
}

function bilinear(
  data: Float64Array,
  p: number,
  dy: number,
  dz: number,
  fy: number,
  fz: number,
): number {
  const low = data[p] + fy * (data[p + dy] - data[p]);
  const high = data[p + dz] + fy * (data[p + dy + dz] - data[p + dz]);
  return low + fz * (high - low);
}

/** The values of a bent shape at every `edge`th voxel of a part, one more along each axis than cells. */
function cornerValues(shape: BentShape, part: Grid, edge: number): Float64Array {
  const { parts, displacement } = shape;
  const [mx, my, mz] = part.size.map((n) => Math.ceil(n / edge) + 1);
  const out = new Float64Array(mx * my * mz * parts);
  const values = new Float64Array(parts);
  const h = part.spacing[0];
  const bend = sideBySide(componentsOf(displacement));
  const u = new Float64Array(3);
  const scale = 1 / (block * latticeSpacing);
  for (let k = 0, p = 0; k < mz; k++)
    for (let j = 0; j < my; j++)
      for (let i = 0; i < mx; i++, p += parts) {
        const x = part.origin[0] + i * edge * h;
        const y = part.origin[1] + j * edge * h;
        const z = part.origin[2] + k * edge * h;
        interpolateParts(bend, 3, nodes, x * scale - 0.5, y * scale - 0.5, z * scale - 0.5, u);
        shape.at(x + u[0], y + u[1], z + u[2], values);
        out.set(values, p);
      }
  return out;
}

/** Volumes as one with their values side by side. */
function sideBySide(volumes: readonly ArrayLike<number>[]): Float64Array {
  const n = volumes.length;
  const out = new Float64Array(n * volumes[0].length);
  volumes.forEach((values, v) => {
    for (let p = 0, q = v; p < values.length; p++, q += n) out[q] = values[p];
  });
  return out;
}

const componentsOf = (u: Displacement): Float64Array[] =>
  [0, 1, 2].map((a) => u.subarray(a * nodeCount, (a + 1) * nodeCount));

/** The fitted mirror image of a volume over the canonical box, trilinear and constant beyond it. */
export function fittedMirror(
  volume: Volume<Float32Array>,
  continuation: Continuation,
  out: Float32Array,
): void {
  const { grid, data } = volume;
  const h = grid.spacing[0];
  const shape = mirrorShape(continuation, grid.size[0] * h, (x, y, z) =>
    interpolate(data, grid.size, x / h - 0.5, y / h - 0.5, z / h - 0.5),
  );
  sampleBent(shape, grid, out);
}

/** The same of the skull on `part` of the canonical grid `whole`, soft over one of its voxels. */
export function fittedMirrorSkull(
  skull: PlacedSkull,
  continuation: Continuation,
  whole: Grid,
  part: Grid,
  out: Float32Array,
): void {
  const width = whole.size[0] * whole.spacing[0];
  const shape = mirrorShape(continuation, width, occupancyAt(skull, part.spacing[0]));
  sampleBent(shape, part, out);
}

/** The mirror image, with `valueAt` the occupancy of the head and `width` that of its box, mm. */
function mirrorShape(
  { mirror, distance }: Continuation,
  width: number,
  valueAt: (x: number, y: number, z: number) => number,
): BentShape {
  const node = (v: number): number => v / latticeSpacing - 0.5;
  return shapeByPosition(
    mirror,
    (x) => width - x,
    (x, y, z) => interpolate(distance.data, latticeSize, node(x), node(y), node(z)),
    valueAt,
  );
}

/**
 * Values: where a bent shape takes its occupancy from (canonical mm), and how far its surface is from there.
 *
 * @param across the x of the shape for an x of the head
 * @param distanceAt mm, negative inside; only how far the surface is at least
 */
function shapeByPosition(
  displacement: Displacement,
  across: (x: number) => number,
  distanceAt: (x: number, y: number, z: number) => number,
  valueAt: (x: number, y: number, z: number) => number,
): BentShape {
  return {
    displacement,
    parts: 4,
    at: (x, y, z, out) => {
      out[0] = across(x);
      out[1] = y;
      out[2] = z;
      out[3] = distanceAt(out[0], y, z);
    },
    uniform: (least, greatest) =>
      least[3] >= noneNear ? 0 : greatest[3] <= -noneNear ? 1 : Number.NaN,
    occupancy: (at) => valueAt(at[0], at[1], at[2]),
  };
}

/** Where the fitted mirror image takes its value for a position from, both canonical mm. */
export function mirroredPosition({ mirror }: Continuation): (position: Vec3) => Vec3 {
  const bend = sideBySide(componentsOf(mirror));
  const scale = 1 / (block * latticeSpacing);
  const u = new Float64Array(3);
  const width = latticeSize[0] * latticeSpacing;
  return ([x, y, z]) => {
    interpolateParts(bend, 3, nodes, x * scale - 0.5, y * scale - 0.5, z * scale - 0.5, u);
    return [width - (x + u[0]), y + u[1], z + u[2]];
  };
}

/** Occupancy of the fitted mean skull on a part of a canonical grid, soft over one of its voxels. */
export function fittedMeanSkull(
  atlas: Atlas,
  { meanSkull }: Continuation,
  part: Grid,
  out: Float32Array,
): void {
  const { bone } = atlas;
  const shape = shapeByPosition(
    meanSkull,
    (x) => x,
    (x, y, z) => fieldAt(bone, x, y, z),
    (x, y, z) => Math.min(1, Math.max(0, 0.5 - fieldAt(bone, x, y, z) / part.spacing[0])),
  );
  sampleBent(shape, part, out);
}
