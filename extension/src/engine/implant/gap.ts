import type { Vec3 } from '../space/grid.ts';
import { indexToPatient } from '../space/grid.ts';
import { quantile } from '../space/quantile.ts';
import type { AxisFields } from './axisFields.ts';
import type { Body } from './body.ts';
import { clearanceAt } from './body.ts';
import type { ImplantParameters } from './parameters.ts';

/** The gap between bone and the implant's side wall where one looks at it from outside, mm. */
export interface Gap {
  readonly mean: number;
  readonly p95: number;
  readonly most: number;
  /** Shares of the border with a gap above 1 mm, and with no bone near. */
  readonly aboveOne: number;
  readonly open: number;
  /** 95th percentile of what the gap is wider than the clearance asked for there. */
  readonly excess95: number;
  /** Mean of each side: left, right, anterior, posterior, cranial, caudal. */
  readonly sides: Readonly<Record<string, number>>;
  /** Its widest place, patient LPS mm. */
  readonly place: Vec3;
}

/** Farther than this from bone the border is open, mm. */
const nearBone = 6;
/** The border is measured this deep under the outer surface, from the rounding on, mm. */
const leastDepth = 0.4;
const depthOfBorder = 0.75;

/**
 * Measures the gap at the voxels of the body's side wall just under its outer surface. The distance from bone at
 * the wall is that at the voxel less how deep the voxel lies in the body.
 */
export function measureGap(
  { grid, data }: Body,
  fields: AxisFields,
  parameters: ImplantParameters,
): Gap | null {
  const { bone, depth, caudal } = fields;
  const [nx, ny, nz] = grid.size;
  const plane = nx * ny;
  const { outerOffset } = parameters;
  const top = Math.max(parameters.edgeRadius, leastDepth) - outerOffset;
  const gaps: number[] = [];
  const excesses: number[] = [];
  const sides = new Map<string, [number, number]>();
  let open = 0;
  let most = -Infinity;
  let place: Vec3 = [0, 0, 0];
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++)
      for (let i = 1, p = i + nx * (j + ny * k); i < nx - 1; i++, p++) {
        const inside = data[p];
        if (inside < 0 || inside > grid.spacing[0]) continue;
        if (depth[p] < top || depth[p] > top + depthOfBorder) continue;
        // Nearer to the outer surface than to the wall it does not tell how far the wall is.
        if (inside > depth[p] + outerOffset - 0.05) continue;
        const wall = [
          data[p - 1] - data[p + 1],
          data[p - nx] - data[p + nx],
          data[p - plane] - data[p + plane],
        ];
        const sheet = [
          depth[p - 1] - depth[p + 1],
          depth[p - nx] - depth[p + nx],
          depth[p - plane] - depth[p + plane],
        ];
        // The side wall stands upright on the outer surface.
        const cosine =
          (wall[0] * sheet[0] + wall[1] * sheet[1] + wall[2] * sheet[2]) /
          (Math.hypot(...wall) * Math.hypot(...sheet) || 1);
        if (Math.abs(cosine) > 0.6) continue;
        if (bone[p] > nearBone) {
          open++;
          continue;
        }
        const gap = bone[p] - inside;
        gaps.push(gap);
        excesses.push(gap - clearanceAt(p, caudal, parameters));
        if (gap > most) [most, place] = [gap, indexToPatient(grid, [i, j, k])];
        const name = sideOf(wall, grid.axes);
        const sum = sides.get(name) ?? [0, 0];
        sides.set(name, [sum[0] + gap, sum[1] + 1]);
      }
  if (gaps.length === 0) return null;
  const sorted = Float64Array.from(gaps).sort();
  let above = 0;
  for (const gap of gaps) if (gap > 1) above++;
  return {
    mean: gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length,
    p95: quantile(sorted, 0.95),
    most,
    aboveOne: above / gaps.length,
    open: open / (gaps.length + open),
    excess95: quantile(Float64Array.from(excesses).sort(), 0.95),
    sides: Object.fromEntries([...sides].map(([name, [sum, n]]) => [name, sum / n])),
    place,
  };
}

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
