import { assertSameGrid, comparePatches, type PatchMetrics } from './judge/metrics.ts';
import type { Atlas } from './pose/atlas.ts';
import { reconstruct } from './reconstruct.ts';
import type { ReconstructRequest } from './reconstruction.ts';
import { boundingBox, cropToContent } from './space/crop.ts';
import { CranioplastyError } from './space/errors.ts';
import type { Grid, Vec3 } from './space/grid.ts';
import { indexToPatient, patientToIndex, voxelVolume } from './space/grid.ts';
import { signedDistance, surfaceDistance } from './space/signedDistance.ts';
import type { RigidTransform } from './space/transform.ts';
import { applyRigid, invertRigid } from './space/transform.ts';
import type { Mask } from './space/volume.ts';
import { emptyMask } from './space/volume.ts';
import { countSet, union } from './space/voxels.ts';
import { warning, type ReconstructionWarning } from './warnings.ts';
import { why } from './words/errorSentences.ts';

/** A reconstruction whose method is to be tried where the truth is known. */
export type RehearsalRequest = ReconstructRequest & {
  /** The reconstructed patch of the skull. */
  readonly patch: Mask;
  /** How the skull was aligned: patient LPS mm → canonical mm. */
  readonly toCanonical: RigidTransform;
};

/** How well a method did on the intact side of the same skull. */
export interface Rehearsal {
  /** Known bone that was cut out and reconstructed, ml. */
  readonly volume: number;
  /** The reconstruction against that bone. */
  readonly metrics: PatchMetrics;
  /** If it is bad news for the patch. */
  readonly warning?: ReconstructionWarning;
}

/** The defect is cut into the opposite side wider by this, mm: nothing of the patch's own edge shows. */
const wider = 3;
/** Less bone than this share of the patch, the widening left out, says nothing about it. */
const leastBone = 0.2;
/**
 * Overlap of a rehearsal below which a patch is doubtful. Of the 17 validation cases of `lite` 1.4.0 that can be
 * rehearsed it warns of three: of two of the three whose Dice is below 0.8, and of one whose Dice is 0.81.
 */
const doubtfulDice = 0.8;

/**
 * Rehearses a reconstruction on the intact side of the same skull: closes the defect with the patch, cuts its
 * mirror image out of the opposite side, reconstructs that with the same method and compares with
 * the bone that was there. Skull, scan, pose and place being the same, it tells what to expect of
 * the patch itself, of which there is no truth.
 *
 * @throws CranioplastyError `no-reference` if the opposite side has too little bone there; whatever
 *   `reconstruct` throws
 */
export async function rehearse(request: RehearsalRequest): Promise<Rehearsal> {
  const { skull, missing } = rehearsalCase(request);
  const predicted = await predict({ ...request, skull });
  const cavity = applyRigid(invertRigid(request.toCanonical), request.atlas.centre);
  const metrics = comparePatches(skull, predicted, missing, cavity);
  const volume = (countSet(missing.data) * voxelVolume(missing.grid)) / 1000;
  return { volume, metrics, warning: judge(metrics) };
}

/** The patch of a skull in which something is missing for certain: none found is an empty one. */
async function predict(request: ReconstructRequest): Promise<Mask> {
  try {
    return (await reconstruct(request)).patch.mask;
  } catch (error) {
    if (error instanceof CranioplastyError && error.code === 'no-defect') {
      return emptyMask(request.skull.grid);
    }
    throw error;
  }
}

/**
 * The skull closed by its patch, without the bone opposite the patch, and that bone.
 *
 * @throws CranioplastyError `bad-geometry` for different grids, `empty-skull` if the patch is empty,
 *   `no-reference` if the opposite side has too little bone there
 */
export function rehearsalCase({
  skull,
  patch,
  toCanonical,
  atlas,
}: Pick<RehearsalRequest, 'skull' | 'patch' | 'toCanonical' | 'atlas'>): {
  readonly skull: Mask;
  readonly missing: Mask;
} {
  assertSameGrid(skull, patch);
  const { grid } = skull;
  const content = boundingBox([patch.data], grid.size);
  if (!content) {
    throw new CranioplastyError('empty-skull', why('error.rehearse-empty'));
  }
  const opposite = oppositeSide(toCanonical, atlas);
  const toPatch = surfaceDistance(signedDistance(cropToContent(patch, wider + 1), wider + 1));
  const closed = union(skull.data, patch.data);
  const missing = emptyMask(grid);
  let opposed = 0;
  const [nx, ny] = grid.size;
  const { low, high } = mirroredBox(grid, content, opposite);
  for (let k = low[2]; k < high[2]; k++)
    for (let j = low[1]; j < high[1]; j++)
      for (let i = low[0]; i < high[0]; i++) {
        const p = i + nx * (j + ny * k);
        if (!skull.data[p] || patch.data[p]) continue;
        const distance = toPatch(opposite(indexToPatient(grid, [i, j, k])));
        if (distance > wider) continue;
        missing.data[p] = 1;
        closed[p] = 0;
        if (distance <= 0) opposed++;
      }
  if (opposed < leastBone * countSet(patch.data)) {
    throw new CranioplastyError('no-reference', why('error.rehearse-opposite'));
  }
  return { skull: { grid, data: closed }, missing };
}

function judge(metrics: PatchMetrics): ReconstructionWarning | undefined {
  if (metrics.dice >= doubtfulDice) return undefined;
  return warning('poor-rehearsal', 'poor-rehearsal', { overlap: (100 * metrics.dice).toFixed(0) });
}

/** A position mirrored at the mid-sagittal plane, on which the middle of the cavity lies; patient LPS mm. */
function oppositeSide(toCanonical: RigidTransform, { centre }: Atlas): (position: Vec3) => Vec3 {
  const back = invertRigid(toCanonical);
  return (position) => {
    const [x, y, z] = applyRigid(toCanonical, position);
    return applyRigid(back, [2 * centre[0] - x, y, z]);
  };
}

/** The voxels that can be opposite a box, with the width that the cut adds. */
function mirroredBox(
  grid: Grid,
  box: { readonly low: Vec3; readonly high: Vec3 },
  opposite: (position: Vec3) => Vec3,
): { readonly low: Vec3; readonly high: Vec3 } {
  const corners = Array.from({ length: 8 }, (_, c) => {
    const corner = [0, 1, 2].map((a) => (c & (1 << a) ? box.high[a] - 1 : box.low[a]));
    return patientToIndex(grid, opposite(indexToPatient(grid, corner as unknown as Vec3)));
  });
  const bound = (a: number, margin: number, pick: (...values: number[]) => number): number =>
    Math.min(grid.size[a], Math.max(0, pick(...corners.map((corner) => corner[a])) + margin));
  const margin = (a: number): number => wider / grid.spacing[a] + 1;
  return {
    low: [0, 1, 2].map((a) => Math.floor(bound(a, -margin(a), Math.min))) as unknown as Vec3,
    high: [0, 1, 2].map((a) => Math.ceil(bound(a, margin(a), Math.max))) as unknown as Vec3,
  };
}
