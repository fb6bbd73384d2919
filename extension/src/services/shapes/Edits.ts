import type { Mask } from '../../engine/space/volume.ts';
import type { ResultShape } from '../../state/shapes.ts';
import type { SegmentedBone, StudyResult } from '../../state/studyState.ts';
import type { ViewerPort } from '../../viewer/ViewerPort.ts';

/** What the user changed in the viewer: the shapes as they are now, and whether they are what they were. */
export class Edits {
  private readonly viewer: ViewerPort;
  /** Revision of each segmentation when it was shown or stored. */
  private readonly revisions = new Map<string, number>();

  constructor(viewer: ViewerPort) {
    this.viewer = viewer;
  }

  /** From now on only what comes after is an edit. */
  remember(result: StudyResult): void {
    for (const id of Object.values(result.segmentationIds)) {
      this.revisions.set(id, this.viewer.revisionOf(id));
    }
  }

  forgetAll(): void {
    this.revisions.clear();
  }

  /** Grows with each edit of either shape. */
  revision({ segmentationIds }: StudyResult): number {
    return Object.values(segmentationIds).reduce((sum, id) => sum + this.viewer.revisionOf(id), 0);
  }

  isEdited(result: StudyResult): boolean {
    return Object.values(result.segmentationIds).some(
      (id) => this.viewer.revisionOf(id) !== (this.revisions.get(id) ?? 0),
    );
  }

  /** A shape as it is to be stored now: what the viewer shows, else what was kept. */
  currentMask({ segmentationIds, series, shapes }: StudyResult, shape: ResultShape): Mask {
    const id = segmentationIds[shape];
    return (id && this.viewer.readSegmentation(id, series)) || shapes[shape].mask;
  }

  currentMasks(result: StudyResult): Record<ResultShape, Mask> {
    return {
      patch: this.currentMask(result, 'patch'),
      implant: this.currentMask(result, 'implant'),
    };
  }

  currentBone({ mask, ct, segmentationId }: SegmentedBone): Mask {
    const now =
      segmentationId && this.viewer.readSegmentation(segmentationId, this.viewer.readSeries(ct));
    return now || mask;
  }
}
