import type { Vec3 } from '../space/grid.ts';
import { indexToPatient } from '../space/grid.ts';
import { quantile } from '../space/quantile.ts';
import type { AxisFields } from './axisFields.ts';
import type { Body } from './body.ts';
import { clearanceAt } from './body.ts';
import type { ImplantParameters } from './parameters.ts';

/** The gap between the implant's side wall and bone, over the whole height of the wall, mm. */
export interface Gap {
  readonly mean: number;
  readonly p95: number;
  readonly most: number;
  /** 95th percentile of it where one looks at it from outside: next to the outer surface. */
  readonly rim95: number;
  /** Shares of the wall with a gap above 1 mm, and with no bone near. */
  readonly aboveOne: number;
  readonly open: number;
  /** 95th percentile of what the gap is wider than the clearance asked for there, less what insertion asks for. */
  readonly excess95: number;
  /** What the way in along the axis adds: the share of the wall where it does, and how much at most. */
  readonly insertion: { readonly share: number; readonly most: number };
  /** Mean of each side: left, right, anterior, posterior, cranial, caudal. */
  readonly sides: Readonly<Record<string, number>>;
  /** Its widest place, patient LPS mm. */
  readonly place: Vec3;
}

/** Farther than this from bone the border is open, mm. */
const nearBone = 6;
/** Cosine of the widest angle between the normal of the wall and the way to the bone that it faces. */
const facing = 0.5;
/** Cosine of the least angle between the normal of such a wall and the axis. */
const steep = 0.35;
/** The wall lies this far beyond the rounding of its edges, mm. */
const beyondRounding = 0.1;
/** Edges are at least as round as the grid makes them, mm. */
const leastRounding = 0.5;
/** The rim is the wall down to this far below the rounding, mm. */
const heightOfRim = 1;
/** Less than this is no work of the insertion axis, mm. */
const noticed = 0.1;

/**
 * Measures the gap at the voxels of the body's side wall: those at its surface that lie deeper than the rounding of the edges under
 * both its outer and its inner surface. The distance from bone at the wall is that at the voxel less how deep the
 * voxel lies in the body.
 */
export function measureGap(
  body: Body,
  fields: AxisFields,
  parameters: ImplantParameters,
): Gap | null {
  const { grid, data, held } = body;
  const { depth, caudal } = fields;
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const [h] = grid.spacing;
  const edge = edgeOf(parameters);
  const gaps: number[] = [];
  const rim: number[] = [];
  const excesses: number[] = [];
  const sides = new Map<string, [number, number]>();
  let [open, blocked, mostBlocked] = [0, 0, 0];
  let most = -Infinity;
  let place: Vec3 = [0, 0, 0];
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++)
      for (let i = 1, p = i + nx * (j + ny * k); i < nx - 1; i++, p++) {
        const inside = data[p];
        if (inside < 0 || inside > h) continue;
        const gap = gapAt(body, fields, parameters, p);
        if (gap === openBorder) {
          open++;
          continue;
        }
        if (Number.isNaN(gap)) continue;
        gaps.push(gap);
        if (depth[p] + parameters.outerOffset < edge + heightOfRim) rim.push(gap);
        // The wall lies where the room is used up: by so much it would be nearer if it could be.
        const moved = held[p] > noticed ? held[p] : 0;
        if (moved > noticed) blocked++;
        if (moved > mostBlocked) mostBlocked = moved;
        excesses.push(gap - clearanceAt(p, caudal, parameters) - moved);
        if (gap > most) [most, place] = [gap, indexToPatient(grid, [i, j, k])];
        const name = sideOf(slopeOf(data, p, nx, plane), grid.axes);
        const sum = sides.get(name) ?? [0, 0];
        sides.set(name, [sum[0] + gap, sum[1] + 1]);
      }
  if (gaps.length === 0) return null;
  let above = 0;
  for (const gap of gaps) if (gap > 1) above++;
  return {
    mean: gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length,
    p95: p95(gaps),
    most,
    rim95: p95(rim),
    aboveOne: above / gaps.length,
    open: open / (gaps.length + open),
    excess95: p95(excesses),
    insertion: { share: blocked / gaps.length, most: mostBlocked },
    sides: Object.fromEntries([...sides].map(([name, [sum, n]]) => [name, sum / n])),
    place,
  };
}

/** Said by `gapAt` where no bone is near. */
export const openBorder = Infinity;

/** The rounding of the edges reaches this far down from both faces, mm. */
const edgeOf = ({ edgeRadius }: ImplantParameters): number =>
  Math.max(edgeRadius, leastRounding) + beyondRounding;

/**
 * The gap at a voxel that lies next to the surface of the body, mm: NaN where that surface is no side wall,
 * `openBorder` where it is one and faces no bone.
 */
export function gapAt(
  { grid, data, faces }: Body,
  { bone, depth }: AxisFields,
  parameters: ImplantParameters,
  p: number,
): number {
  const [nx, ny] = grid.size;
  const plane = nx * ny;
  const edge = edgeOf(parameters);
  const below = depth[p] + parameters.outerOffset;
  // An outer surface that runs along the axis may be where the patch ends: a wall if bone lies before it.
  if (faces[p] < edge && (faces[p] < below || below > edge)) return NaN;
  const [wx, wy, wz] = slopeOf(data, p, nx, plane);
  const size = Math.hypot(wx, wy, wz) || 1;
  if (faces[p] < edge && Math.abs(wz) / size > steep) return NaN;
  const [bx, by, bz] = slopeOf(bone, p, nx, plane);
  const cosine = (wx * bx + wy * by + wz * bz) / (size * (Math.hypot(bx, by, bz) || 1));
  if (bone[p] > nearBone || cosine < facing) return faces[p] >= edge ? openBorder : NaN;
  return bone[p] - data[p];
}

/** The direction in which a field falls at a voxel, along the axes of its grid; of any length. */
function slopeOf(field: Float32Array, p: number, nx: number, plane: number): Vec3 {
  return [
    field[p - 1] - field[p + 1],
    field[p - nx] - field[p + nx],
    field[p - plane] - field[p + plane],
  ];
}

const p95 = (values: readonly number[]): number => quantile(Float64Array.from(values).sort(), 0.95);
const names = [
  ['right', 'left'],
  ['anterior', 'posterior'],
  ['caudal', 'cranial'],
] as const;

/** The side of the patient that a direction, given along a grid's axes, points to most. */
function sideOf(direction: readonly number[], axes: readonly Vec3[]): string {
  const patient = [0, 1, 2].map((c) =>
    axes.reduce((sum, axis, a) => sum + direction[a] * axis[c], 0),
  );
  const most = patient.reduce((a, v, c) => (Math.abs(v) > Math.abs(patient[a]) ? c : a), 0);
  return names[most][patient[most] > 0 ? 1 : 0];
}
