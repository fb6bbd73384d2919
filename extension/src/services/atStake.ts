import { resultShapes } from '../state/shapes.ts';
import type { StudyStore } from '../state/StudyStore.ts';
import { isEdited, type Activity, type StudyState } from '../state/studyState.ts';
import type { Leaving } from '../viewer/LeaveGuard.ts';
import type { ViewerPort } from '../viewer/ViewerPort.ts';

const running: Record<Activity['kind'], string> = {
  'segment-bone': 'The segmentation of the bone',
  reconstruct: 'The reconstruction',
  alternatives: 'The computation of the other shapes',
  'take-alternative': 'The change of the patch',
  rehearse: 'The rehearsal',
  'leave-out-piece': 'The change of the patch',
  'bring-back-piece': 'The change of the patch',
  save: 'Saving',
  reopen: 'Opening a stored result',
  'judge-fit': 'The judgement of the fit',
  compare: 'The comparison',
};

/**
 * What would be lost, in sentences; undefined if nothing. Results and edits outlive the mode, but not the page.
 */
export function atStake(
  store: Pick<StudyStore, 'all'>,
  viewer: Pick<ViewerPort, 'revisionOf'>,
  leaving: Leaving,
): string | undefined {
  const states = store.all();
  const activity = states.find((state) => state.activity)?.activity;
  const sentences = activity
    ? [`${running[activity.kind]} is still going on and will be stopped.`]
    : [];
  if (states.some((state) => hasUnsavedEdits(state, viewer))) {
    sentences.push(
      leaving === 'page'
        ? 'Edits that were not saved to the PACS will be lost.'
        : 'Edits were not saved to the PACS: they are kept only until this page is closed or loaded again.',
    );
  } else if (leaving === 'page' && states.some(({ result }) => result && !result.saved)) {
    sentences.push('A reconstruction that was not saved to the PACS will be lost.');
  }
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

function hasUnsavedEdits(
  { result, bone }: StudyState,
  viewer: Pick<ViewerPort, 'revisionOf'>,
): boolean {
  if (result?.saved) return false;
  if (bone?.segmentationId !== undefined && viewer.revisionOf(bone.segmentationId) > 0) return true;
  return (
    result !== undefined &&
    (result.leftOut.length > 0 || resultShapes.some((shape) => isEdited(result, shape)))
  );
}
