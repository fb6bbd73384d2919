import type { Grid } from '../space/grid.ts';
import type { Mesh } from './mesh.ts';

/** A scalar field with the grid on which it is known. */
export interface ScalarField {
  readonly grid: Grid;
  readonly data: ArrayLike<number>;
}

/**
 * Closed surface where a field crosses `level`, by naive surface nets (Gibson 1998): one vertex a
 * mixed cell, at the mean of the crossings on its edges, one quad a crossing edge. Outside the
 * grid the field counts as below the level, so the surface is always closed. Triangles are wound
 * counter-clockwise seen from the low side when the grid's axes are right-handed.
 *
 * @returns vertices as continuous voxel indices of the field's grid
 */
export function isosurface(field: ScalarField, level: number): Mesh {
  const { data } = field;
  const [nx, ny, nz] = field.grid.size;
  // Slices with a border of zeros, so that the surface closes and no corner needs a bounds check.
  const px = nx + 2;
  const slices = [0, 1].map(() => new Float32Array(px * (ny + 2)));
  const fillSlice = (target: Float32Array, k: number): boolean => {
    target.fill(0);
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
  const triangles: number[] = [];
  // Vertex numbers of the cells of two neighbouring layers.
  let below = new Int32Array(px * (ny + 1)).fill(-1);
  let here = new Int32Array(px * (ny + 1)).fill(-1);
  const corner = new Float64Array(8);
  let anyLow = fillSlice(slices[0], -1);
  for (let k = -1; k < nz; k++) {
    const [low, high] = slices;
    const anyHigh = fillSlice(high, k + 1);
    here.fill(-1);
    if (anyLow || anyHigh)
      for (let j = -1; j < ny; j++) {
        for (let i = -1, p = px * (j + 1); i < nx; i++, p++) {
          let signs = 0;
          if (low[p] >= level) signs |= 1;
          if (low[p + 1] >= level) signs |= 2;
          if (low[p + px] >= level) signs |= 4;
          if (low[p + px + 1] >= level) signs |= 8;
          if (high[p] >= level) signs |= 16;
          if (high[p + 1] >= level) signs |= 32;
          if (high[p + px] >= level) signs |= 64;
          if (high[p + px + 1] >= level) signs |= 128;
          if (signs === 0 || signs === 255) continue;
          for (let c = 0; c < 8; c++)
            corner[c] = (c < 4 ? low : high)[p + (c & 1) + (c & 2 ? px : 0)];
          let [x, y, z, n] = [0, 0, 0, 0];
          for (let e = 0; e < 24; e += 2) {
            const a = cellEdges[e];
            const b = cellEdges[e + 1];
            if (((signs >> a) & 1) === ((signs >> b) & 1)) continue;
            const t = (level - corner[a]) / (corner[b] - corner[a]);
            x += (a & 1) + t * ((b & 1) - (a & 1));
            y += ((a >> 1) & 1) + t * (((b >> 1) & 1) - ((a >> 1) & 1));
            z += (a >> 2) + t * ((b >> 2) - (a >> 2));
            n++;
          }
          const vertex = positions.push(i + x / n, j + y / n, k + z / n);
          here[p] = vertex;
          // The three edges that leave the cell's first corner; the quad joins the four cells around.
          const inside = signs & 1;
          if (inside !== ((signs >> 1) & 1))
            quad(triangles, vertex, here[p - px], below[p - px], below[p], inside === 1);
          if (inside !== ((signs >> 2) & 1))
            quad(triangles, vertex, below[p], below[p - 1], here[p - 1], inside === 1);
          if (inside !== ((signs >> 4) & 1))
            quad(triangles, vertex, here[p - 1], here[p - px - 1], here[p - px], inside === 1);
        }
      }
    [below, here] = [here, below];
    slices.reverse();
    anyLow = anyHigh;
  }
  return { positions: positions.array(), triangles: Uint32Array.from(triangles) };
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

/** Corner pairs of the 12 edges of a cell; corner bits are x, y, z. */
const cellEdges = [0, 1, 2, 3, 4, 5, 6, 7, 0, 2, 1, 3, 4, 6, 5, 7, 0, 4, 1, 5, 2, 6, 3, 7];

function quad(out: number[], a: number, b: number, c: number, d: number, outwardUp: boolean): void {
  if (outwardUp) out.push(a, b, c, a, c, d);
  else out.push(a, c, b, a, d, c);
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
