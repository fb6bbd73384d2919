import type { Grid } from './grid.ts';
import { indexToPatient } from './grid.ts';
import type { RigidTransform } from './transform.ts';
import { applyRigid } from './transform.ts';
import type { Mesh } from './types.ts';
import type { Mask } from './volume.ts';

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
  // Cells and corners are shifted by one: a border of zeros closes the surface.
  const [cx, cy] = [nx + 1, ny + 1];
  const value = (i: number, j: number, k: number): number =>
    i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz ? 0 : data[i + nx * (j + ny * k)];
  const positions: number[] = [];
  const triangles: number[] = [];
  // Vertex numbers of the cells of two neighbouring layers.
  let below = new Int32Array(cx * cy).fill(-1);
  let here = new Int32Array(cx * cy).fill(-1);
  const corner = new Float64Array(8);
  for (let k = -1; k < nz; k++) {
    here.fill(-1);
    for (let j = -1; j < ny; j++) {
      for (let i = -1; i < nx; i++) {
        let signs = 0;
        for (let c = 0; c < 8; c++) {
          const v = value(i + (c & 1), j + ((c >> 1) & 1), k + (c >> 2));
          corner[c] = v;
          if (v >= level) signs |= 1 << c;
        }
        if (signs === 0 || signs === 255) continue;
        let [x, y, z, n] = [0, 0, 0, 0];
        for (let e = 0; e < 12; e++) {
          const a = cellEdges[2 * e];
          const b = cellEdges[2 * e + 1];
          if (((signs >> a) & 1) === ((signs >> b) & 1)) continue;
          const t = (level - corner[a]) / (corner[b] - corner[a]);
          x += (a & 1) + t * ((b & 1) - (a & 1));
          y += ((a >> 1) & 1) + t * (((b >> 1) & 1) - ((a >> 1) & 1));
          z += (a >> 2) + t * ((b >> 2) - (a >> 2));
          n++;
        }
        const vertex = positions.length / 3;
        positions.push(i + x / n, j + y / n, k + z / n);
        const cell = i + 1 + cx * (j + 1);
        here[cell] = vertex;
        // The three edges that leave the cell's first corner; the quad joins the four cells around.
        const inside = signs & 1;
        if (inside !== ((signs >> 1) & 1))
          quad(triangles, vertex, here[cell - cx], below[cell - cx], below[cell], inside === 1);
        if (inside !== ((signs >> 2) & 1))
          quad(triangles, vertex, below[cell], below[cell - 1], here[cell - 1], inside === 1);
        if (inside !== ((signs >> 4) & 1))
          quad(
            triangles,
            vertex,
            here[cell - 1],
            here[cell - cx - 1],
            here[cell - cx],
            inside === 1,
          );
      }
    }
    [below, here] = [here, below];
  }
  return { positions: Float32Array.from(positions), triangles: Uint32Array.from(triangles) };
}

/** Corner pairs of the 12 edges of a cell; corner bits are x, y, z. */
const cellEdges = [0, 1, 2, 3, 4, 5, 6, 7, 0, 2, 1, 3, 4, 6, 5, 7, 0, 4, 1, 5, 2, 6, 3, 7];

function quad(out: number[], a: number, b: number, c: number, d: number, outwardUp: boolean): void {
  if (outwardUp) out.push(a, b, c, a, c, d);
  else out.push(a, c, b, a, d, c);
}

/**
 * Moves a mesh from voxel indices of a grid to mm, then through `transform`. Winding is kept
 * outward also on left-handed grids.
 */
export function placeMesh(mesh: Mesh, grid: Grid, transform?: RigidTransform): Mesh {
  const positions = new Float32Array(mesh.positions.length);
  for (let v = 0; v < positions.length; v += 3) {
    const p = indexToPatient(grid, [
      mesh.positions[v],
      mesh.positions[v + 1],
      mesh.positions[v + 2],
    ]);
    positions.set(transform ? applyRigid(transform, p) : p, v);
  }
  const [a, b, c] = grid.axes;
  const handedness =
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    a[1] * (b[0] * c[2] - b[2] * c[0]) +
    a[2] * (b[0] * c[1] - b[1] * c[0]);
  if (handedness > 0) return { positions, triangles: mesh.triangles };
  const triangles = mesh.triangles.slice();
  for (let t = 0; t < triangles.length; t += 3)
    [triangles[t + 1], triangles[t + 2]] = [triangles[t + 2], triangles[t + 1]];
  return { positions, triangles };
}

/** A field smoothed by `passes` of a 1-2-1 filter along each axis; the outermost voxels count as 0 beyond. */
export function smoothField(field: ScalarField, passes: number): ScalarField {
  const { size } = field.grid;
  const data = Float32Array.from(field.data);
  const strides = [1, size[0], size[0] * size[1]];
  const line = new Float32Array(Math.max(...size));
  for (let pass = 0; pass < passes; pass++)
    for (let axis = 0; axis < 3; axis++) {
      const [u, v] = [0, 1, 2].filter((a) => a !== axis);
      const n = size[axis];
      for (let b = 0; b < size[v]; b++)
        for (let a = 0; a < size[u]; a++) {
          const first = a * strides[u] + b * strides[v];
          const stride = strides[axis];
          let any = false;
          for (let i = 0, p = first; i < n; i++, p += stride) {
            line[i] = data[p];
            if (line[i] !== 0) any = true;
          }
          if (!any) continue;
          for (let i = 0, p = first; i < n; i++, p += stride)
            data[p] = ((i > 0 ? line[i - 1] : 0) + 2 * line[i] + (i < n - 1 ? line[i + 1] : 0)) / 4;
        }
    }
  return { grid: field.grid, data };
}

/**
 * Display surface of a whole mask in patient mm, at no finer than about `spacing` mm so that a
 * thin-slice skull stays light enough for the viewer.
 */
export function maskSurface(mask: Mask, spacing = 1.4): Mesh {
  const factors = mask.grid.spacing.map((s) => Math.max(1, Math.floor(spacing / s + 0.25)));
  const [fx, fy, fz] = factors;
  const size = mask.grid.size.map((n, a) => Math.ceil(n / factors[a])) as [number, number, number];
  const [nx, ny, nz] = mask.grid.size;
  const data = new Float32Array(size[0] * size[1] * size[2]);
  const share = 1 / (fx * fy * fz);
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      const target = size[0] * (Math.floor(j / fy) + size[1] * Math.floor(k / fz));
      for (let i = 0; i < nx; i++)
        if (mask.data[row + i]) data[target + Math.floor(i / fx)] += share;
    }
  const grid: Grid = {
    size,
    spacing: [0, 1, 2].map((a) => mask.grid.spacing[a] * factors[a]) as [number, number, number],
    origin: indexToPatient(mask.grid, [(fx - 1) / 2, (fy - 1) / 2, (fz - 1) / 2]),
    axes: mask.grid.axes,
  };
  return placeMesh(isosurface(smoothField({ grid, data }, 1), 0.4), grid);
}
