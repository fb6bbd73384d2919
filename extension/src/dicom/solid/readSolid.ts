import { CranioplastyError } from '../../engine/space/errors.ts';
import { readInstance, type ReferencedInstance } from '../ct/derivedObject.ts';
import { item, items, number, text, type NaturalDataset } from '../part10/attributes.ts';
import { readCode, sameCode } from '../part10/codedConcept.ts';
import { parsePart10 } from '../part10/part10.ts';
import { documentClass } from '../part10/sopClasses.ts';
import { codes } from './codes.ts';
import { isBinaryStl } from './writeSolid.ts';

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

function bad(message: string): CranioplastyError {
  return new CranioplastyError('bad-object', message);
}

function required(dataset: NaturalDataset, name: string): string {
  const value = text(dataset, name);
  if (!value) throw bad(`The encapsulated STL lacks its ${name}: fetch or export it again.`);
  return value;
}

/** The document without the byte that makes its length even. */
function documentOf(dataset: NaturalDataset): Uint8Array {
  const value = dataset['EncapsulatedDocument'];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  const bytes =
    first instanceof ArrayBuffer ? new Uint8Array(first) : first instanceof Uint8Array && first;
  if (!bytes) throw bad('The encapsulated STL holds no document: fetch or export it again.');
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
    throw bad(
      `The file is no encapsulated STL (SOP class ${sopClassUID}): choose one of an implant.`,
    );
  }
  const unit = readCode(dataset, 'MeasurementUnitsCodeSequence');
  if (!sameCode(unit, codes.millimetre)) {
    throw bad(
      `The encapsulated STL is in ${unit?.meaning ?? 'an unknown unit'}, not in mm: export it again in mm.`,
    );
  }
  const stl = documentOf(dataset);
  if (!isBinaryStl(stl)) {
    throw bad('The encapsulated STL is cut short or not binary: fetch or export it again.');
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
