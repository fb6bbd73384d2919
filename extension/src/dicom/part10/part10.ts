import dcmjs from 'dcmjs';
import { CranioplastyError, type CranioplastyErrorCode } from '../../engine/space/errors.ts';
import type { NaturalDataset } from './attributes.ts';

export const transferSyntax = {
  implicitLittleEndian: '1.2.840.10008.1.2',
  explicitLittleEndian: '1.2.840.10008.1.2.1',
  deflatedExplicitLittleEndian: '1.2.840.10008.1.2.1.99',
  rleLossless: '1.2.840.10008.1.2.5',
} as const;

/** Whether pixel data of this transfer syntax is stored as it is, little endian. */
export function isUncompressed(syntax: string): boolean {
  return (
    syntax === transferSyntax.implicitLittleEndian ||
    syntax === transferSyntax.explicitLittleEndian ||
    syntax === transferSyntax.deflatedExplicitLittleEndian
  );
}

/** Identifies this software as the writer of a file (PS3.10, 7.1). */
const implementationClassUID = '2.25.219482366893514408276114213716493824731';
const implementationVersionName = 'CRANIOPLASTY_01';

/** A DICOM file, parsed. */
export interface Part10 {
  readonly transferSyntaxUID: string;
  /** Every attribute but the pixel data. */
  readonly dataset: NaturalDataset;
  /** The pixel data: one piece if uncompressed, one a frame if encapsulated, none if absent. */
  readonly pixelData: readonly Uint8Array[];
}

function toArrayBuffer(bytes: ArrayBuffer | Uint8Array): ArrayBuffer {
  if (bytes instanceof ArrayBuffer) return bytes;
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  // Not slice(): that of Node's Buffer shares its memory.
  return (whole ? bytes.buffer : new Uint8Array(bytes).buffer) as ArrayBuffer;
}

function pixelPieces(value: unknown): Uint8Array[] {
  if (value === undefined || value === null) return [];
  const pieces: unknown[] = Array.isArray(value) ? value : [value];
  return pieces.map((piece) => {
    if (piece instanceof Uint8Array) return piece;
    if (piece instanceof ArrayBuffer) return new Uint8Array(piece);
    throw new TypeError('The pixel data is not binary.');
  });
}

/**
 * Parses a DICOM file (PS3.10).
 * @param code what to call the failure; it depends on what the caller wanted to read
 * @throws CranioplastyError `code` if the file is not DICOM, damaged or cut short
 */
export function parsePart10(
  bytes: ArrayBuffer | Uint8Array,
  code: CranioplastyErrorCode = 'bad-segmentation',
): Part10 {
  try {
    const file = dcmjs.data.DicomMessage.readFile(toArrayBuffer(bytes));
    const meta = dcmjs.data.DicomMetaDictionary.naturalizeDataset(file.meta);
    const { PixelData, ...dataset } = dcmjs.data.DicomMetaDictionary.naturalizeDataset(file.dict);
    return {
      transferSyntaxUID: String(meta['TransferSyntaxUID']),
      dataset,
      pixelData: pixelPieces(PixelData),
    };
  } catch (cause) {
    throw new CranioplastyError(
      code,
      'The file is not DICOM or is damaged: fetch or export it again.',
      { cause },
    );
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
