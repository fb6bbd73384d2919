import type { Vec3 } from '../space/grid.ts';
import type { Mask } from '../space/volume.ts';
import { invert, multiplyAffine, patientToIndexMatrix } from './affine.ts';
import type { Atlas, AtlasField } from './atlas.ts';
import { sampleField } from './atlas.ts';

const rayStep = 1;
/** Rays to the outer vault: from and to, mm from the centre; lowest surface point, canonical mm. */
const outerRange: readonly [number, number] = [150, 25];
const outerHeights: readonly [number, number] = [14, Infinity];
/** Rays to the skull base: from and to; heights of the surface points. */
const baseRange: readonly [number, number] = [15, 115];
const baseHeights: readonly [number, number] = [0, 40];

/** Points along every ray, canonical mm, in the order in which bone is looked for (training: `pose/rays.py`). */
export interface Rays {
  readonly field: AtlasField;
  readonly count: number;
  readonly steps: number;
  readonly points: Float64Array;
  /** The field at each point, mm. */
  readonly distance: Float64Array;
}

/** Rays from outside toward the centre, to the outer vault. */
export function outerRays(atlas: Atlas, count: number): Rays {
  return makeRays(atlas.outer, atlas.centre, count, outerRange, outerHeights);
}

/** Rays from the centre outward, to the inner surface of the skull base. */
export function baseRays(atlas: Atlas, count: number): Rays {
  return makeRays(atlas.inner, atlas.centre, count, baseRange, baseHeights);
}

/** Rays on a Fibonacci sphere, those whose crossing of the atlas surface lies between two heights. */
function makeRays(
  field: AtlasField,
  centre: Vec3,
  count: number,
  [from, to]: readonly [number, number],
  [lowest, highest]: readonly [number, number],
): Rays {
  const steps = Math.round(Math.abs(to - from) / rayStep) + 1;
  const inward = from > to;
  const points = new Float64Array(3 * count * steps);
  const distance = new Float64Array(count * steps);
  const golden = Math.PI * (3 - Math.sqrt(5));
  const sample = new Float64Array(4);
  let kept = 0;
  for (let r = 0; r < count; r++) {
    const z = 1 - (2 * (r + 0.5)) / count;
    const q = Math.sqrt(1 - z * z);
    const dx = q * Math.cos(golden * (r + 0.5));
    const dy = q * Math.sin(golden * (r + 0.5));
    let surface = -1;
    const first = kept * steps;
    for (let s = 0, p = first; s < steps; s++, p++) {
      const radius = from + (inward ? -s : s) * rayStep;
      const x = centre[0] + radius * dx;
      const y = centre[1] + radius * dy;
      const height = centre[2] + radius * z;
      sampleField(field, x, y, height, sample);
      points[3 * p] = x;
      points[3 * p + 1] = y;
      points[3 * p + 2] = height;
      distance[p] = sample[0];
      if (surface < 0 && (inward ? sample[0] <= 0 : sample[0] >= 0)) surface = s;
    }
    const height = points[3 * (first + Math.max(surface, 0)) + 2];
    // A ray that is not kept is written over.
    if (height > lowest && height < highest) kept++;
  }
  return {
    field,
    count: kept,
    steps,
    points: points.subarray(0, 3 * kept * steps),
    distance: distance.subarray(0, kept * steps),
  };
}

/** First bone along each ray, within `band` mm of the atlas surface: patient x, y, z. */
export function castRays(
  skull: Mask,
  rays: Rays,
  toCanonical: number[],
  band: number,
): Float64Array {
  const back = invert(toCanonical);
  const { grid, data } = skull;
  const [nx, ny, nz] = grid.size;
  const toIndex = patientToIndexMatrix(grid);
  const m = multiplyAffine(toIndex, back);
  const found: number[] = [];
  for (let r = 0; r < rays.count; r++) {
    for (let s = 0, p = r * rays.steps; s < rays.steps; s++, p++) {
      if (Math.abs(rays.distance[p]) > band) continue;
      const x = rays.points[3 * p];
      const y = rays.points[3 * p + 1];
      const z = rays.points[3 * p + 2];
      const i = Math.floor(m[0] * x + m[1] * y + m[2] * z + m[3] + 0.5);
      const j = Math.floor(m[4] * x + m[5] * y + m[6] * z + m[7] + 0.5);
      const k = Math.floor(m[8] * x + m[9] * y + m[10] * z + m[11] + 0.5);
      if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) continue;
      if (!data[i + nx * (j + ny * k)]) continue;
      found.push(
        back[0] * x + back[1] * y + back[2] * z + back[3],
        back[4] * x + back[5] * y + back[6] * z + back[7],
        back[8] * x + back[9] * y + back[10] * z + back[11],
      );
      break;
    }
  }
  return Float64Array.from(found);
}
