import { resultShapes } from '../state/shapes.ts';
import type { StudyStore } from '../state/StudyStore.ts';
import { isEdited, type StudyState } from '../state/studyState.ts';
import type { Leaving } from '../viewer/LeaveGuard.ts';
import type { ViewerPort } from '../viewer/ViewerPort.ts';
import { say } from '../words/say.ts';

/**
 * What would be lost, in sentences of the viewer's language; undefined if nothing. Results and edits outlive the mode, but not the page.
 */
export function atStake(
  store: Pick<StudyStore, 'all'>,
  viewer: Pick<ViewerPort, 'revisionOf'>,
  leaving: Leaving,
): string | undefined {
  const states = store.all();
  const activity = states.find((state) => state.activity)?.activity;
  const sentences = activity ? [say(`leaving.${activity.kind}`)] : [];
  if (states.some((state) => hasUnsavedEdits(state, viewer))) {
    sentences.push(leaving === 'page' ? say('leaving.editsLost') : say('leaving.editsKept'));
  } else if (leaving === 'page' && states.some(({ result }) => result && !result.saved)) {
    sentences.push(say('leaving.resultLost'));
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
