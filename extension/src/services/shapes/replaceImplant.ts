import type { ReconstructedShape } from '../../engine/reconstruction.ts';
import type { StudyStore } from '../../state/StudyStore.ts';
import type { StudyResult } from '../../state/studyState.ts';
import type { ViewerPort } from '../../viewer/ViewerPort.ts';

/**
 * Puts another computed implant in the place of the one before, on the screen too: no edit of the user's.
 *
 * @param change what else becomes of the result
 */
export function replaceImplant(
  { viewer, store }: { readonly viewer: ViewerPort; readonly store: StudyStore },
  study: string,
  implant: ReconstructedShape,
  change: Partial<StudyResult> = {},
): void {
  const { result } = store.get(study);
  if (!result) return;
  const { computed, shapes, segmentationIds, series } = result;
  if (segmentationIds.implant) {
    viewer.replaceVoxels(segmentationIds.implant, implant.mask, series);
  }
  store.update(study, {
    result: {
      ...result,
      ...change,
      computed: { ...computed, implant },
      shapes: { ...shapes, implant },
      unmeasured: result.unmeasured.filter((shape) => shape !== 'implant'),
      saved: undefined,
    },
  });
}
