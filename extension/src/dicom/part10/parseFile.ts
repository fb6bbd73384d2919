import dicomParser, { type DataSet } from 'dicom-parser';
import type { DicomElements } from 'dcmjs';
import { inflateRaw } from 'pako';
import { textDecoder } from './characterSets.ts';
import { dictionaryVr, toElements } from './elements.ts';
import { pixelDataTag, pixelPieces } from './pixelPieces.ts';
import { UnreadableFile } from './unreadableFile.ts';

/** A DICOM file taken apart. */
export interface ParsedFile {
  /** Of the encoding on disk. */
  readonly transferSyntaxUID: string;
  /** The file meta information; a file without it has its transfer syntax alone. */
  readonly meta: DicomElements;
  /** The data set without the pixel data. Text is decoded whatever its character set. */
  readonly elements: DicomElements;
  /** The pixel data: one piece if uncompressed, one a frame if encapsulated, none if absent. */
  readonly pixelData: readonly Uint8Array[];
  /** VR of the pixel data. */
  readonly pixelVr: string;
}

const implicitLittleEndian = '1.2.840.10008.1.2';
const explicitLittleEndian = '1.2.840.10008.1.2.1';
const deflatedExplicitLittleEndian = '1.2.840.10008.1.2.1.99';

const hasPrefix = (bytes: Uint8Array): boolean =>
  bytes.length > 132 && String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM';

/** Whether a data set starts here that has neither preamble nor meta header: in group 8, little endian. */
function startsBare(bytes: Uint8Array): boolean {
  return bytes.length > 16 && bytes[0] === 8 && bytes[1] === 0 && bytes[3] === 0;
}

/** Whether a file starts like DICOM: with preamble and prefix (PS3.10, 7.1), or bare as some archives write it. */
export function startsLikeDicom(bytes: Uint8Array): boolean {
  if (hasPrefix(bytes) || hasPrefix(withPreamble(bytes.subarray(0, 256)))) return true;
  return startsBare(bytes) && (isExplicit(bytes) || bytes[6] + bytes[7] === 0);
}

const isExplicit = (bytes: Uint8Array): boolean =>
  /^[A-Z]{2}$/.test(String.fromCharCode(bytes[4], bytes[5]));

/** A file that lacks its preamble but has its meta header gets one. */
function withPreamble(bytes: Uint8Array): Uint8Array {
  const startsWithMeta = bytes.length > 16 && bytes[0] === 2 && bytes[1] === 0 && bytes[3] === 0;
  if (!startsWithMeta || hasPrefix(bytes) || !isExplicit(bytes)) return bytes;
  const whole = new Uint8Array(132 + bytes.length);
  whole.set([0x44, 0x49, 0x43, 0x4d], 128);
  whole.set(bytes, 132);
  return whole;
}

/** Where the data set starts, by the length of the meta header that comes first in it; 0 where that is not given. */
function metaEnd(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const given = hasPrefix(bytes) && bytes.length > 144 && view.getUint32(132, true) === 0x00000002;
  return given ? Math.min(144 + view.getUint32(140, true), bytes.length) : 0;
}

/** The data set of a deflated file (PS3.5, A.5); undefined of any other. */
function inflated(bytes: Uint8Array): Uint8Array | undefined {
  const start = metaEnd(bytes);
  const meta = String.fromCharCode(...bytes.subarray(132, Math.min(start, 4096)));
  if (!meta.includes(deflatedExplicitLittleEndian)) return undefined;
  const dataSet = inflateRaw(bytes.subarray(start));
  if (!dataSet) throw new UnreadableFile(true);
  return dataSet;
}

/** The data set, and its transfer syntax where no meta header in it says so. */
function parse(bytes: Uint8Array, untilTag?: string): { dataSet: DataSet; syntax?: string } {
  const unpacked = inflated(bytes);
  const syntax = unpacked
    ? deflatedExplicitLittleEndian
    : hasPrefix(bytes) || !startsLikeDicom(bytes)
      ? undefined
      : isExplicit(bytes)
        ? explicitLittleEndian
        : implicitLittleEndian;
  const dataSet = dicomParser.parseDicom(unpacked ?? bytes, {
    vrCallback: dictionaryVr,
    untilTag,
    ...(syntax && { TransferSyntaxUID: unpacked ? explicitLittleEndian : syntax }),
  });
  return { dataSet, syntax };
}

/** Whether dicom-parser says that it came to the end of the bytes; it throws strings, or a string in an object. */
function ranOut(thrown: unknown): boolean {
  const inner = (thrown as { exception?: unknown }).exception ?? thrown;
  return /overrun|past end|overread|eof|cannot be greater/.test(String(inner));
}

/**
 * Parses a DICOM file (PS3.10) in any transfer syntax, with or without its meta header. Attributes that
 * nobody asks for are skipped over, however strange. A file that ends too early is never filled up.
 *
 * @param headerOnly reads up to the pixel data only, which need not be there
 * @throws UnreadableFile if it is not DICOM, damaged or cut short
 */
export function parseFile(file: Uint8Array, headerOnly = false): ParsedFile {
  const bytes = withPreamble(file);
  try {
    const { dataSet, syntax } = parse(bytes, headerOnly ? pixelDataTag : undefined);
    const pixels = dataSet.elements[pixelDataTag];
    if (headerOnly) delete dataSet.elements[pixelDataTag];
    // The parser's stand-in for the meta header has no bytes.
    if (syntax) delete dataSet.elements['x00020010'];
    if (dataSet.warnings.some((warning) => warning.startsWith('eof')))
      throw new UnreadableFile(true);
    const all = toElements(dataSet, textDecoder([]));
    const tags = Object.keys(all);
    const part = (meta: boolean): DicomElements =>
      Object.fromEntries(
        tags.filter((tag) => tag.startsWith('0002') === meta).map((tag) => [tag, all[tag]]),
      );
    const meta = syntax ? { '00020010': { vr: 'UI', Value: [syntax] } } : part(true);
    return {
      transferSyntaxUID: String(meta['00020010']?.Value?.[0]),
      meta,
      elements: part(false),
      pixelData: pixelPieces(dataSet),
      pixelVr: pixels?.vr ?? 'OW',
    };
  } catch (cause) {
    if (cause instanceof UnreadableFile) throw cause;
    throw new UnreadableFile(startsLikeDicom(bytes) && ranOut(cause), cause);
  }
}
