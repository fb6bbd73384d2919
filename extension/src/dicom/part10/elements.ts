import dicomParser, { type DataSet, type Element } from 'dicom-parser';
import dcmjs, { type DicomElements } from 'dcmjs';
import { textDecoder, type DecodeText } from './characterSets.ts';
import { UnreadableFile } from './unreadableFile.ts';

const characterSetTag = '00080005';
/** VRs whose values are text in the data set's character set. */
const decodedText = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
/** VRs in which a backslash separates nothing. */
const singleText = new Set(['LT', 'ST', 'UT', 'UR']);
const plainText = new Set(['AE', 'AS', 'CS', 'DA', 'DT', 'TM', 'UI', 'UR']);
const latin1 = new TextDecoder('iso-8859-1');

/** VR of a tag (`x00280010`) by the dictionary; undefined for private and unknown ones. */
export function dictionaryVr(tag: string): string | undefined {
  const [group, element] = [tag.slice(1, 5), tag.slice(5)].map((part) => part.toUpperCase());
  const vr = dcmjs.data.DicomMetaDictionary.dictionary[`(${group},${element})`]?.vr;
  return vr === 'ox' ? 'OW' : vr;
}

/** A US or SS by PixelRepresentation. */
const signedOrNot = (dataSet: DataSet): string => (dataSet.uint16('x00280103') === 1 ? 'SS' : 'US');

function vrOf(dataSet: DataSet, element: Element): string {
  const { tag } = element;
  if (element.items) return 'SQ';
  // An archive that does not know an attribute stores it as UN, its value as it was (PS3.5, 6.2.2).
  const known = element.vr && element.vr !== 'UN' ? element.vr : dictionaryVr(tag);
  if (known === 'xs') return signedOrNot(dataSet);
  if (known && /^[A-Z]{2}$/.test(known)) return known;
  return /^x[0-9a-f]{3}[13579bdf]00[1-9a-f][0-9a-f]$/.test(tag) ? 'LO' : 'UN';
}

type ReadNumber = (bytes: Uint8Array, position: number) => number | bigint;

/** How one value of a VR is read, and its size in bytes. */
function numberReader(
  dataSet: DataSet,
  element: Element,
  vr: string,
): readonly [size: number, read: ReadNumber] | undefined {
  const parser = element.parser ?? dataSet.byteArrayParser;
  const long: ReadNumber = (bytes, at) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
    const little = parser !== dicomParser.bigEndianByteArrayParser;
    return vr === 'SV' ? view.getBigInt64(0, little) : view.getBigUint64(0, little);
  };
  switch (vr) {
    case 'US':
      return [2, parser.readUint16];
    case 'SS':
      return [2, parser.readInt16];
    case 'UL':
      return [4, parser.readUint32];
    case 'SL':
      return [4, parser.readInt32];
    case 'FL':
      return [4, parser.readFloat];
    case 'FD':
      return [8, parser.readDouble];
    case 'SV':
    case 'UV':
      return [8, long];
    default:
      return undefined;
  }
}

function personName(written: string): Record<string, string> {
  const [Alphabetic, Ideographic, Phonetic] = written.split('=');
  return {
    Alphabetic,
    ...(Ideographic && { Ideographic }),
    ...(Phonetic && { Phonetic }),
  };
}

/** Values of text, with the padding off. */
function textValues(vr: string, written: string): unknown[] {
  const parts = (singleText.has(vr) ? [written] : written.split('\\')).map((part) =>
    part.replace(/[\0 ]+$/, ''),
  );
  if (parts.every((part) => part === '')) return [];
  if (vr === 'PN') return parts.map(personName);
  if (vr === 'DS' || vr === 'IS') {
    return parts.map((part) => (part.trim() === '' ? null : Number(part)));
  }
  return parts;
}

/** The values of an element in the form in which dcmjs has them. */
function valuesOf(dataSet: DataSet, element: Element, vr: string, decode: DecodeText): unknown[] {
  const { dataOffset, length } = element;
  const bytes = dataSet.byteArray as Uint8Array;
  if (vr === 'SQ') return sequenceItems(dataSet, element).map((item) => toElements(item, decode));
  if (length === 0) return [];
  const value = bytes.subarray(dataOffset, dataOffset + length);
  if (decodedText.has(vr)) return textValues(vr, decode(value));
  if (plainText.has(vr) || vr === 'DS' || vr === 'IS') return textValues(vr, latin1.decode(value));
  const parser = element.parser ?? dataSet.byteArrayParser;
  if (vr === 'AT') {
    const hex = (at: number) => parser.readUint16(bytes, at).toString(16).padStart(4, '0');
    return Array.from({ length: Math.floor(length / 4) }, (_, n) =>
      (hex(dataOffset + 4 * n) + hex(dataOffset + 4 * n + 2)).toUpperCase(),
    );
  }
  const reader = numberReader(dataSet, element, vr);
  if (!reader) return [value];
  const [size, read] = reader;
  return Array.from({ length: Math.floor(length / size) }, (_, n) =>
    read(bytes, dataOffset + n * size),
  );
}

/** The items of a sequence; one of unknown VR and defined length is implicit little endian in itself. */
function sequenceItems(dataSet: DataSet, element: Element): DataSet[] {
  if (!element.items && element.length > 0) {
    const { byteArray } = dataSet;
    const little = dicomParser.littleEndianByteArrayParser;
    const stream = new dicomParser.ByteStream(little, byteArray, element.dataOffset);
    dicomParser.readSequenceItemsImplicit(stream, element, dictionaryVr as (tag: string) => string);
  }
  return (element.items ?? []).flatMap((item) => item.dataSet ?? []);
}

/**
 * The elements of a data set by tag, as dcmjs has them, but for pixel data and group lengths.
 * @throws UnreadableFile if one reaches beyond the end of the file
 */
export function toElements(dataSet: DataSet, inherited: DecodeText): DicomElements {
  const terms = dataSet.elements['x00080005'] && dataSet.string('x00080005');
  const decode = terms === undefined ? inherited : textDecoder(terms.split('\\'));
  const elements: DicomElements = {};
  for (const [tag, element] of Object.entries(dataSet.elements)) {
    // The parser fills up what is missing at the end of an implicit file.
    if (element.dataOffset + element.length > dataSet.byteArray.length)
      throw new UnreadableFile(true);
    const name = tag.slice(1).toUpperCase();
    if (tag === 'x7fe00010' || name.endsWith('0000') || name.startsWith('FFF')) continue;
    const vr = vrOf(dataSet, element);
    elements[name] = { vr, Value: valuesOf(dataSet, element, vr, decode) };
  }
  if (elements[characterSetTag]) elements[characterSetTag].Value = ['ISO_IR 192'];
  return elements;
}
