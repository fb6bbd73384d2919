import type { ReconstructedShape } from '../../engine/reconstruction.ts';
import type { StudyStore } from '../../state/StudyStore.ts';
import type { ViewerPort } from '../../viewer/ViewerPort.ts';

/** Puts another computed implant in the place of the one before, on the screen too: no edit of the user's. */
export function replaceImplant(
  { viewer, store }: { readonly viewer: ViewerPort; readonly store: StudyStore },
  study: string,
  implant: ReconstructedShape,
): void {
  const { result } = store.get(study);
  if (!result || result.shapes.implant === implant) return;
  const { computed, shapes, segmentationIds, series } = result;
  if (segmentationIds.implant) {
    viewer.replaceVoxels(segmentationIds.implant, implant.mask, series);
  }
  store.update(study, {
    result: {
      ...result,
      computed: { ...computed, implant },
      shapes: { ...shapes, implant },
      unmeasured: result.unmeasured.filter((shape) => shape !== 'implant'),
      saved: undefined,
    },
  });
}
