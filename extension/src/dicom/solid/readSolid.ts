import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import { readInstance, type ReferencedInstance } from '../ct/derivedObject.ts';
import { item, items, number, text, type NaturalDataset } from '../part10/attributes.ts';
import { readCode, sameCode } from '../part10/codedConcept.ts';
import { parsePart10 } from '../part10/part10.ts';
import { documentClass } from '../part10/sopClasses.ts';
import { codes } from './codes.ts';
import { isBinaryStl } from './writeSolid.ts';
import { why } from '../errorSentences.ts';

/** An Encapsulated STL. */
export interface SolidObject {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly studyInstanceUID: string;
  readonly frameOfReferenceUID: string;
  /** The same for all pieces of one implant. */
  readonly modelGroupUID?: string;
  /** Number of the piece, from 1. */
  readonly instanceNumber: number;
  readonly title: string;
  /** As it was encapsulated, byte by byte: mm, in the frame of reference. */
  readonly stl: Uint8Array;
  /** CT slices and segmentation that it was made from. */
  readonly sources: readonly ReferencedInstance[];
  readonly algorithm: {
    readonly name?: string;
    readonly version?: string;
    readonly parameters?: string;
  };
  /** Every attribute but the STL. */
  readonly dataset: NaturalDataset;
}

function bad(said: Said): CranioplastyError {
  return new CranioplastyError('bad-object', said);
}

function required(dataset: NaturalDataset, name: string): string {
  const value = text(dataset, name);
  if (!value) throw bad(why('error.stl.lacks', { what: name }));
  return value;
}

/** The document without the byte that makes its length even. */
function documentOf(dataset: NaturalDataset): Uint8Array {
  const value = dataset['EncapsulatedDocument'];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  const bytes =
    first instanceof ArrayBuffer ? new Uint8Array(first) : first instanceof Uint8Array && first;
  if (!bytes) throw bad(why('error.stl.no-document'));
  return bytes.subarray(0, number(dataset, 'EncapsulatedDocumentLength') ?? bytes.length).slice();
}

/**
 * Reads an Encapsulated STL, of this project or another's.
 * @throws CranioplastyError `bad-object` if the file is something else, damaged, not binary STL or not in mm
 */
export function readSolid(file: ArrayBuffer | Uint8Array): SolidObject {
  const { dataset } = parsePart10(file, 'bad-object');
  const sopClassUID = text(dataset, 'SOPClassUID') ?? 'unknown';
  if (sopClassUID !== documentClass.encapsulatedStl) {
    throw bad(why('error.stl.none', { sopClass: sopClassUID }));
  }
  const unit = readCode(dataset, 'MeasurementUnitsCodeSequence');
  if (!sameCode(unit, codes.millimetre)) {
    throw bad(why('error.stl.unit', { unit: unit?.meaning ?? why('error.stl.unknown-unit') }));
  }
  const stl = documentOf(dataset);
  if (!isBinaryStl(stl)) {
    throw bad(why('error.stl.cut-short'));
  }
  const made = item(dataset, 'DerivationAlgorithmSequence') ?? {};
  const { EncapsulatedDocument: _, ...rest } = dataset;
  return {
    sopClassUID,
    sopInstanceUID: required(dataset, 'SOPInstanceUID'),
    seriesInstanceUID: required(dataset, 'SeriesInstanceUID'),
    studyInstanceUID: required(dataset, 'StudyInstanceUID'),
    frameOfReferenceUID: required(dataset, 'FrameOfReferenceUID'),
    modelGroupUID: text(dataset, 'ModelGroupUID'),
    instanceNumber: number(dataset, 'InstanceNumber') ?? 1,
    title: text(dataset, 'DocumentTitle') ?? '',
    stl,
    sources: items(dataset, 'SourceInstanceSequence').map(readInstance),
    algorithm: {
      name: text(made, 'AlgorithmName'),
      version: text(made, 'AlgorithmVersion'),
      parameters: text(made, 'AlgorithmParameters'),
    },
    dataset: rest,
  };
}
