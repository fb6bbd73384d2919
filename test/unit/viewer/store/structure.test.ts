import { describe, expect, it } from 'vitest';
import { MalformedDicomError } from '../../../../viewer/src/dicom/part10.ts';
import { HeaderContinues, readStructure } from '../../../../viewer/src/dicom/structure.ts';
import { demoSegmentation, demoSlices } from '../../../support/demo.ts';

const IMPLICIT = '1.2.840.10008.1.2';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const EXPLICIT = '1.2.840.10008.1.2.1';

const le16 = (...values: number[]) => Buffer.from(new Uint16Array(values).buffer);
const le32 = (...values: number[]) => Buffer.from(new Uint32Array(values).buffer);

/** Preamble and meta information, then the main data set. */
function part10(syntax: string, ...elements: Buffer[]): Buffer {
  const value = Buffer.from(syntax.length % 2 ? `${syntax}\0` : syntax);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    le16(2, 0x10),
    Buffer.from('UI'),
    le16(value.length),
    value,
    ...elements,
  ]);
}

const long = (vr: string, tag: [number, number], length: number) =>
  Buffer.concat([le16(...tag), Buffer.from(`${vr}\0\0`), le32(length)]);
const item = (length: number) => Buffer.concat([le16(0xfffe, 0xe000), le32(length)]);
const itemEnd = Buffer.concat([le16(0xfffe, 0xe00d), le32(0)]);
const sequenceEnd = Buffer.concat([le16(0xfffe, 0xe0dd), le32(0)]);
const pixels = Buffer.concat([long('OW', [0x7fe0, 0x10], 4), Buffer.alloc(4)]);
const open = 0xffffffff;

const structureOf = (file: Buffer) => readStructure(file, file.length);

describe('the structure of a file', () => {
  it('is found in a slice and in a segmentation, as far as the bytes at hand go', () => {
    for (const file of [demoSlices(1)[0], demoSegmentation()]) {
      const { headerLength, pixelData } = structureOf(file);
      expect(file.readUInt32LE(headerLength)).toBe(0x00107fe0);
      expect(pixelData?.offset).toBe(headerLength + 12);
      expect(Number(pixelData?.offset) + Number(pixelData?.length)).toBe(file.length);
      const part = file.subarray(0, headerLength + 12);
      expect(readStructure(part, file.length).headerLength).toBe(headerLength);
      expect(() => readStructure(file.subarray(0, headerLength - 9), file.length)).toThrow(
        HeaderContinues,
      );
    }
  });

  it('holds sequences of known and unknown length, of unknown kind, and icons', () => {
    const inner = Buffer.concat([
      long('SQ', [0x40, 0x275], open),
      item(open),
      itemEnd,
      sequenceEnd,
    ]);
    const file = part10(
      EXPLICIT,
      long('SQ', [8, 0x1140], 8 + inner.length),
      item(inner.length),
      inner,
      long('UN', [9, 0x1010], open),
      item(open),
      Buffer.concat([le16(0x10, 0x10), le32(2), Buffer.from('A ')]),
      itemEnd,
      sequenceEnd,
      long('OB', [0x11, 0x1010], open),
      item(2),
      Buffer.alloc(2),
      sequenceEnd,
      pixels,
    );
    expect(structureOf(file)).toMatchObject({
      transferSyntax: EXPLICIT,
      headerLength: file.length - pixels.length,
      pixelData: { vr: 'OW', length: 4 },
    });
  });

  it('is that of the transfer syntax', () => {
    const implicit = part10(IMPLICIT, le16(0x10, 0x10), le32(2), Buffer.from('A '));
    expect(structureOf(implicit)).toEqual({
      transferSyntax: IMPLICIT,
      headerLength: implicit.length,
    });
    const big = part10(BIG_ENDIAN, Buffer.from([0, 16, 0, 16, 80, 78, 0, 2, 65, 32]));
    expect(structureOf(big).headerLength).toBe(big.length);
  });

  const nested = (depth: number) =>
    Array.from({ length: depth }, () => [long('SQ', [8, 0x1140], open), item(open)]).flat();

  it.each<[string, Buffer]>([
    ['no DICOM', Buffer.from('no DICOM')],
    ['no prefix', Buffer.alloc(4096)],
    ['a value beyond the end', part10(EXPLICIT, long('OB', [9, 9], 100))],
    ['an element cut off', part10(EXPLICIT, le16(0x10, 0x10))],
    ['no representation', part10(EXPLICIT, le16(0x10, 0x10, 0, 0))],
    ['an item outside a sequence', part10(EXPLICIT, item(0))],
    ['a sequence without end', part10(EXPLICIT, long('SQ', [8, 0x1140], open))],
    ['a sequence longer than its item', part10(EXPLICIT, long('SQ', [8, 9], 8), item(99))],
    ['something else in a sequence', part10(EXPLICIT, long('SQ', [8, 9], 12), pixels)],
    ['fragments without length', part10(EXPLICIT, long('OB', [9, 9], open), item(open))],
    ['sequences without bottom', part10(EXPLICIT, ...nested(10_000))],
    [
      'elements without number',
      part10(IMPLICIT, Buffer.concat(Array(300_001).fill(Buffer.concat([le16(9, 9), le32(0)])))),
    ],
  ])('is refused with %s', (_, file) => {
    expect(() => structureOf(file)).toThrow(MalformedDicomError);
  });
});
