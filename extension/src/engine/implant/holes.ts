import { distanceTransform } from '../space/distance.ts';
import type { Vec3 } from '../space/grid.ts';
import { indexToPatient } from '../space/grid.ts';
import { atLeast } from '../space/voxels.ts';
import type { AxisFields } from './axisFields.ts';
import { unit } from './axisFields.ts';
import type { Body } from './body.ts';
import type { ImplantParameters } from './parameters.ts';
import type { Drill } from './solidKernel.ts';

/** The holes of an implant and what they leave of it. */
export interface HolePattern {
  readonly drills: readonly Drill[];
  /** Least wall between two holes, or a hole and the edge, mm; Infinity without holes. */
  readonly leastWall: number;
}

/** How far a hole reaches beyond the outer surface and below it, mm. */
const throughAll = 15;

/** The body seen along the insertion axis: for each column its top, and how far it is from the edge. */
interface Footprint {
  /** Layer of the outer surface. */
  readonly top: Float32Array;
  /** mm, across the axis: along a curved surface it is more. */
  readonly edge: Float32Array;
}

/** Places perfusion holes in a regular pattern and suture holes along the edge, each along the normal. */
export function placeHoles(
  body: Body,
  fields: AxisFields,
  parameters: ImplantParameters,
): HolePattern {
  const { perfusionHoles, sutureHoles } = parameters;
  if (!perfusionHoles && sutureHoles === 0) return { drills: [], leastWall: Infinity };
  const footprint = footprintOf(body, fields);
  const sutures = sutureHoles > 0 ? alongEdge(footprint, body, parameters) : [];
  const between = (parameters.perfusionDiameter + parameters.sutureDiameter) / 2;
  const pores = (perfusionHoles ? inPattern(footprint, body, parameters) : []).filter(([x, y]) =>
    sutures.every(
      ([u, v]) => Math.hypot(x - u, y - v) * body.grid.spacing[0] >= between + parameters.leastWall,
    ),
  );
  const drill = (radius: number) => (at: readonly [number, number]) =>
    drillAt(at, radius, footprint, fields);
  return {
    drills: [
      ...sutures.map(drill(parameters.sutureDiameter / 2)),
      ...pores.map(drill(parameters.perfusionDiameter / 2)),
    ],
    leastWall: wallLeft(sutures, pores, footprint, body, parameters),
  };
}

function footprintOf({ grid, data }: Body, { depth }: AxisFields): Footprint {
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const top = new Float32Array(plane).fill(-1);
  for (let k = nz - 1; k >= 0; k--)
    for (let c = 0, p = plane * k; c < plane; c++, p++)
      // A column that begins in the side wall lies under the edge.
      if (top[c] < 0 && data[p] >= 0) top[c] = depth[p] < 2 ? k : -2;
  const outside = new Uint8Array(plane);
  for (let c = 0; c < plane; c++) if (top[c] < 0) outside[c] = 1;
  const [h] = grid.spacing;
  return { top, edge: distanceTransform(outside, [nx, ny, 1], [h, h, h]) };
}

type Column = readonly [number, number];

/** A hexagonal pattern about the middle. */
function inPattern(
  { top, edge }: Footprint,
  { grid }: Body,
  { perfusionPitch, perfusionEdge }: ImplantParameters,
): Column[] {
  const [nx, ny] = grid.size;
  const pitch = perfusionPitch / grid.spacing[0];
  const rise = (pitch * Math.sqrt(3)) / 2;
  const found: Column[] = [];
  const rows = Math.ceil(ny / rise / 2);
  const columns = Math.ceil(nx / pitch / 2) + 1;
  for (let r = -rows; r <= rows; r++)
    for (let c = -columns; c <= columns; c++) {
      const x = nx / 2 + pitch * (c + (r % 2 === 0 ? 0 : 0.5));
      const y = ny / 2 + rise * r;
      const [i, j] = [Math.round(x), Math.round(y)];
      if (i < 0 || j < 0 || i >= nx || j >= ny) continue;
      if (top[i + nx * j] >= 0 && edge[i + nx * j] >= perfusionEdge) found.push([x, y]);
    }
  return found;
}

/** Evenly along the line that keeps its distance from the edge. */
function alongEdge(
  { edge }: Footprint,
  { grid }: Body,
  { sutureHoles, sutureEdge }: ImplantParameters,
): Column[] {
  const [nx, ny] = grid.size;
  const line = outline(atLeast(edge, sutureEdge), nx, ny);
  if (line.length === 0) return [];
  const lengths = [0];
  for (let n = 1; n <= line.length; n++) {
    const [a, b] = [line[n - 1], line[n % line.length]];
    lengths.push(lengths[n - 1] + Math.hypot(a[0] - b[0], a[1] - b[1]));
  }
  const total = lengths[line.length];
  const found: Column[] = [];
  for (let n = 0, at = 0; n < sutureHoles; n++) {
    const wanted = (total * n) / sutureHoles;
    while (lengths[at + 1] < wanted) at++;
    found.push(line[at % line.length]);
  }
  return found;
}

/** Cells along the rim of the largest part of a plane figure, in order around it (Moore's tracing). */
function outline(inside: Uint8Array, nx: number, ny: number): Column[] {
  const around: readonly Column[] = [
    [1, 0],
    [1, 1],
    [0, 1],
    [-1, 1],
    [-1, 0],
    [-1, -1],
    [0, -1],
    [1, -1],
  ];
  const is = (i: number, j: number) => i >= 0 && j >= 0 && i < nx && j < ny && inside[i + nx * j];
  const seen = new Uint8Array(inside.length);
  let longest: Column[] = [];
  for (let p = 0; p < inside.length; p++) {
    const [x, y] = [p % nx, Math.floor(p / nx)];
    // A first cell of a rim has nothing to its left.
    if (!inside[p] || seen[p] || is(x - 1, y)) continue;
    const line: Column[] = [];
    let [i, j, from] = [x, y, 4];
    do {
      line.push([i, j]);
      seen[i + nx * j] = 1;
      let turn = 1;
      while (turn <= 8 && !is(i + around[(from + turn) % 8][0], j + around[(from + turn) % 8][1]))
        turn++;
      if (turn > 8) break;
      const step = (from + turn) % 8;
      i += around[step][0];
      j += around[step][1];
      // Back towards where it came from, one on: the last cell outside that was passed.
      from = (step + 5) % 8;
    } while ((i !== x || j !== y) && line.length < 4 * inside.length);
    if (line.length > longest.length) longest = line;
  }
  return longest;
}

function drillAt([x, y]: Column, radius: number, { top }: Footprint, fields: AxisFields): Drill {
  const { grid, depth } = fields;
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const [i, j] = [Math.round(x), Math.round(y)];
  const k = Math.min(nz - 4, Math.max(3, Math.round(top[i + nx * j])));
  // The normal over some millimetres, so that one bump does not tilt a hole.
  const normal = [0, 0, 0];
  for (let c = 0; c < 27; c++) {
    const p =
      Math.min(nx - 4, Math.max(3, i + 2 * ((c % 3) - 1))) +
      nx * Math.min(ny - 4, Math.max(3, j + 2 * ((Math.floor(c / 3) % 3) - 1))) +
      plane * (k - Math.floor(c / 9));
    normal[0] -= depth[p + 1] - depth[p - 1];
    normal[1] -= depth[p + nx] - depth[p - nx];
    normal[2] -= depth[p + plane] - depth[p - plane];
  }
  const n = unit(normal as unknown as Vec3);
  const direction = [0, 1, 2].map((c) =>
    grid.axes.reduce((sum, axis, a) => sum + n[a] * axis[c], 0),
  ) as unknown as Vec3;
  return { middle: indexToPatient(grid, [x, y, k]), direction, radius, reach: throughAll };
}

function wallLeft(
  sutures: readonly Column[],
  pores: readonly Column[],
  { edge }: Footprint,
  { grid }: Body,
  { sutureDiameter, perfusionDiameter }: ImplantParameters,
): number {
  const [h] = grid.spacing;
  const all = [
    ...sutures.map((at) => ({ at, radius: sutureDiameter / 2 })),
    ...pores.map((at) => ({ at, radius: perfusionDiameter / 2 })),
  ];
  let least = Infinity;
  for (const [n, { at, radius }] of all.entries()) {
    least = Math.min(least, edge[Math.round(at[0]) + grid.size[0] * Math.round(at[1])] - radius);
    for (const other of all.slice(0, n))
      least = Math.min(
        least,
        h * Math.hypot(at[0] - other.at[0], at[1] - other.at[1]) - radius - other.radius,
      );
  }
  return least;
}
