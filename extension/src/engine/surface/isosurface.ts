import type { Grid } from '../space/grid.ts';
import { cellTriangles } from './cellCases.ts';
import type { Mesh } from './mesh.ts';

/** A scalar field with the grid on which it is known. */
export interface ScalarField {
  readonly grid: Grid;
  readonly data: ArrayLike<number>;
}

/** A vertex keeps this share of an edge's length from its ends: no two fall together, no triangle is empty. */
const leastShare = 0.01;

/**
 * Closed surface where a field crosses `level`, by marching cubes (Lorensen and Cline 1987) with cases that make a
 * manifold: each edge has two triangles, the triangles of each vertex form one fan, and none meets another but
 * at common edges and vertices, as each lies in its own cell. Beyond the grid the field counts as `beyond`, below the
 * level, so the surface is always closed. Triangles are wound counter-clockwise seen from the low side when the
 * grid's axes are right-handed.
 *
 * @returns vertices as continuous voxel indices of the field's grid
 */
export function isosurface(field: ScalarField, level: number, beyond = 0): Mesh {
  const { data } = field;
  const [nx, ny, nz] = field.grid.size;
  // Slices with a border, so that the surface closes and no corner needs a bounds check.
  const px = nx + 2;
  const slices = [0, 1].map(() => new Float32Array(px * (ny + 2)));
  const fillSlice = (target: Float32Array, k: number): boolean => {
    target.fill(beyond);
    if (k < 0 || k >= nz) return false;
    let any = false;
    for (let j = 0; j < ny; j++) {
      const from = nx * (j + ny * k);
      const to = 1 + px * (j + 1);
      for (let i = 0; i < nx; i++) {
        const v = data[from + i];
        target[to + i] = v;
        if (v >= level) any = true;
      }
    }
    return any;
  };
  const positions = new GrowingFloats();
  const triangles = new GrowingTriangles();
  // Vertices on edges along x and y, by their first corner, in the lower and the upper slice, and on those along z.
  const along = Array.from({ length: 5 }, () => new Int32Array(px * (ny + 2)));
  const [alongZ] = along.splice(4);
  // Where the vertex of each of the cell's edges is found: which array, and how far from the cell's first corner.
  const offsets = Int32Array.from([0, px, 0, px, 0, 1, 0, 1, 0, 1, px, px + 1]);
  let anyLow = fillSlice(slices[0], -1);
  for (let k = -1; k < nz; k++) {
    const [low, high] = slices;
    const [xLow, yLow, xHigh, yHigh] = along;
    const anyHigh = fillSlice(high, k + 1);
    if (anyHigh) {
      crossings(high, 1, level, (p, t) => {
        xHigh[p] = positions.push((p % px) - 1 + t, Math.floor(p / px) - 1, k + 1);
      });
      crossings(high, px, level, (p, t) => {
        yHigh[p] = positions.push((p % px) - 1, Math.floor(p / px) - 1 + t, k + 1);
      });
    }
    if (anyLow || anyHigh) {
      for (let p = 0; p < low.length; p++) {
        const a = low[p];
        const b = high[p];
        if (a >= level === b >= level) continue;
        alongZ[p] = positions.push(
          (p % px) - 1,
          Math.floor(p / px) - 1,
          k + share((level - a) / (b - a)),
        );
      }
      const vertices = [xLow, xLow, xHigh, xHigh, yLow, yLow, yHigh, yHigh];
      for (let n = 0; n < 4; n++) vertices.push(alongZ);
      for (let j = 0; j <= ny; j++)
        for (let p = px * j, end = p + nx + 1; p < end; p++) {
          let inside = 0;
          if (low[p] >= level) inside |= 1;
          if (low[p + 1] >= level) inside |= 2;
          if (low[p + px] >= level) inside |= 4;
          if (low[p + px + 1] >= level) inside |= 8;
          if (high[p] >= level) inside |= 16;
          if (high[p + 1] >= level) inside |= 32;
          if (high[p + px] >= level) inside |= 64;
          if (high[p + px + 1] >= level) inside |= 128;
          if (inside === 0 || inside === 255) continue;
          const edges = cellTriangles[inside];
          for (let e = 0; e < edges.length; e += 3) {
            const a = edges[e];
            const b = edges[e + 1];
            const c = edges[e + 2];
            triangles.push(
              vertices[a][p + offsets[a]],
              vertices[b][p + offsets[b]],
              vertices[c][p + offsets[c]],
            );
          }
        }
    }
    slices.reverse();
    along.push(...along.splice(0, 2));
    anyLow = anyHigh;
  }
  return { positions: positions.array(), triangles: triangles.array() };
}

const share = (t: number): number => Math.min(1 - leastShare, Math.max(leastShare, t));

/** Tells of each edge of a slice along one axis that crosses the level: its first corner and where it does. */
function crossings(
  slice: Float32Array,
  step: number,
  level: number,
  tell: (p: number, t: number) => void,
): void {
  // The last corner of a row lies in the border, as does the first of the next.
  for (let p = 0, end = slice.length - step; p < end; p++) {
    const a = slice[p];
    const b = slice[p + step];
    if (a >= level !== b >= level) tell(p, share((level - a) / (b - a)));
  }
}

/** Triangles collected in a typed array that doubles when full. */
class GrowingTriangles {
  private data = new Uint32Array(3 << 15);
  private used = 0;

  push(a: number, b: number, c: number): void {
    if (this.used === this.data.length) {
      const larger = new Uint32Array(2 * this.used);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.used++] = a;
    this.data[this.used++] = b;
    this.data[this.used++] = c;
  }

  array(): Uint32Array {
    return this.data.slice(0, this.used);
  }
}

/** Points collected in a typed array that doubles when full. */
class GrowingFloats {
  private data = new Float32Array(3 << 14);
  private used = 0;

  /** Adds a point and returns its number. */
  push(x: number, y: number, z: number): number {
    if (this.used === this.data.length) {
      const larger = new Float32Array(2 * this.used);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.used] = x;
    this.data[this.used + 1] = y;
    this.data[this.used + 2] = z;
    this.used += 3;
    return this.used / 3 - 1;
  }

  array(): Float32Array {
    return this.data.slice(0, this.used);
  }
}

/** A field smoothed by `passes` of a 1-2-1 filter along each axis; the outermost voxels count as 0 beyond. */
export function smoothField(field: ScalarField, passes: number): ScalarField {
  const { size } = field.grid;
  const data = Float32Array.from(field.data);
  const plane = size[0] * size[1];
  for (let pass = 0; pass < passes; pass++) {
    smoothAlong(data, 1, size[0]);
    smoothAlong(data, size[0], plane);
    smoothAlong(data, plane, data.length);
  }
  return { grid: field.grid, data };
}

/**
 * 1-2-1 in place along one axis: each block of `extent` values is a stack of layers of `stride`
 * values, so that memory is read in order whatever the axis.
 */
function smoothAlong(data: Float32Array, stride: number, extent: number): void {
  const before = new Float32Array(stride);
  for (let base = 0; base < data.length; base += extent) {
    before.fill(0);
    const end = base + extent;
    for (let layer = base; layer < end; layer += stride) {
      const last = layer + stride >= end;
      for (let s = 0, p = layer; s < stride; s++, p++) {
        const own = data[p];
        data[p] = (before[s] + 2 * own + (last ? 0 : data[p + stride])) / 4;
        before[s] = own;
      }
    }
  }
}
