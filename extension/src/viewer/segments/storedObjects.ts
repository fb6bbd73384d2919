import { segmentation as csSegmentation } from '@cornerstonejs/tools';
import { DicomMetadataStore } from '@ohif/core';
import type { NaturalDataset } from '../../dicom/part10/attributes.ts';
import type { Services } from '../../types/ohif.ts';
import { displaySetOfLayer } from '../layout/separateLayers.ts';

type DisplaySets = Pick<Services, 'displaySetService'>;

/** Metadata of every object of a study. */
export function instancesOf({
  studyInstanceUID,
}: {
  readonly studyInstanceUID: string;
}): readonly NaturalDataset[] {
  const study = DicomMetadataStore.getStudy(studyInstanceUID);
  return study?.series.flatMap((series) => series.instances) ?? [];
}

/** Whether a display set is an object of the PACS, not one that the viewer made up. */
export function isStored(
  { displaySetService }: DisplaySets,
  displaySetInstanceUID: string,
): boolean {
  return displaySetService
    .getActiveDisplaySets()
    .some(
      (displaySet) =>
        displaySet.displaySetInstanceUID === displaySetInstanceUID &&
        displaySet.instance !== undefined,
    );
}

/** Takes a stored segmentation, all its layers, off the screen; one that was edited there stays. */
export function hideStored(
  { displaySetService, segmentationService }: DisplaySets & Pick<Services, 'segmentationService'>,
  seriesInstanceUID: string,
  isEdited: (segmentationId: string) => boolean,
): void {
  const stored = new Set(
    displaySetService
      .getActiveDisplaySets()
      .filter((displaySet) => displaySet.SeriesInstanceUID === seriesInstanceUID)
      .map(({ displaySetInstanceUID }) => displaySetInstanceUID),
  );
  const ids = csSegmentation.state
    .getSegmentations()
    .map(({ segmentationId }) => segmentationId)
    .filter((id) => stored.has(displaySetOfLayer(id)) && !isEdited(id));
  for (const id of ids) segmentationService.remove(id);
}
