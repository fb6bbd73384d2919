import { cache } from '@cornerstonejs/core';
import { segmentation as csSegmentation } from '@cornerstonejs/tools';
import { text, type NaturalDataset } from '../../dicom/part10/attributes.ts';
import type { DisplaySet, Services } from '../../types/ohif.ts';
import { say } from '../../words/say.ts';
import { layersOf } from './labelmaps.ts';
import { displaySetOfLayer } from '../layout/separateLayers.ts';
import { loadedKey, type SkullSource } from '../skullSource.ts';
import { isResult, likelihoodOf, storedCandidates, storedObjects } from './storedSkulls.ts';

export interface ListOptions {
  /** Segmentations that hold results. */
  readonly except: ReadonlySet<string>;
  /** Whether the user changed a segment since it was loaded. */
  isEdited(segmentationId: string, segment: number): boolean;
  /** Metadata of every object of the study. */
  readonly instances: readonly NaturalDataset[];
}

/**
 * Every segment that lies on the CT: of segmentations in the viewer and of SEG objects in the
 * study, the most likely skull first. A segment that was loaded from a SEG and not edited is listed once, of
 * the stored object, because that is read without the viewer's loss of overlaps.
 */
export function listSkullSources(
  services: Pick<Services, 'displaySetService'>,
  ct: DisplaySet,
  { except, isEdited, instances }: ListOptions,
): SkullSource[] {
  const stored = services.displaySetService
    .getActiveDisplaySets()
    .filter((displaySet) => displaySet.Modality === 'SEG' && displaySet.instance !== undefined);
  const asStored = new Map(
    stored.map(({ displaySetInstanceUID, instance }) => [
      displaySetInstanceUID,
      text(instance ?? {}, 'SOPInstanceUID'),
    ]),
  );
  const candidates = [
    ...loadedCandidates(ct, (segmentationId) =>
      asStored.get(displaySetOfLayer(segmentationId)),
    ).filter(
      ({ source: { segmentationId, segment } }) =>
        !except.has(segmentationId) &&
        (!asStored.has(displaySetOfLayer(segmentationId)) || isEdited(segmentationId, segment)),
    ),
    ...storedObjects(stored, instances).flatMap((object) => storedCandidates(object, ct)),
  ];
  return candidates
    .map((candidate, position) => ({ ...candidate, position }))
    .sort((a, b) => b.likelihood - a.likelihood || a.position - b.position)
    .map(({ source }) => source);
}

function loadedCandidates(
  ct: DisplaySet,
  storedAs: (segmentationId: string) => string | undefined,
) {
  const images = new Set(ct.imageIds);
  return csSegmentation.state.getSegmentations().flatMap((segmentation) => {
    const { segmentationId, label: name } = segmentation;
    const imageId = layersOf(segmentationId)[0]?.[0];
    const referenced = imageId && cache.getImage(imageId)?.referencedImageId;
    if (!referenced || !images.has(referenced)) return [];
    return Object.values(segmentation.segments).map((segment) => {
      const own = segment.label || say('skull.number', { number: segment.segmentIndex });
      const label = name ? `${own} – ${name}` : say('skull.loaded', { label: own });
      return {
        likelihood: likelihoodOf(segment.label, false),
        source: {
          kind: 'loaded' as const,
          key: loadedKey(segmentationId, segment.segmentIndex),
          label,
          segment: segment.segmentIndex,
          isResult: isResult(segment.label),
          segmentationId,
          storedAs: storedAs(segmentationId),
        },
      };
    });
  });
}
