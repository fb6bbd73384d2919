import type { Atlas } from '../pose/atlas.ts';
import { mirroredPosition } from '../prior/bentShape.ts';
import { fitContinuation } from '../prior/continuation.ts';
import { distanceOnLattice } from '../prior/lattice.ts';
import { wallThickness, type WallThickness } from '../shape/thickness.ts';
import {
  boundingBox,
  boxGrid,
  cropData,
  cropToContent,
  growBox,
  skullMargin,
} from '../space/crop.ts';
import { distanceTransform } from '../space/distance.ts';
import { CranioplastyError } from '../space/errors.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { indexToPatient, patientToIndex } from '../space/grid.ts';
import { interpolate } from '../space/interpolate.ts';
import { quantile } from '../space/quantile.ts';
import { signedDistance, surfaceDistance } from '../space/signedDistance.ts';
import type { RigidTransform } from '../space/transform.ts';
import { applyRigid, invertRigid } from '../space/transform.ts';
import type { Mask } from '../space/volume.ts';
import { anySet, atLeast, difference, minus, union, within } from '../space/voxels.ts';
import type { Mesh } from '../surface/mesh.ts';
import { vertexNormals } from '../surface/mesh.ts';
import { skullSurface } from '../surface/skullSurface.ts';
import { blurShape, gaussianCurvature } from './curvature.ts';
import { assertSameGrid, comparePatches, type PatchMetrics } from './metrics.ts';
import { type WorstSpot, worstSpots } from './worstSpots.ts';
import { why } from '../words/errorSentences.ts';

/** What a patch is judged by. */
export interface FitErrorRequest {
  /** Defective skull on its native grid. */
  readonly skull: Mask;
  readonly patch: Mask;
  readonly implant: Mask;
  /**
   * Any shape that has the missing bone: an expert's patch, an earlier one, the intact skull. The
   * mirrored opposite side, fitted to the skull, if absent.
   */
  readonly reference?: Mask;
  /** Patient LPS mm → canonical mm. */
  readonly toCanonical: RigidTransform;
  readonly atlas: Atlas;
}

/** The surface of skull ∪ patch around a patch, and how it differs from that of a reference. */
export interface FitError {
  readonly reference: 'segment' | 'mirrored';
  /** Patch and the bone within 12 mm of it, patient LPS mm. */
  readonly mesh: Mesh;
  /** Gaussian curvature less that of the reference at each vertex, 1/mm²; NaN where there is none. */
  readonly curvature: Float32Array;
  /** Distance beyond the reference's surface at each vertex, mm: bumps above 0, dents below; NaN as before. */
  readonly distance: Float32Array;
  /** Of the implant, which has a surface of its own. */
  readonly thickness: WallThickness;
  /** The border's worst places, worst first. */
  readonly worst: readonly WorstSpot[];
  readonly border: {
    /** Mean and 95th percentile of the absolute distance along the outer border, mm; NaN without contact to bone. */
    readonly distance: number;
    readonly distance95: number;
    /** Mean squared difference of the curvatures there (paper, equation 8), 1/mm⁴. */
    readonly curvature: number;
  };
  /** Against a segment: how well the patch fills what is missing there. */
  readonly metrics?: PatchMetrics;
}

/** Whether there is a border to judge: the patch comes near enough to bone. */
export function meetsBone({ distance }: FitError['border']): boolean {
  return Number.isFinite(distance);
}

/** How much bone around the patch is shown, mm. */
const surroundings = 12;
/** Nothing is compared farther from the reference's surface, mm. */
const farthest = 4.5;
/** The outer border: as near to both patch and bone, mm. */
const borderWidth = 2.5;
/** Curvature is computed on about this grid, mm: the blur leaves nothing finer. */
const workingSpacing = 0.8;
/** The opposite side must hold this share of the patch to be a reference. */
const leastCovered = 0.5;
/** Cosine of the largest angle to the direction away from the cavity on the outer surface. */
const outerCosine = 0.3;

/**
 * Judges the surface of a patch and its border against a reference (paper, section 2.4).
 *
 * @throws CranioplastyError `bad-geometry` for different grids, `empty-skull` if the patch or the
 *   reference is empty, `no-reference` if the reference is not where the patch is, or if there is no
 *   reference and the opposite side is missing too
 */
export function measureFitError(request: FitErrorRequest): FitError {
  const { skull, patch, implant, reference, toCanonical, atlas } = request;
  assertSameGrid(skull, patch, implant, ...(reference ? [reference] : []));
  const { grid } = skull;
  const content = boundingBox([patch.data], grid.size);
  if (!content) {
    throw new CranioplastyError('empty-skull', why('error.judge-empty'));
  }
  if (reference && !reference.data.includes(1)) {
    throw new CranioplastyError('empty-skull', why('error.reference-empty'));
  }
  const box = growBox(content, surroundings + skullMargin, grid.size, grid.spacing);
  const part = boxGrid(grid, box);
  const crop = (mask: Mask): Uint8Array => cropData(mask.data, grid.size, box).data;
  const bone = crop(skull);
  const piece = crop(patch);
  const segment = reference && crop(reference);
  const closed: Mask = { grid: part, data: union(bone, piece) };
  const closedField = signedDistance(closed, farthest + 0.5);
  const closedAt = surfaceDistance(closedField);

  const coarse = workingGrid(part);
  const boneShare = blockShares(bone, part.size, coarse);
  const closedShare = blockShares(closed.data, part.size, coarse);
  const pieceShare = difference(closedShare, boneShare);
  const { size, spacing } = coarse;
  const toBone = distanceTransform(atLeast(boneShare, 0.5), size, spacing);
  const toPatch = distanceTransform(atLeast(pieceShare, 0.3), size, spacing);

  const found = segment
    ? fromSegment(bone, segment, part, coarse)
    : fromOppositeSide(request, coarse, { boneShare, pieceShare, toBone, toPatch });

  const mesh = around(skullSurface(closedField, 1), coarse, toPatch);
  const normals = vertexNormals(mesh);
  const [own, other] = [closedShare, found.shares].map((shares) => ({
    grid: coarse,
    data: blurShape(shares, size, spacing),
  }));
  const cavity = applyRigid(invertRigid(toCanonical), atlas.centre);
  const count = mesh.positions.length / 3;
  const curvature = new Float32Array(count).fill(NaN);
  const distance = new Float32Array(count).fill(NaN);
  const onBorder = new Uint8Array(count);
  for (let v = 0; v < count; v++) {
    const at: Vec3 = [mesh.positions[3 * v], mesh.positions[3 * v + 1], mesh.positions[3 * v + 2]];
    const index = patientToIndex(coarse, at);
    const d = found.at(at);
    if (Math.abs(d) < farthest) {
      // The mesh is smoother than the voxels: the same is taken off both.
      distance[v] = d - closedAt(at);
      const nearest = index.map(Math.round) as unknown as Vec3;
      curvature[v] = gaussianCurvature(own, nearest) - gaussianCurvature(other, nearest);
    }
    const near = (field: Float32Array): boolean =>
      interpolate(field, size, index[0], index[1], index[2]) <= borderWidth;
    if (isOuter(at, normals, v, cavity) && near(toPatch) && near(toBone)) onBorder[v] = 1;
  }
  return {
    reference: reference ? 'segment' : 'mirrored',
    mesh,
    curvature,
    distance,
    thickness: wallThickness(implant),
    worst: worstSpots(mesh, onBorder, distance, curvature),
    border: summarise(onBorder, distance, curvature),
    metrics: segment && metricsAround(part, bone, piece, segment, cavity),
  };
}

/** A reference on the working grid, and its signed distance at a position, mm. */
interface Reference {
  readonly shares: Float32Array;
  readonly at: (position: Vec3) => number;
}

function fromSegment(bone: Uint8Array, segment: Uint8Array, part: Grid, coarse: Grid): Reference {
  const whole = union(bone, segment);
  if (!anySet(minus(segment, bone))) throw noMissingBone();
  return {
    shares: blockShares(whole, part.size, coarse),
    at: surfaceDistance(signedDistance({ grid: part, data: whole }, farthest + 0.5)),
  };
}

function noMissingBone(): CranioplastyError {
  return new CranioplastyError('no-reference', why('error.reference-elsewhere'));
}

/** The bone of the opposite side, mirrored and fitted, where the patch is nearer than bone. */
function fromOppositeSide(
  { skull, toCanonical, atlas }: FitErrorRequest,
  coarse: Grid,
  around: Readonly<Record<'boneShare' | 'pieceShare' | 'toBone' | 'toPatch', Float32Array>>,
): Reference {
  const { boneShare, pieceShare, toBone, toPatch } = around;
  const field = signedDistance(cropToContent(skull, skullMargin), farthest + 0.5);
  const skullAt = surfaceDistance(field);
  const lattice = distanceOnLattice({ field, toCanonical });
  const continuation = fitContinuation(lattice, atlas);
  const opposite = mirroredPosition(continuation);
  const back = invertRigid(toCanonical);
  const mirroredAt = (position: Vec3): number => {
    const [x, y, z] = patientToIndex(coarse, position);
    const bone = interpolate(toBone, coarse.size, x, y, z);
    const patch = interpolate(toPatch, coarse.size, x, y, z);
    if (patch > bone || patch > farthest) return Infinity;
    return skullAt(applyRigid(back, opposite(applyRigid(toCanonical, position))));
  };
  const shares = boneShare.slice();
  const [nx, ny, nz] = coarse.size;
  const h = Math.min(...coarse.spacing);
  let wanted = 0;
  let covered = 0;
  for (let k = 0, p = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, p++) {
        if (toPatch[p] > farthest || toPatch[p] > toBone[p]) continue;
        const share = Math.min(
          1,
          Math.max(0, 0.5 - mirroredAt(indexToPatient(coarse, [i, j, k])) / h),
        );
        if (share > shares[p]) shares[p] = share;
        wanted += pieceShare[p];
        covered += Math.min(share, pieceShare[p]);
      }
  if (covered < leastCovered * wanted) {
    throw new CranioplastyError('no-reference', why('error.opposite-missing'));
  }
  return { shares, at: (position) => Math.min(skullAt(position), mirroredAt(position)) };
}

function summarise(
  onBorder: Uint8Array,
  distance: Float32Array,
  curvature: Float32Array,
): FitError['border'] {
  const distances: number[] = [];
  let squares = 0;
  let count = 0;
  for (let v = 0; v < onBorder.length; v++) {
    if (!onBorder[v]) continue;
    if (!Number.isNaN(distance[v])) distances.push(Math.abs(distance[v]));
    if (Number.isNaN(curvature[v])) continue;
    squares += curvature[v] ** 2;
    count++;
  }
  return {
    distance: distances.reduce((a, b) => a + b, 0) / distances.length,
    distance95: quantile(Float64Array.from(distances).sort(), 0.95),
    curvature: squares / count,
  };
}

/** The metrics against the part of a reference that is missing around the patch. */
function metricsAround(
  grid: Grid,
  bone: Uint8Array,
  patch: Uint8Array,
  reference: Uint8Array,
  cavity: Vec3,
): PatchMetrics {
  const near = distanceTransform(patch, grid.size, grid.spacing);
  const missing = within(minus(reference, bone), near, surroundings);
  if (!missing.includes(1)) throw noMissingBone();
  return comparePatches(
    { grid, data: bone },
    { grid, data: patch },
    { grid, data: missing },
    cavity,
  );
}

/** A grid of whole blocks of voxels over a part, about `workingSpacing` wide. */
function workingGrid(part: Grid): Grid {
  const factors = part.spacing.map((s) => Math.max(1, Math.round(workingSpacing / s)));
  return {
    ...part,
    size: [0, 1, 2].map((a) =>
      Math.max(1, Math.floor(part.size[a] / factors[a])),
    ) as unknown as Vec3,
    spacing: [0, 1, 2].map((a) => part.spacing[a] * factors[a]) as unknown as Vec3,
    origin: indexToPatient(part, factors.map((f) => (f - 1) / 2) as unknown as Vec3),
  };
}

/** Share of each block's voxels that are set. */
function blockShares(set: Uint8Array, size: Vec3, coarse: Grid): Float32Array {
  const factor = [0, 1, 2].map((a) => Math.max(1, Math.floor(size[a] / coarse.size[a])));
  const [cx, cy, cz] = coarse.size;
  const out = new Float32Array(cx * cy * cz);
  const share = 1 / (factor[0] * factor[1] * factor[2]);
  for (let k = 0; k < cz * factor[2]; k++)
    for (let j = 0; j < cy * factor[1]; j++) {
      const row = size[0] * (j + size[1] * k);
      const target = cx * (Math.floor(j / factor[1]) + cy * Math.floor(k / factor[2]));
      for (let i = 0; i < cx * factor[0]; i++)
        if (set[row + i]) out[target + Math.floor(i / factor[0])] += share;
    }
  return out;
}

/** The triangles of a surface near the patch. */
function around(mesh: Mesh, coarse: Grid, toPatch: Float32Array): Mesh {
  const { positions: p, triangles } = mesh;
  const number = new Int32Array(p.length / 3).fill(-1);
  const near = Uint8Array.from({ length: p.length / 3 }, (_, v) => {
    const [x, y, z] = patientToIndex(coarse, [p[3 * v], p[3 * v + 1], p[3 * v + 2]]);
    return interpolate(toPatch, coarse.size, x, y, z) <= surroundings ? 1 : 0;
  });
  const kept: number[] = [];
  const points: number[] = [];
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [triangles[t], triangles[t + 1], triangles[t + 2]];
    if (!corners.every((v) => near[v])) continue;
    for (const v of corners) {
      if (number[v] < 0) {
        number[v] = points.length / 3;
        points.push(p[3 * v], p[3 * v + 1], p[3 * v + 2]);
      }
      kept.push(number[v]);
    }
  }
  const positions = Float32Array.from(points);
  return { positions, triangles: Uint32Array.from(kept) };
}

function isOuter(at: Vec3, normals: Float32Array, v: number, cavity: Vec3): boolean {
  const n = [normals[3 * v], normals[3 * v + 1], normals[3 * v + 2]];
  const d = [at[0] - cavity[0], at[1] - cavity[1], at[2] - cavity[2]];
  const dot = n[0] * d[0] + n[1] * d[1] + n[2] * d[2];
  return dot > outerCosine * Math.hypot(...d);
}
