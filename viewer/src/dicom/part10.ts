import { parseFile, type ParsedFile } from '../../../extension/src/dicom/part10/parseFile.ts';

/** Elements by tag (eight hexadecimal digits). */
export type Dataset = ParsedFile['elements'];

/** Why bytes are not accepted as a DICOM file; the message is for the sender. */
export class MalformedDicomError extends Error {
  override name = 'MalformedDicomError';
}

/** The transfer syntax is one that the store does not take. */
export class UnsupportedSyntaxError extends MalformedDicomError {
  override name = 'UnsupportedSyntaxError';
}

/** Digits in dot-separated groups, at most 64 characters: also what makes a UID safe as a file name. */
const UID = /^\d+(\.\d+)*$/;

export function isUid(text: string): boolean {
  return text.length <= 64 && UID.test(text);
}

/**
 * Parses the header of a Part 10 file.
 * @param header the file up to its pixel data, found whole by `readStructure`
 * @throws MalformedDicomError if its values cannot be read
 */
export function readHeader(header: Uint8Array): Dataset {
  try {
    return parseFile(header, true).elements;
  } catch (cause) {
    throw new MalformedDicomError('The DICOM file is damaged and could not be read.', { cause });
  }
}

/** First value of an element as text, empty if there is none. */
export function textOf(dataset: Dataset, tag: string): string {
  const value = dataset[tag]?.Value?.[0];
  if (value == null) return '';
  if (typeof value === 'object') {
    return 'Alphabetic' in value ? String(value.Alphabetic) : '';
  }
  return String(value).trim();
}

/** First value of an element as a number, or the given default. */
export function numberOf(dataset: Dataset, tag: string, otherwise: number): number {
  const text = textOf(dataset, tag);
  return text === '' ? otherwise : Number(text);
}
