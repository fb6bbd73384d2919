import { parseFile, type ParsedFile } from '../../../extension/src/dicom/part10/parseFile.ts';
import { UnreadableFile } from '../../../extension/src/dicom/part10/unreadableFile.ts';

/** A DICOM file taken apart. */
export type Part10 = ParsedFile;

/** Elements by tag (eight hexadecimal digits). */
export type Dataset = ParsedFile['elements'];

/** Why bytes are not accepted as a DICOM file; the message is for the sender. */
export class MalformedDicomError extends Error {
  override name = 'MalformedDicomError';
}

/** Digits in dot-separated groups, at most 64 characters: also what makes a UID safe as a file name. */
const UID = /^\d+(\.\d+)*$/;

export function isUid(text: string): boolean {
  return text.length <= 64 && UID.test(text);
}

/**
 * Parses a Part 10 file, in any transfer syntax.
 * @param options.headerOnly leaves the pixel data unread
 * @throws MalformedDicomError if the bytes are not one or end too early.
 */
export function readPart10(bytes: Uint8Array, options?: { headerOnly?: boolean }): Part10 {
  if (bytes.length < 132 || Buffer.from(bytes.subarray(128, 132)).toString('latin1') !== 'DICM') {
    throw new MalformedDicomError('Not a DICOM Part 10 file: the DICM prefix is missing.');
  }
  try {
    return parseFile(bytes, options?.headerOnly);
  } catch (cause) {
    const what =
      cause instanceof UnreadableFile && cause.cutShort
        ? 'The DICOM file is cut off.'
        : 'The DICOM file is damaged and could not be read.';
    throw new MalformedDicomError(what, { cause });
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
