import { cache } from '@cornerstonejs/core';
import { segmentation as csSegmentation } from '@cornerstonejs/tools';
import { items, number, text, type NaturalDataset } from '../../dicom/part10/attributes.ts';
import { codes, readCode, sameCode, type Code } from '../../dicom/segmentation/codes.ts';
import type { DisplaySet, Services } from '../../types/ohif.ts';
import { layersOf } from './labelmaps.ts';
import { displaySetOfLayer } from '../layout/separateLayers.ts';
import { loadedKey, storedKey, type SkullSource } from '../skullSource.ts';

interface Candidate {
  readonly source: SkullSource;
  readonly likelihood: number;
}

export interface ListOptions {
  /** Segmentations that hold results. */
  readonly except: ReadonlySet<string>;
  /** Whether the user changed a segmentation since it was loaded. */
  isEdited(segmentationId: string): boolean;
}

/**
 * Every segment that lies on the CT: of segmentations in the viewer and of SEG objects in the
 * study, the most likely skull first. A SEG that was loaded and not edited is listed once, as the
 * stored object, because that is read without the viewer's loss of overlaps.
 */
export function listSkullSources(
  services: Pick<Services, 'displaySetService'>,
  ct: DisplaySet,
  { except, isEdited }: ListOptions,
): SkullSource[] {
  const stored = services.displaySetService
    .getActiveDisplaySets()
    .filter((displaySet) => displaySet.Modality === 'SEG' && displaySet.instance !== undefined);
  const asStored = new Set(stored.map((displaySet) => displaySet.displaySetInstanceUID));
  const candidates = [
    ...loadedCandidates(ct).filter(
      ({ source: { segmentationId } }) =>
        !except.has(segmentationId) &&
        (!asStored.has(displaySetOfLayer(segmentationId)) || isEdited(segmentationId)),
    ),
    ...stored.flatMap((displaySet) => storedCandidates(displaySet, ct)),
  ];
  return candidates
    .map((candidate, position) => ({ ...candidate, position }))
    .sort((a, b) => b.likelihood - a.likelihood || a.position - b.position)
    .map(({ source }) => source);
}

function loadedCandidates(ct: DisplaySet) {
  const images = new Set(ct.imageIds);
  return csSegmentation.state.getSegmentations().flatMap((segmentation) => {
    const { segmentationId, label: name } = segmentation;
    const imageId = layersOf(segmentationId)[0]?.[0];
    const referenced = imageId && cache.getImage(imageId)?.referencedImageId;
    if (!referenced || !images.has(referenced)) return [];
    return Object.values(segmentation.segments).map((segment) => {
      const label = `${segment.label || `Segment ${segment.segmentIndex}`} – ${name || 'in the viewer'}`;
      return {
        likelihood: likelihoodOf(segment.label, false),
        source: {
          kind: 'loaded' as const,
          key: loadedKey(segmentationId, segment.segmentIndex),
          label,
          segment: segment.segmentIndex,
          isResult: isResult(segment.label),
          segmentationId,
        },
      };
    });
  });
}

function storedCandidates(displaySet: DisplaySet, ct: DisplaySet): Candidate[] {
  const instance = displaySet.instance ?? {};
  const sopInstanceUID = text(instance, 'SOPInstanceUID');
  if (!sopInstanceUID) return [];
  const foreign =
    text(instance, 'FrameOfReferenceUID') !== text(ct.instances?.[0] ?? {}, 'FrameOfReferenceUID');
  return items(instance, 'SegmentSequence').flatMap((segment) => {
    const segmentNumber = number(segment, 'SegmentNumber');
    if (segmentNumber === undefined || segmentNumber === 0) return [];
    const label = text(segment, 'SegmentLabel') ?? `Segment ${segmentNumber}`;
    const series = displaySet.SeriesDescription || `Series ${displaySet.SeriesNumber ?? '?'}`;
    const source: SkullSource = {
      kind: 'stored',
      key: storedKey(sopInstanceUID, segmentNumber),
      label: `${label} – ${series}${foreign ? ' (other frame of reference)' : ''}`,
      segment: segmentNumber,
      isResult: isResult(label, readCode(segment, 'SegmentedPropertyTypeCodeSequence')),
      instance: {
        studyInstanceUID: displaySet.StudyInstanceUID,
        seriesInstanceUID: displaySet.SeriesInstanceUID,
        sopInstanceUID,
      },
    };
    return [{ source, likelihood: foreign ? -1 : likelihoodOf(label, isSkull(segment)) }];
  });
}

/** A patch has the code of the skull that it completes: its label tells it apart. */
function isResult(label: string | undefined, code?: Code): boolean {
  return sameCode(code, codes.implant) || /^(skull patch|implant)$/i.test(label?.trim() ?? '');
}

function isSkull(segment: NaturalDataset): boolean {
  return sameCode(readCode(segment, 'SegmentedPropertyTypeCodeSequence'), codes.skull);
}

/** 3 the skull, 2 perhaps, 0 rather one of our own results. */
function likelihoodOf(label: string | undefined, coded: boolean): number {
  if (/patch|implant|reconstruct/i.test(label ?? '')) return 0;
  if (coded || /skull|cranium|bone/i.test(label ?? '')) return 3;
  return 2;
}
