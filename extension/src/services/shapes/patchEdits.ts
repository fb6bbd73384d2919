import type { Mask } from '../../engine/space/volume.ts';
import type { StudyStore } from '../../state/StudyStore.ts';
import type { StudyResult } from '../../state/studyState.ts';
import type { ViewerPort } from '../../viewer/ViewerPort.ts';
import type { Edits } from './Edits.ts';

/** What the user changed of a patch by hand, voxel by voxel on the grid of the CT. */
export interface PatchEdits {
  readonly added: readonly number[];
  readonly removed: readonly number[];
  /** Whether that is all; else some edits are a part of what counts as computed. */
  readonly complete: boolean;
}

/** The edits of a result's patch, pieces that were left out among them; undefined if there are none. */
export function patchEdits(result: StudyResult, edits: Edits): PatchEdits | undefined {
  const { data: now } = edits.currentMask(result, 'patch');
  const { data: computed } = result.computed.patch.mask;
  const added: number[] = [];
  const removed: number[] = [];
  for (let p = 0; p < now.length; p++) {
    if (now[p] && !computed[p]) added.push(p);
    else if (computed[p] && !now[p]) removed.push(p);
  }
  for (const { lost } of result.leftOut) for (const p of lost.patch) if (!now[p]) removed.push(p);
  if (added.length === 0 && removed.length === 0) return undefined;
  return { added, removed, complete: !result.editedBefore.includes('patch') };
}

/**
 * Does the same to the patch that is shown now, as an edit of the user's. Bone stays free.
 * @param skull on the grid of the CT
 */
export function applyPatchEdits(
  { viewer, store }: { readonly viewer: ViewerPort; readonly store: StudyStore },
  study: string,
  { added, removed }: PatchEdits,
  skull: Mask,
): void {
  const { result } = store.get(study);
  const id = result?.segmentationIds.patch;
  if (!result || id === undefined) return;
  const { mask } = result.computed.patch;
  const data = mask.data.slice();
  for (const p of added) if (!skull.data[p]) data[p] = 1;
  for (const p of removed) data[p] = 0;
  viewer.takeBackEdits(id, { ...mask, data }, result.series);
}
