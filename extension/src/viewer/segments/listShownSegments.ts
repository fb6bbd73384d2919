import { cache } from '@cornerstonejs/core';
import { segmentation as csSegmentation } from '@cornerstonejs/tools';
import type { CtSeries } from '../../dicom/ct/ctSeries.ts';
import type { DisplaySet, Services } from '../../types/ohif.ts';
import { layersOf, readLabelmap } from './labelmaps.ts';
import type { ShownSegment } from '../ViewerPort.ts';

/** Segments on the CT that are shown as labelmaps in any of the viewports. */
export function listShownSegments(
  services: Pick<Services, 'segmentationService'>,
  ct: DisplaySet,
  series: CtSeries,
  viewportIds: readonly string[],
  revisionOf: (segmentationId: string, segment: number) => number,
): ShownSegment[] {
  const images = new Set(ct.imageIds);
  return csSegmentation.state.getSegmentations().flatMap(({ segmentationId, segments }) => {
    const imageId = layersOf(segmentationId)[0]?.[0];
    const referenced = imageId && cache.getImage(imageId)?.referencedImageId;
    const viewportId = viewportIds.find((id) =>
      services.segmentationService
        .getSegmentationRepresentations(id, { segmentationId })
        .some(({ type }) => type === 'Labelmap'),
    );
    if (!referenced || !images.has(referenced) || !viewportId) return [];
    return Object.values(segments).map(({ segmentIndex }): ShownSegment => {
      const [r, g, b] = services.segmentationService.getSegmentColor(
        viewportId,
        segmentationId,
        segmentIndex,
      );
      return {
        segmentationId,
        id: `${segmentationId}-${segmentIndex}`,
        rgb: [r, g, b],
        visible: csSegmentation.config.visibility.getSegmentIndexVisibility(
          viewportId,
          { segmentationId, type: 'Labelmap' as never },
          segmentIndex,
        ),
        revision: revisionOf(segmentationId, segmentIndex),
        read: () => readLabelmap(segmentationId, segmentIndex, series),
      };
    });
  });
}
