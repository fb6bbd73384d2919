import { resultShapes, type ResultShape } from '../../state/shapes.ts';
import type { StudyResult } from '../../state/studyState.ts';
import type { ViewerPort } from '../../viewer/ViewerPort.ts';

/**
 * Makes room for the next result of a study. A shape that the user edited stays in the viewer as an ordinary
 * segmentation.
 *
 * @param next the result that comes at once; without it all that is unedited goes
 * @param carried shapes whose edits live on in the next result
 * @returns segmentations that can take the voxels of the next result, which is drawn much faster than new ones are
 */
export function makeRoom(
  viewer: Pick<ViewerPort, 'revisionOf' | 'removeSegmentation' | 'isInPlanes'>,
  previous: StudyResult | undefined,
  next?: Pick<StudyResult, 'ct'>,
  carried: readonly ResultShape[] = [],
): StudyResult['segmentationIds'] {
  const free: Partial<Record<ResultShape, string>> = {};
  for (const shape of resultShapes) {
    const id = previous?.segmentationIds[shape];
    if (id === undefined) continue;
    const isEdited = viewer.revisionOf(id) !== 0;
    if (!isEdited && next && viewer.isInPlanes(id, next.ct)) free[shape] = id;
    else if (!isEdited || carried.includes(shape)) viewer.removeSegmentation(id);
  }
  return free;
}
