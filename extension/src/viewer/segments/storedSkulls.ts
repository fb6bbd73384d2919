import { item, items, number, text, type NaturalDataset } from '../../dicom/part10/attributes.ts';
import { sopClass } from '../../dicom/part10/sopClasses.ts';
import { readCode, sameCode, type Code } from '../../dicom/part10/codedConcept.ts';
import { codes } from '../../dicom/segmentation/codes.ts';
import type { DisplaySet } from '../../types/ohif.ts';
import { storedKey, type SkullSource } from '../skullSource.ts';
import { say } from '../../words/say.ts';

/** A segment that may be the skull, and how likely it is. */
export interface Candidate {
  readonly source: SkullSource;
  readonly likelihood: number;
}

/** A SEG object of the study: its metadata and what its series is called. */
export interface StoredObject {
  readonly instance: NaturalDataset;
  readonly series: string;
}

const segmentationClasses: ReadonlySet<string | undefined> = new Set([
  sopClass.segmentation,
  sopClass.labelMapSegmentation,
]);

const seriesName = (description: unknown, seriesNumber: unknown): string =>
  description ? String(description) : `Series ${seriesNumber ?? '?'}`;

/**
 * The SEG objects of a study. The viewer makes no display set of one that names no series that it refers
 * to, which is optional where the frame of reference ties them.
 *
 * @param displaySets those of SEG objects
 * @param instances metadata of every object of the study
 */
export function storedObjects(
  displaySets: readonly DisplaySet[],
  instances: readonly NaturalDataset[],
): StoredObject[] {
  const shown = displaySets.flatMap(({ instance, SeriesDescription, SeriesNumber }) =>
    instance ? [{ instance, series: seriesName(SeriesDescription, SeriesNumber) }] : [],
  );
  const known = new Set(shown.map(({ instance }) => text(instance, 'SOPInstanceUID')));
  const others = instances
    .filter(
      (instance) =>
        segmentationClasses.has(text(instance, 'SOPClassUID')) &&
        !known.has(text(instance, 'SOPInstanceUID')),
    )
    .map((instance) => ({
      instance,
      series: seriesName(text(instance, 'SeriesDescription'), text(instance, 'SeriesNumber')),
    }));
  return [...shown, ...others];
}

/** The segments of a SEG object; of two that are as likely the skull that of this CT rather than of another series. */
export function storedCandidates({ instance, series }: StoredObject, ct: DisplaySet): Candidate[] {
  const [studyInstanceUID, seriesInstanceUID, sopInstanceUID] = [
    'StudyInstanceUID',
    'SeriesInstanceUID',
    'SOPInstanceUID',
  ].map((name) => text(instance, name));
  if (!studyInstanceUID || !seriesInstanceUID || !sopInstanceUID) return [];
  const foreign =
    text(instance, 'FrameOfReferenceUID') !== text(ct.instances?.[0] ?? {}, 'FrameOfReferenceUID');
  const madeOn = text(item(instance, 'ReferencedSeriesSequence') ?? {}, 'SeriesInstanceUID');
  // Drawn on the tilted slices, for one, it does not lie on the straightened ones.
  const elsewhere = madeOn !== undefined && madeOn !== ct.SeriesInstanceUID ? 0.5 : 0;
  return items(instance, 'SegmentSequence').flatMap((segment) => {
    const segmentNumber = number(segment, 'SegmentNumber');
    if (segmentNumber === undefined || segmentNumber === 0) return [];
    const label = text(segment, 'SegmentLabel') ?? say('skull.number', { number: segmentNumber });
    const named = `${label} – ${series}`;
    const source: SkullSource = {
      kind: 'stored',
      key: storedKey(sopInstanceUID, segmentNumber),
      label: foreign ? say('skull.foreign', { label: named }) : named,
      segment: segmentNumber,
      isResult: isResult(label, readCode(segment, 'SegmentedPropertyTypeCodeSequence')),
      instance: { studyInstanceUID, seriesInstanceUID, sopInstanceUID },
    };
    const likelihood = foreign ? -1 : likelihoodOf(label, isSkull(segment)) - elsewhere;
    return [{ source, likelihood }];
  });
}

/** A patch has the code of the skull that it completes: its label tells it apart. */
export function isResult(label: string | undefined, code?: Code): boolean {
  return (
    sameCode(code, codes.implant) ||
    /^(skull patch|schädelstück|implant|implantat)$/i.test(label?.trim() ?? '')
  );
}

function isSkull(segment: NaturalDataset): boolean {
  return sameCode(readCode(segment, 'SegmentedPropertyTypeCodeSequence'), codes.skull);
}

/** 3 the skull, 2 perhaps, 0 rather one of our own results. */
export function likelihoodOf(label: string | undefined, coded: boolean): number {
  if (/patch|implant|reconstruct|schädelstück/i.test(label ?? '')) return 0;
  if (coded || /skull|cranium|bone|schädel|knochen/i.test(label ?? '')) return 3;
  return 2;
}
