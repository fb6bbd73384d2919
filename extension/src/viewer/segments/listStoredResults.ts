import { contentTime } from '../../dicom/ct/derivedObject.ts';
import { item, items, text, type NaturalDataset } from '../../dicom/part10/attributes.ts';
import { readCode, sameCode } from '../../dicom/part10/codedConcept.ts';
import { documentClass, sopClass } from '../../dicom/part10/sopClasses.ts';
import { product } from '../../dicom/product.ts';
import { codes } from '../../dicom/segmentation/codes.ts';
import type { InstanceReference } from '../pacs.ts';
import type { StoredResult } from '../storedResult.ts';
import { isResult } from './storedSkulls.ts';

/**
 * The results that a study holds, the latest first.
 *
 * @param instances metadata of every object of the study
 */
export function listStoredResults(instances: readonly NaturalDataset[]): StoredResult[] {
  const ofClass = (uid: string): NaturalDataset[] =>
    instances.filter((instance) => text(instance, 'SOPClassUID') === uid);
  const reports = ofClass(documentClass.comprehensive3dSr);
  const solids = ofClass(documentClass.encapsulatedStl);
  return latestFirst(ofClass(sopClass.segmentation)).flatMap((instance) => {
    const segmentation = referenceOf(instance);
    const segments = items(instance, 'SegmentSequence');
    const patch = segments.find(isPatch);
    if (!segmentation || !patch) return [];
    const { sopInstanceUID } = segmentation;
    return [
      {
        segmentation,
        made: contentTime(instance),
        madeBy: makerOf(patch),
        edited: segments.some((one) => text(one, 'SegmentAlgorithmType') === 'SEMIAUTOMATIC'),
        ctSeriesInstanceUID: text(
          item(instance, 'ReferencedSeriesSequence') ?? {},
          'SeriesInstanceUID',
        ),
        reports: references(
          latestFirst(reports.filter((one) => evidenceOf(one).includes(sopInstanceUID))),
        ),
        solids: references(
          latestGroup(solids.filter((one) => sourcesOf(one).includes(sopInstanceUID))),
        ),
      },
    ];
  });
}

function isPatch(segment: NaturalDataset): boolean {
  const code = readCode(segment, 'SegmentedPropertyTypeCodeSequence');
  return sameCode(code, codes.skull) && isResult(text(segment, 'SegmentLabel'), code);
}

function referenceOf(instance: NaturalDataset): InstanceReference | undefined {
  const [studyInstanceUID, seriesInstanceUID, sopInstanceUID] = [
    'StudyInstanceUID',
    'SeriesInstanceUID',
    'SOPInstanceUID',
  ].map((name) => text(instance, name));
  return studyInstanceUID && seriesInstanceUID && sopInstanceUID
    ? { studyInstanceUID, seriesInstanceUID, sopInstanceUID }
    : undefined;
}

const references = (instances: readonly NaturalDataset[]): InstanceReference[] =>
  instances.flatMap((instance) => referenceOf(instance) ?? []);

/** Model and version, without the name of this software. */
function makerOf(segment: NaturalDataset): string | undefined {
  const algorithm = item(segment, 'SegmentationAlgorithmIdentificationSequence') ?? {};
  const name = text(algorithm, 'AlgorithmName') ?? text(segment, 'SegmentAlgorithmName');
  const own = name?.startsWith(`${product.name} `) ? name.slice(product.name.length + 1) : name;
  return [own, text(algorithm, 'AlgorithmVersion')].filter(Boolean).join(' ') || undefined;
}

/** By date and time; of two of the same second the one that came later. */
function latestFirst(instances: readonly NaturalDataset[]): NaturalDataset[] {
  const time = (instance: NaturalDataset): number => contentTime(instance)?.getTime() ?? 0;
  return [...instances].reverse().sort((a, b) => time(b) - time(a));
}

/** Objects that a report names. */
function evidenceOf(report: NaturalDataset): (string | undefined)[] {
  return items(report, 'CurrentRequestedProcedureEvidenceSequence')
    .flatMap((study) => items(study, 'ReferencedSeriesSequence'))
    .flatMap((series) => items(series, 'ReferencedSOPSequence'))
    .map((instance) => text(instance, 'ReferencedSOPInstanceUID'));
}

/** Objects that a solid was made from. */
function sourcesOf(solid: NaturalDataset): (string | undefined)[] {
  return items(solid, 'SourceInstanceSequence').map((instance) =>
    text(instance, 'ReferencedSOPInstanceUID'),
  );
}

/** The pieces of the implant that was stored last. */
function latestGroup(solids: readonly NaturalDataset[]): NaturalDataset[] {
  const [latest] = latestFirst(solids);
  if (!latest) return [];
  const group = text(latest, 'ModelGroupUID');
  return group ? solids.filter((one) => text(one, 'ModelGroupUID') === group) : [latest];
}
