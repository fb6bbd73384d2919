import { CranioplastyError } from '../../engine/space/errors.ts';
import {
  algorithmParameters,
  dateTime,
  equipment,
  familyOf,
  firstInstance,
  instanceItem,
  referencedSeries,
  type Algorithm,
  type ObjectSource,
  type ReferencedSeries,
} from '../ct/derivedObject.ts';
import { patientAndStudy } from '../ct/sourceModules.ts';
import type { NaturalDataset } from '../part10/attributes.ts';
import { codeItem } from '../part10/codedConcept.ts';
import { encodePart10, implementationClassUID } from '../part10/part10.ts';
import { documentClass } from '../part10/sopClasses.ts';
import { newUid } from '../part10/uid.ts';
import { product } from '../product.ts';
import { kindCodes } from '../segmentation/codes.ts';
import {
  segmentKind,
  type Segment,
  type SegmentationObject,
} from '../segmentation/readSegmentation.ts';
import { writeRecord, type CaseRecord } from './caseRecord.ts';
import { codes, concepts, ownScheme } from './codes.ts';
import {
  codedItem,
  containerItem,
  numberItem,
  placeItem,
  segmentItem,
  textItem,
  uidItem,
} from './contentItems.ts';
import type { Evaluation, GroupToWrite, Measurement } from './measurements.ts';
import { why } from '../errorSentences.ts';

export interface ReportToWrite {
  /** One for each segment at most. */
  readonly groups: readonly GroupToWrite[];
  readonly record: CaseRecord;
}

export interface ReportOptions {
  readonly seriesDescription: string;
  /** The segmentation that was measured, as it is stored. */
  readonly segmentation: SegmentationObject;
  readonly now?: Date;
  /** Supplies UIDs; for tests and for writing the same object again. */
  readonly newUid?: () => string;
}

/**
 * Writes measurements as a Comprehensive 3D SR (PS3.3, A.35.13) after TID 1500, each group of them tied to the segment
 * that it measures (TID 1411). Unlike Enhanced SR that class can say where in the patient something is. The record of
 * the case is a text of its own behind the measurements.
 *
 * @throws CranioplastyError `bad-object` if no group is of a segment; `bad-geometry` if the source names no study
 */
export function writeReport(
  { groups, record }: ReportToWrite,
  source: ObjectSource,
  options: ReportOptions,
): ArrayBuffer {
  const uid = options.newUid ?? newUid;
  const { date, time } = dateTime(options.now ?? new Date());
  const { segmentation } = options;
  const measured = groups.flatMap((group) => {
    const segment = segmentation.segments.find((one) => segmentKind(one) === group.kind);
    return segment ? [groupItem(group, segment, segmentation)] : [];
  });
  if (measured.length === 0) {
    throw new CranioplastyError('bad-object', why('error.report.no-shape'));
  }
  const study = patientAndStudy(firstInstance(source));

  return encodePart10({
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: documentClass.comprehensive3dSr,
    SOPInstanceUID: uid(),
    SeriesInstanceUID: uid(),
    ...study,
    CodingSchemeIdentificationSequence: [
      {
        CodingSchemeDesignator: ownScheme.designator,
        CodingSchemeName: ownScheme.name,
        CodingSchemeResponsibleOrganization: ownScheme.organization,
      },
    ],
    Modality: 'SR',
    SeriesNumber: 302,
    SeriesDate: date,
    SeriesTime: time,
    SeriesDescription: options.seriesDescription.slice(0, 64),
    ReferencedPerformedProcedureStepSequence: [],
    ...equipment,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    InstanceNumber: 1,
    ContentDate: date,
    ContentTime: time,
    CompletionFlag: 'COMPLETE',
    CompletionFlagDescription: product.researchUse,
    VerificationFlag: 'UNVERIFIED',
    PerformedProcedureCodeSequence: [],
    CurrentRequestedProcedureEvidenceSequence: [
      {
        StudyInstanceUID: study['StudyInstanceUID'],
        ReferencedSeriesSequence: [...referencedSeries(source), seriesOf(segmentation)].map(
          ({ seriesInstanceUID, instances }) => ({
            ReferencedSOPSequence: instances.map(instanceItem),
            SeriesInstanceUID: seriesInstanceUID,
          }),
        ),
      },
    ],
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: [codeItem(codes.report)],
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: '1500' }],
    ContentSequence: [
      codedItem('HAS CONCEPT MOD', codes.language, codes.english),
      ...observer(),
      codedItem('HAS CONCEPT MOD', codes.procedure, codes.ct),
      containerItem(codes.measurements, measured),
      textItem('CONTAINS', codes.comment, `${product.researchUse}.`),
      textItem('CONTAINS', concepts.record, writeRecord(record)),
    ],
  });
}

/** A segmentation as a reference. */
export function seriesOf({
  seriesInstanceUID,
  sopClassUID,
  sopInstanceUID,
}: Pick<
  SegmentationObject,
  'seriesInstanceUID' | 'sopClassUID' | 'sopInstanceUID'
>): ReferencedSeries {
  return { seriesInstanceUID, instances: [{ sopClassUID, sopInstanceUID }] };
}

/** This software observed (TID 1002). */
function observer(): NaturalDataset[] {
  return [
    codedItem('HAS OBS CONTEXT', codes.observerType, codes.device),
    uidItem('HAS OBS CONTEXT', codes.deviceUid, implementationClassUID),
    textItem('HAS OBS CONTEXT', codes.deviceName, product.name),
    textItem('HAS OBS CONTEXT', codes.deviceManufacturer, product.manufacturer),
    textItem('HAS OBS CONTEXT', codes.deviceModel, product.name),
    textItem('HAS OBS CONTEXT', codes.deviceSerial, product.version),
  ];
}

/** A measurement group (TID 1411). */
function groupItem(
  group: GroupToWrite,
  segment: Segment,
  segmentation: SegmentationObject,
): NaturalDataset {
  const { category, type } = kindCodes[group.kind];
  const { referencedSeriesInstanceUID, frameOfReferenceUID } = segmentation;
  return containerItem(
    codes.group,
    [
      textItem('HAS OBS CONTEXT', codes.trackingId, segment.trackingID ?? segment.label),
      ...(segment.trackingUID
        ? [uidItem('HAS OBS CONTEXT', codes.trackingUid, segment.trackingUID)]
        : []),
      codedItem('CONTAINS', codes.category, category),
      codedItem('CONTAINS', codes.finding, type),
      segmentItem(codes.segment, segmentation, segment.number),
      ...(referencedSeriesInstanceUID
        ? [uidItem('CONTAINS', codes.sourceSeries, referencedSeriesInstanceUID)]
        : []),
      codedItem('HAS CONCEPT MOD', codes.findingSite, kindCodes.skull.type),
      ...algorithmItems(group.algorithm),
      ...group.measurements.map(measurementItem),
      ...group.evaluations.map((one) => evaluationItem(one, frameOfReferenceUID)),
      ...group.notes.map(({ concept, text }) => textItem('CONTAINS', concept, text)),
    ],
    '1411',
  );
}

/** What measured (TID 4019). */
function algorithmItems(algorithm: Algorithm): NaturalDataset[] {
  return [
    textItem('HAS CONCEPT MOD', codes.algorithmName, algorithm.name),
    textItem('HAS CONCEPT MOD', codes.algorithmVersion, algorithm.version),
    ...algorithmParameters(algorithm).map((parameters) =>
      textItem('HAS CONCEPT MOD', codes.algorithmParameters, parameters),
    ),
    codedItem('HAS CONCEPT MOD', codes.algorithmFamily, familyOf(algorithm)),
  ];
}

function measurementItem({ concept, derivation, value, unit }: Measurement): NaturalDataset {
  const modifiers = derivation
    ? [codedItem('HAS CONCEPT MOD', codes.derivation, derivation)]
    : undefined;
  return numberItem('CONTAINS', concept, value, unit, modifiers);
}

function evaluationItem(
  { concept, value, judged, comment, place }: Evaluation,
  frameOfReferenceUID: string,
): NaturalDataset {
  return codedItem('CONTAINS', concept, value, [
    ...(judged ? [numberItem('HAS PROPERTIES', concepts.checked, judged.value, judged.unit)] : []),
    ...(comment ? [textItem('HAS PROPERTIES', codes.comment, comment)] : []),
    ...(place ? [placeItem('INFERRED FROM', concepts.place, place, frameOfReferenceUID)] : []),
  ]);
}
