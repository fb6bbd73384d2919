import dcmjs from 'dcmjs';
import { why } from '../errorSentences.ts';
import { CranioplastyError, type CranioplastyErrorCode } from '../../engine/space/errors.ts';
import type { NaturalDataset } from './attributes.ts';
import { parseFile, type ParsedFile } from './parseFile.ts';
import { sopClass } from './sopClasses.ts';
import { UnreadableFile } from './unreadableFile.ts';

export const transferSyntax = {
  implicitLittleEndian: '1.2.840.10008.1.2',
  explicitLittleEndian: '1.2.840.10008.1.2.1',
  deflatedExplicitLittleEndian: '1.2.840.10008.1.2.1.99',
  explicitBigEndian: '1.2.840.10008.1.2.2',
  rleLossless: '1.2.840.10008.1.2.5',
  jpegLossless: '1.2.840.10008.1.2.4.57',
  jpegLosslessFirstOrder: '1.2.840.10008.1.2.4.70',
  jpegLsLossless: '1.2.840.10008.1.2.4.80',
  jpegLsNearLossless: '1.2.840.10008.1.2.4.81',
  jpeg2000Lossless: '1.2.840.10008.1.2.4.90',
  jpeg2000: '1.2.840.10008.1.2.4.91',
  deflatedFrames: '1.2.840.10008.1.2.8.1',
} as const;

/** Whether pixel data of this transfer syntax is stored as it is; `parsePart10` gives it in little endian. */
export function isUncompressed(syntax: string): boolean {
  return (
    syntax === transferSyntax.implicitLittleEndian ||
    syntax === transferSyntax.explicitLittleEndian ||
    syntax === transferSyntax.deflatedExplicitLittleEndian ||
    syntax === transferSyntax.explicitBigEndian
  );
}

/** Identifies this software as the writer of a file (PS3.10, 7.1). */
export const implementationClassUID = '2.25.219482366893514408276114213716493824731';
const implementationVersionName = 'CRANIOPLASTY_01';

/** A DICOM file, parsed. */
export interface Part10 {
  readonly transferSyntaxUID: string;
  /** Every attribute but the pixel data. */
  readonly dataset: NaturalDataset;
  /** The pixel data: one piece if uncompressed, one a frame if encapsulated, none if absent. */
  readonly pixelData: readonly Uint8Array[];
  /** Name of the file, where it has one. */
  readonly name?: string;
}

const withPixels: ReadonlySet<unknown> = new Set(Object.values(sopClass));

/** Whether a file should hold pixels and ends before them. */
function lacksPixels({ pixelData, elements, meta }: ParsedFile): boolean {
  const stated = (elements['00080016'] ?? meta['00020002'])?.Value?.[0];
  return pixelData.length === 0 && (elements['00280010'] !== undefined || withPixels.has(stated));
}

/**
 * Parses a DICOM file (PS3.10).
 * @param code what to call the failure; it depends on what the caller wanted to read
 * @param name of the file, for the error
 * @throws CranioplastyError `code` if the file is not DICOM, damaged or cut short
 */
export function parsePart10(
  bytes: ArrayBuffer | Uint8Array,
  code: CranioplastyErrorCode = 'bad-segmentation',
  name?: string,
): Part10 {
  try {
    const file = parseFile(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
    if (lacksPixels(file)) throw new UnreadableFile(true);
    return {
      transferSyntaxUID: file.transferSyntaxUID,
      dataset: dcmjs.data.DicomMetaDictionary.naturalizeDataset(file.elements),
      pixelData: file.pixelData,
      name,
    };
  } catch (cause) {
    const cutShort = cause instanceof UnreadableFile && cause.cutShort;
    const file = name ?? why('error.file');
    const said = why(cutShort ? 'error.file.cut-short' : 'error.file.unreadable', { file });
    throw new CranioplastyError(code, said, { cause });
  }
}

/**
 * Encodes a data set as a DICOM file, explicit VR little endian. Binary attributes are ArrayBuffers;
 * the VR of `PixelData` is taken from `_vrMap`.
 */
export function encodePart10(dataset: NaturalDataset): ArrayBuffer {
  const dictionary = dcmjs.data.DicomMetaDictionary;
  const file = new dcmjs.data.DicomDict(
    dictionary.denaturalizeDataset({
      FileMetaInformationVersion: Uint8Array.of(0, 1).buffer,
      MediaStorageSOPClassUID: dataset['SOPClassUID'],
      MediaStorageSOPInstanceUID: dataset['SOPInstanceUID'],
      TransferSyntaxUID: transferSyntax.explicitLittleEndian,
      ImplementationClassUID: implementationClassUID,
      ImplementationVersionName: implementationVersionName,
    }),
  );
  file.dict = dictionary.denaturalizeDataset({ ...dataset });
  return file.write();
}
