import { MalformedDicomError, UnsupportedSyntaxError } from './part10.ts';

/** Where a file has what, found without reading its pixel data. Positions and lengths in bytes. */
export interface HeaderStructure {
  readonly transferSyntax: string;
  /** Where the header ends: at the pixel data, or at the end of the file. */
  readonly headerLength: number;
  /** The element of the pixel data, if there is one; `length` is undefined where it is encapsulated. */
  readonly pixelData?: {
    readonly vr: string;
    readonly offset: number;
    readonly length: number | undefined;
  };
}

/** The bytes at hand end within the header: more of the file is needed. */
export class HeaderContinues extends Error {
  override name = 'HeaderContinues';
}

export const IMPLICIT_SYNTAX = '1.2.840.10008.1.2';
export const BIG_ENDIAN_SYNTAX = '1.2.840.10008.1.2.2';
const DEFLATED_SYNTAXES = new Set(['1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.8.1']);

const UNDEFINED_LENGTH = 0xffffffff;
const code = (vr: string): number => vr.charCodeAt(0) * 256 + vr.charCodeAt(1);
/** How long the length is that follows a value representation, bytes (PS3.5, table 7.1-1); 0 for what is none. */
const lengthBytes = new Uint8Array(65536);
for (let first = 65; first <= 90; first++) lengthBytes.fill(2, first * 256 + 65, first * 256 + 91);
for (const vr of 'OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' ')) lengthBytes[code(vr)] = 4;
const [SQ, UN] = [code('SQ'), code('UN')];
/** Of an element that is coded without one. */
const NO_VR = 0;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const TRANSFER_SYNTAX = 0x00020010;
const PIXEL_DATA = 0x7fe00010;

/** More than any object of the trade has: a segmentation of 5000 frames has 150 000. */
const MOST_ELEMENTS = 300_000;
const DEEPEST_NESTING = 32;

interface Coding {
  readonly explicit: boolean;
  readonly little: boolean;
}

const damaged = () => new MalformedDicomError('The DICOM file is damaged and could not be read.');

/** Walks the elements of a header by their lengths, in time linear in the header and bounded in depth. */
class HeaderWalk {
  at = 132;
  /** The element that was opened last: its tag, the code of its representation, the length of its value. */
  opened = 0;
  vr = NO_VR;
  length = 0;
  #elements = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly fileSize: number,
  ) {}

  /** Makes sure that so many bytes are at hand. */
  #need(count: number): void {
    if (this.at + count > this.fileSize) throw damaged();
    if (this.at + count > this.bytes.length) throw new HeaderContinues();
  }

  #short(at: number, little: boolean): number {
    return little ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  /** Tag of the element at hand. */
  tag({ little }: Coding): number {
    this.#need(8);
    return this.#short(this.at, little) * 0x10000 + this.#short(this.at + 2, little);
  }

  /** Reads tag, representation and length, and goes to the value. */
  open(coding: Coding): void {
    if (++this.#elements > MOST_ELEMENTS) {
      throw new MalformedDicomError('The DICOM file has more elements than the store takes.');
    }
    const { explicit, little } = coding;
    this.opened = this.tag(coding);
    const coded = explicit && this.opened >>> 16 !== 0xfffe;
    this.vr = coded ? this.#short(this.at + 4, false) : NO_VR;
    const kind = lengthBytes[this.vr];
    if (coded && kind === 0) throw damaged();
    if (kind === 2) {
      this.length = this.#short(this.at + 6, little);
      this.at += 8;
      return;
    }
    const head = kind === 4 ? 12 : 8;
    this.#need(head);
    const at = this.at + head - 4;
    this.length = little ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
    this.at += head;
  }

  /** Text of the value at hand. */
  text(length: number): string {
    this.#need(length);
    return this.bytes
      .toString('latin1', this.at, this.at + length)
      .replaceAll('\0', '')
      .trim();
  }

  skip(length: number, end: number): void {
    this.at += length;
    if (this.at > end) throw damaged();
  }

  /** Walks the elements of the main data set, up to the pixel data, or of an item. */
  elements(coding: Coding, end: number, depth: number): void {
    while (this.at < end) {
      if (depth === 0 && this.tag(coding) >>> 16 === PIXEL_DATA >>> 16) return;
      this.open(coding);
      if (this.opened === ITEM_END && depth > 0) return;
      if (this.opened >>> 16 === 0xfffe) throw damaged();
      if (this.vr === SQ || this.length === UNDEFINED_LENGTH) this.#sequence(coding, end, depth);
      else this.skip(this.length, end);
    }
  }

  #sequence(coding: Coding, outer: number, depth: number): void {
    if (depth >= DEEPEST_NESTING) throw damaged();
    const { vr, length } = this;
    const end = length === UNDEFINED_LENGTH ? outer : this.at + length;
    if (end > outer) throw damaged();
    // A sequence of unknown representation is coded implicitly (PS3.5, 6.2.2); pixels of an icon are fragments.
    const inner = vr === UN ? { explicit: false, little: true } : coding;
    const fragments = vr !== SQ && vr !== UN && vr !== NO_VR;
    while (this.at < end) {
      this.open(inner);
      if (this.opened === SEQUENCE_END && length === UNDEFINED_LENGTH) return;
      if (this.opened !== ITEM) throw damaged();
      if (this.length !== UNDEFINED_LENGTH) {
        const itemEnd = this.at + this.length;
        if (itemEnd > end) throw damaged();
        if (fragments) this.at = itemEnd;
        else this.elements(inner, itemEnd, depth + 1);
      } else if (fragments) throw damaged();
      else this.elements(inner, end, depth + 1);
    }
    if (length === UNDEFINED_LENGTH) throw damaged();
  }
}

/**
 * Finds where the header of a Part 10 file ends and where its pixel data are, and checks on the way that the
 * header is whole: the parser of its values, which reads damaged files for ever or not at all, sees none.
 * @param bytes the first bytes of the file
 * @param fileSize length of the whole file
 * @throws HeaderContinues if the header goes on beyond `bytes`
 * @throws MalformedDicomError if it is no DICOM file or damaged
 * @throws UnsupportedSyntaxError if it is compressed as a whole
 */
export function readStructure(bytes: Buffer, fileSize: number): HeaderStructure {
  if (bytes.length < 132 || bytes.toString('latin1', 128, 132) !== 'DICM') {
    throw new MalformedDicomError('Not a DICOM Part 10 file: the DICM prefix is missing.');
  }
  const walk = new HeaderWalk(bytes, fileSize);
  const meta: Coding = { explicit: true, little: true };
  let transferSyntax = IMPLICIT_SYNTAX;
  while (walk.at < fileSize && walk.tag(meta) >>> 16 === 2) {
    walk.open(meta);
    if (walk.opened === TRANSFER_SYNTAX) transferSyntax = walk.text(walk.length);
    walk.skip(walk.length, fileSize);
  }
  if (DEFLATED_SYNTAXES.has(transferSyntax)) {
    throw new UnsupportedSyntaxError(
      'The DICOM file is deflated, which the store does not take: send it uncompressed.',
    );
  }
  const coding: Coding = {
    explicit: transferSyntax !== IMPLICIT_SYNTAX,
    little: transferSyntax !== BIG_ENDIAN_SYNTAX,
  };
  walk.elements(coding, fileSize, 0);
  const headerLength = walk.at;
  if (walk.at >= fileSize || walk.tag(coding) !== PIXEL_DATA) {
    return { transferSyntax, headerLength };
  }
  walk.open(coding);
  const { vr, at: offset } = walk;
  const length = walk.length === UNDEFINED_LENGTH ? undefined : walk.length;
  const name = vr === NO_VR ? 'OW' : String.fromCharCode(vr >> 8, vr & 255);
  return { transferSyntax, headerLength, pixelData: { vr: name, offset, length } };
}
