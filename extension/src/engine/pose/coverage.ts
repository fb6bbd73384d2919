import type { RegionField } from '../space/canonical.ts';
import { shapeThreshold } from '../space/canonical.ts';
import { keepLargestComponent } from '../space/components.ts';
import { CranioplastyError } from '../space/errors.ts';
import type { Grid } from '../space/grid.ts';
import { indexToPatient, patientToIndex, voxelCount, voxelVolume } from '../space/grid.ts';
import type { RigidTransform } from '../space/transform.ts';
import { applyRigid, invertRigid } from '../space/transform.ts';
import type { Mask } from '../space/volume.ts';
import { why } from '../words/errorSentences.ts';

/*
 * A vault is cut off where bone meets a face of its grid. A skull that is cropped to its bone meets the faces too, but
 * only touches them: its outline there shrinks to nothing within a voxel. How much of the skull is missing beyond a
 * face follows from how fast the outline (its convex hull, whose area a hole of brain or a defect does not change)
 * grows from the face inward: the area of a cap is proportional to its depth. That holds for large and small,
 * pointed and flat heads alike.
 *
 * Measured on 90 complete skulls (voxels of 0.4 to 1 mm) with test/evaluation/coverageTable.ts: cropped to the bone,
 * a face misses at most 0.9 mm (1.9 mm with slices of 5 mm); with 5, 10 and 20 mm cut off the top at least 3.1, 7.0
 * and 17.7 mm, with 10 mm off the left, right or back at least 7.5 mm, off the front 4.7 mm.
 */

/** The vault counts from this height on, canonical mm: skulls end below, at the neck or the base. */
const vaultFrom = 40;
/** Over this depth inward from a face the growth of the outline is measured, mm. */
const growthDepth = 4;
/** Outlines smaller than this are spurs or specks, mm². */
const leastOutline = 300;
/** More than this is worth a warning, mm: thick slices leave more in doubt. */
const tolerated = ({ spacing }: VaultFace): number => 1 + spacing / 2;
/**
 * More than this is missing where a vault is cut off, mm. A tilted scan may end below at one end of the vault: the
 * patch is clipped there.
 */
const mayMiss = (face: VaultFace): number => Math.max(face.below ? 15 : 4, tolerated(face));

/** What the edge of the volume cuts into: nothing, the skull a little, or the patch. */
export type EdgeCut = 'none' | 'skull' | 'patch';

/**
 * Checks that the volume does not cut off the vault: that would be taken for a defect.
 *
 * @param skull binary bone on its native grid
 * @throws CranioplastyError `skull-incomplete`
 */
export function assertVaultCovered(skull: Mask, toCanonical: RigidTransform): void {
  const isCut = ({ grid, data }: Mask): boolean =>
    vaultFaces(grid, [data], toCanonical).some((face) => face.missing > mayMiss(face));
  if (isCut(skull) && isCut(largestPiece(skull))) {
    throw new CranioplastyError('skull-incomplete', why('error.vault-cut'));
  }
}

/**
 * What the edge of the volume cuts into, where it does so by too little for a refusal, or cuts the patch alone.
 *
 * @param patch on the grid of the skull
 * @param whole the patch before it was put on that grid, canonical
 */
export function findEdgeCut(
  skull: Mask,
  patch: Mask,
  toCanonical: RigidTransform,
  whole?: RegionField,
): EdgeCut {
  const isGrazed = (...masks: Mask[]): boolean =>
    vaultFaces(
      skull.grid,
      masks.map(({ data }) => data),
      toCanonical,
    ).some((face) => face.missing > tolerated(face));
  const isClipped =
    whole !== undefined && clippedVolume(whole, skull.grid, toCanonical) > tolerableClip;
  if (!isGrazed(skull, patch)) return isClipped ? 'patch' : 'none';
  const bone = largestPiece(skull);
  if (isGrazed(bone)) return 'skull';
  return isClipped || isGrazed(bone, patch) ? 'patch' : 'none';
}

/** How much of a shape may lie beyond the grid without a word: what resampling makes of its surface, mm³. */
const tolerableClip = 100;

/** Volume of a shape in the vault that lies outside a native grid, mm³. */
function clippedVolume(
  { grid, data }: RegionField,
  native: Grid,
  toCanonical: RigidTransform,
): number {
  const toPatient = invertRigid(toCanonical);
  const at = (i: number, j: number, k: number) =>
    patientToIndex(native, applyRigid(toPatient, indexToPatient(grid, [i, j, k])));
  const start = at(0, 0, 0);
  const steps = [at(1, 0, 0), at(0, 1, 0), at(0, 0, 1)];
  const [nx, ny, nz] = grid.size;
  const beyond = new Uint8Array(voxelCount(grid));
  for (let axis = 0; axis < 3; axis++) {
    const [di, dj, dk] = steps.map((step) => step[axis] - start[axis]);
    const end = native.size[axis] - 0.5;
    for (let k = 0, p = 0; k < nz; k++)
      for (let j = 0; j < ny; j++)
        for (let i = 0; i < nx; i++, p++) {
          const index = start[axis] + i * di + j * dj + k * dk;
          if (index < -0.5 || index > end) beyond[p] = 1;
        }
  }
  const lowest = Math.ceil((vaultFrom - grid.origin[2]) / grid.spacing[2]);
  let count = 0;
  for (let p = Math.max(0, lowest) * nx * ny; p < data.length; p++) {
    if (beyond[p] && data[p] >= shapeThreshold) count++;
  }
  return count * voxelVolume(grid);
}

/** A face of a grid in which there is bone of the vault. */
export interface VaultFace {
  /** Axis of the grid, and whether it is its first (0) or last (1) layer. */
  readonly axis: number;
  readonly side: 0 | 1;
  /** Distance of the layers, mm. */
  readonly spacing: number;
  /** Whether it looks down, in the canonical frame. */
  readonly below: boolean;
  /** How much of the vault is missing beyond the face at least, mm; 0 or less where bone only touches it. */
  readonly missing: number;
}

/**
 * The faces of a grid that bone of the vault meets, on the outermost layer or the one next to it.
 *
 * @param shapes binary, on the grid; their union counts
 */
export function vaultFaces(
  grid: Grid,
  shapes: readonly Uint8Array[],
  toCanonical: RigidTransform,
): VaultFace[] {
  const height = heights(grid, toCanonical);
  const faces: VaultFace[] = [];
  for (const axis of [0, 1, 2])
    for (const side of [0, 1] as const) {
      const layers = grid.size[axis];
      const spacing = grid.spacing[axis];
      const area = (n: number): number =>
        outline(grid, shapes, height, axis, side ? layers - 1 - n : n);
      const first = [0, 1].find((n) => n < layers - 1 && area(n) >= leastOutline);
      if (first === undefined) continue;
      const deeper = Math.min(layers - 1, first + Math.max(1, Math.round(growthDepth / spacing)));
      const growth = (area(deeper) - area(first)) / ((deeper - first) * spacing);
      const depth = growth > 0 ? area(first) / growth : Infinity;
      // A whole skull may end anywhere within its outermost layer.
      const missing = depth - (first + 1) * spacing;
      const below = (side ? 1 : -1) * height[axis + 1] < -spacing / 2;
      faces.push({ axis, side, spacing, below, missing });
    }
  return faces;
}

/** Canonical height of voxel (0, 0, 0), and its growth along each axis, mm a voxel. */
function heights(
  grid: Grid,
  toCanonical: RigidTransform,
): readonly [number, number, number, number] {
  const z = (i: number, j: number, k: number): number =>
    applyRigid(toCanonical, indexToPatient(grid, [i, j, k]))[2];
  const first = z(0, 0, 0);
  return [first, z(1, 0, 0) - first, z(0, 1, 0) - first, z(0, 0, 1) - first];
}

/** Area of the convex hull of a layer's vault bone, mm². */
function outline(
  { size, spacing }: Grid,
  shapes: readonly Uint8Array[],
  height: readonly [number, number, number, number],
  axis: number,
  layer: number,
): number {
  const strides = [1, size[0], size[0] * size[1]];
  const [u, v] = [0, 1, 2].filter((a) => a !== axis);
  const points: Point[] = [];
  for (let b = 0; b < size[v]; b++) {
    const row = layer * strides[axis] + b * strides[v];
    const z = height[0] + layer * height[axis + 1] + b * height[v + 1];
    let first = -1;
    let last = -1;
    for (let a = 0; a < size[u]; a++) {
      if (z + a * height[u + 1] < vaultFrom) continue;
      const p = row + a * strides[u];
      if (!isSetInAny(shapes, p)) continue;
      if (first < 0) first = a;
      last = a;
    }
    if (first < 0) continue;
    points.push([first * spacing[u], b * spacing[v]]);
    if (last > first) points.push([last * spacing[u], b * spacing[v]]);
  }
  return hullArea(points);
}

function isSetInAny(shapes: readonly Uint8Array[], p: number): boolean {
  for (const data of shapes) if (data[p] !== 0) return true;
  return false;
}

type Point = readonly [number, number];

/** Area of the convex hull of points that are sorted by their second coordinate (Andrew's monotone chain). */
function hullArea(points: readonly Point[]): number {
  if (points.length < 3) return 0;
  const cross = (o: Point, a: Point, b: Point): number =>
    (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const chain = (ordered: readonly Point[]): Point[] => {
    const hull: Point[] = [];
    for (const p of ordered) {
      while (hull.length > 1 && cross(hull[hull.length - 2], hull[hull.length - 1], p) <= 0)
        hull.pop();
      hull.push(p);
    }
    return hull.slice(0, -1);
  };
  const hull = [...chain(points), ...chain([...points].reverse())];
  let area = 0;
  hull.forEach((p, n) => {
    const q = hull[(n + 1) % hull.length];
    area += p[0] * q[1] - p[1] * q[0];
  });
  return Math.abs(area) / 2;
}

/** A copy without specks and head rests. */
function largestPiece({ grid, data }: Mask): Mask {
  const bone: Mask = { grid, data: data.slice() };
  keepLargestComponent(bone);
  return bone;
}
