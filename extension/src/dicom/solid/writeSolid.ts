import { CranioplastyError } from '../../engine/space/errors.ts';
import {
  algorithmItem,
  dateTime,
  equipment,
  firstInstance,
  instanceItem,
  referencedSeries,
  seriesItems,
  type Algorithm,
  type ObjectSource,
  type ReferencedSeries,
} from '../ct/derivedObject.ts';
import { frameOfReference, patientAndStudy } from '../ct/sourceModules.ts';
import { codeItem } from '../part10/codedConcept.ts';
import { encodePart10 } from '../part10/part10.ts';
import { documentClass } from '../part10/sopClasses.ts';
import { newUid } from '../part10/uid.ts';
import { product } from '../product.ts';
import { dicomCielab } from '../segmentation/cielab.ts';
import { kindCodes } from '../segmentation/codes.ts';
import { codes } from './codes.ts';
import { why } from '../errorSentences.ts';

/** An implant to write, or one piece of it. */
export interface SolidToWrite {
  /** Binary STL, mm, patient LPS; kept byte by byte. */
  readonly stl: Uint8Array;
  /** What it is, in a few words; that it is for research only is added. */
  readonly title: string;
  readonly algorithm: Algorithm;
  /** Anatomy of the other side was mirrored to make it, and nothing else. */
  readonly mirrored?: boolean;
}

export interface SolidOptions {
  readonly seriesDescription: string;
  /** The segmentation that holds the same implant as voxels. */
  readonly segmentation?: ReferencedSeries;
  /** The same for all pieces of one implant. */
  readonly seriesInstanceUID?: string;
  readonly modelGroupUID?: string;
  /** Number of the piece, from 1. */
  readonly instanceNumber?: number;
  readonly now?: Date;
  /** Supplies UIDs; for tests and for writing the same object again. */
  readonly newUid?: () => string;
}

const stlHeader = 84;
const stlTriangle = 50;

/** Whether bytes are as long as a binary STL of their number of triangles is, which is at least one. */
export function isBinaryStl(stl: Uint8Array): boolean {
  if (stl.length < stlHeader) return false;
  const count = new DataView(stl.buffer, stl.byteOffset, stl.byteLength).getUint32(80, true);
  return count > 0 && stl.length === stlHeader + stlTriangle * count;
}

/**
 * Writes an implant as Encapsulated STL (PS3.3, A.85.1), explicit VR little endian. Its coordinates are those of the
 * source's frame of reference.
 *
 * @throws CranioplastyError `bad-object` if the STL is empty or not binary; `bad-geometry` if the source names no study
 */
export function writeSolid(
  { stl, title, algorithm, mirrored }: SolidToWrite,
  source: ObjectSource,
  options: SolidOptions,
): ArrayBuffer {
  if (!isBinaryStl(stl)) {
    throw new CranioplastyError('bad-object', why('error.stl.no-surface'));
  }
  const uid = options.newUid ?? newUid;
  const { date, time } = dateTime(options.now ?? new Date());
  const { segmentation } = options;
  const references = [...referencedSeries(source), ...(segmentation ? [segmentation] : [])];
  const words = `${title}. ${product.researchUse}.`;

  return encodePart10({
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: documentClass.encapsulatedStl,
    SOPInstanceUID: uid(),
    SeriesInstanceUID: options.seriesInstanceUID ?? uid(),
    ...patientAndStudy(firstInstance(source)),
    ...frameOfReference(firstInstance(source)),
    Modality: 'M3D',
    SeriesNumber: 301,
    SeriesDate: date,
    SeriesTime: time,
    SeriesDescription: options.seriesDescription.slice(0, 64),
    ...equipment,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    InstanceNumber: options.instanceNumber ?? 1,
    ContentDate: date,
    ContentTime: time,
    AcquisitionDateTime: `${date}${time}`,
    // Neither engraved in the part nor named in the file.
    BurnedInAnnotation: 'NO',
    RecognizableVisualFeatures: 'NO',
    SourceInstanceSequence: references.flatMap(({ instances }) =>
      instances.map((instance) => ({
        ...instanceItem(instance),
        PurposeOfReferenceCodeSequence: [codeItem(codes.sourceImage)],
      })),
    ),
    DocumentTitle: (algorithm.terms ? `${words} ${algorithm.name}: ${algorithm.terms}.` : words)
      // The value of an ST.
      .slice(0, 1024),
    ConceptNameCodeSequence: [codeItem(codes.ctModel)],
    MIMETypeOfEncapsulatedDocument: 'model/stl',
    EncapsulatedDocumentLength: stl.length,
    EncapsulatedDocument: stl.slice().buffer,
    MeasurementUnitsCodeSequence: [codeItem(codes.millimetre)],
    // What was never there is shown, not what was observed.
    ModelModification: 'YES',
    ...(mirrored ? { ModelMirroring: 'YES' } : {}),
    ModelUsageCodeSequence: [codeItem(codes.implantFabrication)],
    ContentDescription: product.researchUse,
    DerivationAlgorithmSequence: [algorithmItem(algorithm)],
    ModelGroupUID: options.modelGroupUID ?? uid(),
    RecommendedDisplayCIELabValue: dicomCielab(kindCodes.implant.rgb),
    ReferencedSeriesSequence: seriesItems(references),
  });
}
