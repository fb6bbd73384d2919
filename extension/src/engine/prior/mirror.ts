import { Matrix, solve } from 'ml-matrix';
import type { OpenDirections } from '../bone/closure.ts';
import { boneLookup, directionCell, openDirections } from '../bone/closure.ts';
import type { Atlas } from '../pose/atlas.ts';
import type { RegionField } from '../space/canonical.ts';
import { regionGrid, shapeThreshold } from '../space/canonical.ts';
import { eraseComponents, labelComponents } from '../space/components.ts';
import type { Box } from '../space/crop.ts';
import { boundingBox, cropData } from '../space/crop.ts';
import { CranioplastyError } from '../space/errors.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import type { PlacedSkull } from '../space/resample.ts';
import { blockMean } from '../space/resample.ts';
import { signedDistance } from '../space/signedDistance.ts';
import type { Mask } from '../space/volume.ts';
import { atLeast } from '../space/voxels.ts';
import { continuedDistance, fittedMeanSkull, fittedMirrorSkull, occupancyOf } from './bentShape.ts';
import type { Continuation } from './continuation.ts';
import { priorWeight } from './shapePrior.ts';
import { why } from '../words/errorSentences.ts';

/** Bone below this height does not take part, canonical mm. */
const fromHeight = 12;
/** The lowest directions in which a defect is looked for, cosine of the polar angle. */
const lowest = -0.35;
/** Cells of the direction map by which a defect is widened, so that the patch reaches its border. */
const widening = 2;
/** A largest opening smaller than this is no defect, and neither is another one smaller than that; shares of the sphere. */
const leastOpening = 5e-4;
const leastOther = 1.25e-3;
/** Between these distances from the centre lies the vault, mm. */
const boneReach = [35, 125];
const tukeyWidths = [8, 6, 4, 3];
const stepsPerWidth = 4;

/** The mid-sagittal plane of one skull, as the small motion that its mirror image needs. */
interface Symmetry {
  /** Rotation about y and z, rad. */
  readonly ry: number;
  readonly rz: number;
  /** Shift along x, mm. */
  readonly tx: number;
}

/**
 * The classical baseline: the skull mirrored at its own mid-sagittal plane, less the skull, where
 * the skull is open as seen from inside, at every opening. It knows nothing about bilateral defects. Serves
 * as comparison and as fallback when no network can run.
 *
 * @param skull defective skull on the canonical grid
 * @param centre a point inside the cranial cavity, canonical mm
 * @returns patch as a 0-or-1 field on its bounding region
 * @throws CranioplastyError `no-defect` when the vault is closed or its mirror image is open too
 */
export function mirrorPatch(skull: Mask, centre: Vec3): RegionField {
  const { grid } = skull;
  const [nx, ny, nz] = grid.size;
  const h = grid.spacing[0];
  const map = openDirections(boneLookup(skull), centre, h, 180);
  const openings = findOpenings(map);
  if (!openings) throw noDifference();
  const candidate = subtractFromMirrored(skull, findSymmetry(skull));
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (!candidate[p]) continue;
        const cell = directionCell(
          map,
          (i + 0.5) * h - centre[0],
          (j + 0.5) * h - centre[1],
          (k + 0.5) * h - centre[2],
        );
        candidate[p] = openings[cell];
      }
  keepLargestOfEach(candidate, grid);
  const patch = atLeast(candidate, 1);
  const box = boundingBox([patch], grid.size);
  if (!box) throw noDifference();
  const crop = cropData(patch, grid.size, box);
  return {
    grid: regionGrid(grid, { start: box.low, size: crop.size }),
    data: Float32Array.from(crop.data),
  };
}

/**
 * What the networks are given and no network, less the skull, where the skull is open as seen from inside: the
 * shape prior where there is one and it knows the shape; elsewhere the bent mirror image, and the bent mean
 * skull where that is open too. Tells what the networks add.
 *
 * @param skull defective skull on the canonical grid
 * @param placed the same skull
 * @returns its occupancy on its region
 * @throws CranioplastyError `no-defect` when the vault is closed
 */
export function continuationPatch(
  skull: Mask,
  placed: PlacedSkull,
  continuation: Continuation,
  atlas: Atlas,
): RegionField {
  const { grid } = skull;
  const { centre } = atlas;
  const map = openDirections(boneLookup(skull), centre, grid.spacing[0], 180);
  const openings = findOpenings(map);
  if (!openings) throw noDifference();
  const box = reachOf(map, openings, centre, grid);
  const size: Vec3 = [0, 1, 2].map((a) => box.high[a] - box.low[a]) as [number, number, number];
  const part = regionGrid(grid, { start: box.low, size });
  const mirrored = new Float32Array(size[0] * size[1] * size[2]);
  const mean = new Float32Array(mirrored.length);
  fittedMirrorSkull(placed, continuation, grid, part, mirrored);
  const { shape } = continuation;
  if (shape) {
    continuedDistance(atlas, continuation, part, mean);
    occupancyOf(mean, grid.spacing[0], mean);
  } else fittedMeanSkull(atlas, continuation, part, mean);
  const bone = cropData(skull.data, grid.size, box).data;
  const probability = new Float32Array(mirrored.length);
  const opening = new Uint8Array(mirrored.length);
  const half = map.columns / 2;
  for (let k = 0, p = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++, p++) {
        if (bone[p] || (mirrored[p] === 0 && mean[p] === 0)) continue;
        const [x, y, z] = [i, j, k].map((v, a) => part.origin[a] + v * part.spacing[a] - centre[a]);
        const cell = directionCell(map, x, y, z);
        if (!openings[cell]) continue;
        opening[p] = openings[cell];
        if (shape && priorWeight(shape, x, y, z) >= 0.5) {
          probability[p] = mean[p];
          continue;
        }
        const column = cell % map.columns;
        const opposite = cell - column + ((half - 1 - column + map.columns) % map.columns);
        probability[p] = openings[opposite] ? mean[p] : mirrored[p];
      }
  const patch = atLeast(probability, shapeThreshold);
  for (let p = 0; p < patch.length; p++) if (!patch[p]) opening[p] = 0;
  if (!keepLargestOfEach(opening, part)) throw noDifference();
  for (let p = 0; p < patch.length; p++) if (patch[p] && !opening[p]) probability[p] = 0;
  return { grid: part, data: probability };
}

/** Box of the voxels that lie in some directions from the centre, between cavity and air. */
function reachOf(map: OpenDirections, chosen: Uint8Array, centre: Vec3, grid: Grid): Box {
  const low = [...grid.size];
  const high = [0, 0, 0];
  for (let cell = 0; cell < chosen.length; cell++) {
    if (!chosen[cell]) continue;
    const polar = ((Math.floor(cell / map.columns) + 0.5) / map.rows) * Math.PI;
    const azimuth = (((cell % map.columns) + 0.5) / map.columns) * 2 * Math.PI;
    const direction = [
      Math.sin(polar) * Math.cos(azimuth),
      Math.sin(polar) * Math.sin(azimuth),
      Math.cos(polar),
    ];
    for (const r of boneReach)
      for (let a = 0; a < 3; a++) {
        const index = (centre[a] + r * direction[a]) / grid.spacing[a];
        low[a] = Math.max(0, Math.min(low[a], Math.floor(index) - 3));
        high[a] = Math.min(grid.size[a], Math.max(high[a], Math.ceil(index) + 3));
      }
  }
  return { low: low as [number, number, number], high: high as [number, number, number] };
}

/**
 * Keeps the largest connected piece of each opening, so that no sliver beside it is one of the patch.
 *
 * @param data numbers of the openings, 0 for none; changed in place
 * @returns whether anything is left
 */
function keepLargestOfEach(data: Uint8Array, { size }: Grid): boolean {
  const components = labelComponents(atLeast(data, 1), size);
  const { label, start, sizes } = components;
  // Largest first: the first one of an opening is its largest.
  const openingOf = new Uint8Array(sizes.length);
  for (let r = 0; r < start.length; r++) openingOf[label[r]] ||= data[start[r]];
  const seen = new Set<number>();
  const kept = Array.from(openingOf, (opening) => seen.size !== seen.add(opening).size);
  eraseComponents(data, components, (piece) => !kept[piece]);
  return sizes.length > 0;
}

/**
 * The connected openings of the vault as a map of their numbers from 1, largest first, each widened; null if
 * there is none that is a defect.
 */
function findOpenings({ rows, columns, open }: OpenDirections): Uint8Array | null {
  const seen = new Uint8Array(open.length);
  const found: { readonly cells: readonly number[]; readonly area: number }[] = [];
  const weight = (r: number): number => Math.sin(((r + 0.5) / rows) * Math.PI);
  const last = Math.floor((Math.acos(lowest) / Math.PI) * rows);
  for (let start = 0; start < last * columns; start++) {
    if (!open[start] || seen[start]) continue;
    const cells = [start];
    seen[start] = 1;
    let area = 0;
    for (let n = 0; n < cells.length; n++) {
      const r = Math.floor(cells[n] / columns);
      const c = cells[n] % columns;
      area += weight(r);
      for (const [dr, dc] of [
        [-1, 0],
        [1, 0],
        [0, -1],
        [0, 1],
      ]) {
        const row = r + dr;
        if (row < 0 || row >= last) continue;
        const next = row * columns + ((c + dc + columns) % columns);
        if (!open[next] || seen[next]) continue;
        seen[next] = 1;
        cells.push(next);
      }
    }
    found.push({ cells, area: area / (rows * columns * (2 / Math.PI)) });
  }
  const defects = found
    .sort((a, b) => b.area - a.area)
    .filter(({ area }, rank) => area >= (rank === 0 ? leastOpening : leastOther))
    .slice(0, 255);
  if (defects.length === 0) return null;
  const out = new Uint8Array(open.length);
  // The larger one last: where two meet once widened, it has the cells.
  defects.reverse().forEach(({ cells }, rank) => {
    for (const cell of cells) {
      const r = Math.floor(cell / columns);
      const c = cell % columns;
      // Columns crowd together near the pole.
      const around = Math.min(columns / 2, Math.ceil(widening / Math.max(weight(r), 0.02)));
      for (let dr = -widening; dr <= widening; dr++)
        for (let dc = -around; dc <= around; dc++) {
          const row = r + dr;
          if (row >= 0 && row < rows)
            out[row * columns + ((c + dc + columns) % columns)] = defects.length - rank;
        }
    }
  });
  return out;
}

function noDifference(): CranioplastyError {
  return new CranioplastyError('no-defect', why('error.no-difference'));
}

/**
 * Fits the mirrored skull to the skull: robust Gauss-Newton on the signed distance, over the two
 * rotations and the shift that move the mid-sagittal plane. Bone across from the defect has no
 * partner within reach and falls out. Half the resolution is enough for a plane.
 */
function findSymmetry(fullSkull: Mask): Symmetry {
  const low = blockMean(fullSkull, 2);
  const skull: Mask = {
    grid: low.grid,
    data: atLeast(low.data, 0.5),
  };
  const { grid } = skull;
  const field = signedDistance(skull, 10, 0);
  const unit = field.band / 127;
  const [nx, ny, nz] = grid.size;
  const h = grid.spacing[0];
  const centre = (nx * h) / 2;
  const points: number[] = [];
  const plane = nx * ny;
  const every = 7;
  let seen = 0;
  for (let k = Math.ceil(fromHeight / h); k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++)
      for (let i = 1; i < nx - 1; i++) {
        const p = i + nx * j + plane * k;
        const { data } = skull;
        if (!data[p]) continue;
        const inner =
          data[p - 1] &&
          data[p + 1] &&
          data[p - nx] &&
          data[p + nx] &&
          data[p - plane] &&
          data[p + plane];
        if (inner || seen++ % every) continue;
        points.push(nx - 1 - i, j, k);
      }
  let [ry, rz, tx] = [0, 0, 0];
  const at = (x: number, y: number, z: number): number =>
    interpolate(field.data, grid.size, x, y, z) * unit;
  for (const width of tukeyWidths)
    for (let step = 0; step < stepsPerWidth; step++) {
      const normal = Matrix.zeros(3, 3);
      const right = [0, 0, 0];
      const [cy, sy, cz, sz] = [Math.cos(ry), Math.sin(ry), Math.cos(rz), Math.sin(rz)];
      for (let n = 0; n < points.length; n += 3) {
        const [x, y, z] = [
          (points[n] + 0.5) * h - centre,
          (points[n + 1] + 0.5) * h - centre,
          (points[n + 2] + 0.5) * h,
        ];
        // First about y, then about z, then the shift.
        const x1 = cy * x + sy * z;
        const z1 = -sy * x + cy * z;
        const x2 = cz * x1 - sz * y + tx;
        const y2 = sz * x1 + cz * y;
        const [u, v, w] = [(x2 + centre) / h - 0.5, (y2 + centre) / h - 0.5, z1 / h - 0.5];
        const d = at(u, v, w);
        if (Math.abs(d) >= width) continue;
        const g = [
          (at(u + 1, v, w) - at(u - 1, v, w)) / (2 * h),
          (at(u, v + 1, w) - at(u, v - 1, w)) / (2 * h),
          (at(u, v, w + 1) - at(u, v, w - 1)) / (2 * h),
        ];
        const row = [g[0] * z1 - g[2] * x1, g[1] * (x2 - tx) - g[0] * y2, g[0]];
        const weight = (1 - (d / width) ** 2) ** 2;
        for (let a = 0; a < 3; a++) {
          right[a] -= weight * row[a] * d;
          for (let b = 0; b < 3; b++) normal.set(a, b, normal.get(a, b) + weight * row[a] * row[b]);
        }
      }
      for (let a = 0; a < 3; a++) normal.set(a, a, normal.get(a, a) * 1.0001 + 1e-9);
      const [dry, drz, dtx] = solve(normal, Matrix.columnVector(right)).to1DArray();
      ry += Math.max(-0.05, Math.min(0.05, dry));
      rz += Math.max(-0.05, Math.min(0.05, drz));
      tx += Math.max(-4, Math.min(4, dtx));
    }
  return { ry, rz, tx };
}

/** Voxels of the mirrored skull where the skull has none. */
function subtractFromMirrored(skull: Mask, symmetry: Symmetry): Uint8Array {
  const { grid, data } = skull;
  const [nx, ny, nz] = grid.size;
  const h = grid.spacing[0];
  const centre = (nx * h) / 2;
  const { ry, rz, tx } = symmetry;
  const [cy, sy, cz, sz] = [Math.cos(ry), Math.sin(ry), Math.cos(rz), Math.sin(rz)];
  const out = new Uint8Array(data.length);
  for (let k = Math.ceil(fromHeight / h); k < nz; k++)
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      for (let i = 0; i < nx; i++) {
        if (data[row + i]) continue;
        // Back through the motion, then mirrored.
        const x2 = (i + 0.5) * h - centre - tx;
        const y2 = (j + 0.5) * h - centre;
        const z2 = (k + 0.5) * h;
        const x1 = cz * x2 + sz * y2;
        const y = -sz * x2 + cz * y2;
        const x = cy * x1 - sy * z2;
        const z = sy * x1 + cy * z2;
        const mi = nx - 1 - Math.floor((x + centre) / h);
        const mj = Math.floor((y + centre) / h);
        const mk = Math.floor(z / h);
        if (mi < 0 || mj < 0 || mk < 0 || mi >= nx || mj >= ny || mk >= nz) continue;
        if (data[mi + nx * (mj + ny * mk)]) out[row + i] = 1;
      }
    }
  return out;
}
