import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import type { ReferencedInstance } from '../ct/derivedObject.ts';
import { item, text, type NaturalDataset } from '../part10/attributes.ts';
import { readCode, sameCode, type Code } from '../part10/codedConcept.ts';
import { parsePart10 } from '../part10/part10.ts';
import { documentClass } from '../part10/sopClasses.ts';
import { parseRecord, type CaseRecord } from './caseRecord.ts';
import { codes, concepts } from './codes.ts';
import {
  childrenOf,
  codeOf,
  conceptOf,
  isOfType,
  readNumber,
  readPlace,
  readSegment,
  textOf,
  textValue,
  uidOf,
} from './contentItems.ts';
import type { Evaluation, Measurement, Note, SegmentMeasurements } from './measurements.ts';
import { why } from '../errorSentences.ts';

/** Measurements of a segment, as they were stored. */
export interface MeasuredSegment extends SegmentMeasurements {
  readonly trackingID: string;
  readonly trackingUID?: string;
  readonly finding?: Code;
  /** The segment that was measured, by its number. */
  readonly segment?: ReferencedInstance & { readonly segment: number };
  readonly sourceSeriesInstanceUID?: string;
  readonly algorithm: {
    readonly name?: string;
    readonly version?: string;
    /** Of this project's: `sha256=…` of the model, its licence, the parameters. */
    readonly parameters: readonly string[];
  };
}

/** A report of measurements (TID 1500). */
export interface ReportObject {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly studyInstanceUID: string;
  readonly segments: readonly MeasuredSegment[];
  /** From which the case can be opened again; undefined in reports of other software. */
  readonly record?: CaseRecord;
  readonly dataset: NaturalDataset;
}

function bad(said: Said): CranioplastyError {
  return new CranioplastyError('bad-object', said);
}

function required(dataset: NaturalDataset, name: string): string {
  const value = text(dataset, name);
  if (!value) throw bad(why('error.report.lacks', { what: name }));
  return value;
}

function measurementOf(child: NaturalDataset): Measurement | undefined {
  const concept = conceptOf(child);
  const found = readNumber(child);
  if (!concept || !found) return undefined;
  const derivation = codeOf(child, codes.derivation);
  return { concept, ...(derivation ? { derivation } : {}), ...found };
}

/** Codes of a group that say what it is of, and are no judgement. */
const described = [codes.category, codes.finding, codes.findingSite, codes.algorithmFamily];

function evaluationOf(child: NaturalDataset): Evaluation | undefined {
  const concept = conceptOf(child);
  const value = readCode(child, 'ConceptCodeSequence');
  if (!concept || !value || described.some((one) => sameCode(one, concept))) return undefined;
  const [checked] = childrenOf(child, concepts.checked);
  const judged = checked && readNumber(checked);
  const [where] = childrenOf(child, concepts.place);
  const place = where && readPlace(where);
  const comment = textOf(child, codes.comment);
  return {
    concept,
    value,
    ...(judged ? { judged } : {}),
    ...(comment === undefined ? {} : { comment }),
    ...(place ? { place } : {}),
  };
}

function noteOf(child: NaturalDataset): Note | undefined {
  const concept = conceptOf(child);
  const value = textValue(child);
  const contained = text(child, 'RelationshipType') === 'CONTAINS';
  return concept && value !== undefined && contained ? { concept, text: value } : undefined;
}

function segmentOf(group: NaturalDataset): MeasuredSegment {
  const children = childrenOf(group);
  const all = <T>(type: string, read: (child: NaturalDataset) => T | undefined): T[] =>
    children.filter((child) => isOfType(child, type)).flatMap((child) => read(child) ?? []);
  const [segment] = childrenOf(group, codes.segment);
  return {
    trackingID: textOf(group, codes.trackingId) ?? '',
    trackingUID: uidOf(group, codes.trackingUid),
    finding: codeOf(group, codes.finding),
    segment: segment && readSegment(segment),
    sourceSeriesInstanceUID: uidOf(group, codes.sourceSeries),
    algorithm: {
      name: textOf(group, codes.algorithmName),
      version: textOf(group, codes.algorithmVersion),
      parameters: childrenOf(group, codes.algorithmParameters).flatMap(
        (child) => textValue(child) ?? [],
      ),
    },
    measurements: all('NUM', measurementOf),
    evaluations: all('CODE', evaluationOf),
    notes: all('TEXT', noteOf),
  };
}

/**
 * Reads a report of measurements, of this project or another's.
 * @throws CranioplastyError `bad-object` if the file is something else or damaged, or of a newer version of this
 *   software; `bad-parameter`, `bad-axis` for parameters of an implant that cannot be
 */
export function readReport(file: ArrayBuffer | Uint8Array): ReportObject {
  const { dataset } = parsePart10(file, 'bad-object');
  const sopClassUID = text(dataset, 'SOPClassUID') ?? 'unknown';
  const template = text(item(dataset, 'ContentTemplateSequence') ?? {}, 'TemplateIdentifier');
  if (sopClassUID !== documentClass.comprehensive3dSr || template !== '1500') {
    throw bad(why('error.report.none', { sopClass: sopClassUID }));
  }
  const groups = childrenOf(dataset, codes.measurements).flatMap((container) =>
    childrenOf(container, codes.group),
  );
  const record = textOf(dataset, concepts.record);
  return {
    sopClassUID,
    sopInstanceUID: required(dataset, 'SOPInstanceUID'),
    seriesInstanceUID: required(dataset, 'SeriesInstanceUID'),
    studyInstanceUID: required(dataset, 'StudyInstanceUID'),
    segments: groups.map(segmentOf),
    ...(record === undefined ? {} : { record: parseRecord(record) }),
    dataset,
  };
}
