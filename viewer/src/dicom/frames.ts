import { MalformedDicomError, numberOf, textOf, type Part10 } from './part10.ts';
import { Tag } from './tags.ts';

const IMPLICIT_SYNTAX = '1.2.840.10008.1.2';
const EXPLICIT_SYNTAX = '1.2.840.10008.1.2.1';
const NATIVE_SYNTAXES = new Set([
  IMPLICIT_SYNTAX,
  EXPLICIT_SYNTAX,
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.2',
]);

/** Transfer syntax in which the store keeps and hands out the object. */
export function transferSyntaxOf({ meta }: Part10): string {
  return textOf(meta, Tag.TransferSyntaxUID) || IMPLICIT_SYNTAX;
}

function asBytes(value: unknown): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (value instanceof Uint8Array) return value;
  throw new MalformedDicomError('The object has no readable pixel data.');
}

/** The pixel data: one buffer if native, one per frame if compressed. */
export function pixelDataOf({ dataset }: Part10): Uint8Array[] {
  return (dataset[Tag.PixelData]?.Value ?? []).map(asBytes);
}

/** Frames of one bit a pixel follow each other without padding; a frame handed out alone starts at a byte. */
function extractBits(source: Uint8Array, firstBit: number, count: number): Uint8Array {
  const target = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < count; i++) {
    const bit = firstBit + i;
    if ((source[bit >> 3] >> (bit & 7)) & 1) target[i >> 3] |= 1 << (i & 7);
  }
  return target;
}

/** Bits that the header promises: of one frame, and of all of them. */
function sizeOf({ dataset }: Part10): { frames: number; bitsPerFrame: number } {
  const pixels =
    numberOf(dataset, Tag.Rows, 0) *
    numberOf(dataset, Tag.Columns, 0) *
    numberOf(dataset, Tag.SamplesPerPixel, 1);
  return {
    frames: Math.max(1, numberOf(dataset, Tag.NumberOfFrames, 1)),
    bitsPerFrame: pixels * numberOf(dataset, Tag.BitsAllocated, 8),
  };
}

/** Bytes that introduce a PixelData element of the given length. */
function pixelDataHeader(syntax: string, vr: string, length: number): Buffer {
  const explicit = syntax !== IMPLICIT_SYNTAX;
  const header = Buffer.alloc(explicit ? 12 : 8);
  header.writeUInt32LE(0x00107fe0, 0);
  if (explicit) header.write(vr, 4, 'latin1');
  header.writeUInt32LE(length, header.length - 4);
  return header;
}

/**
 * The parser fills up a file that was cut off in its pixel data with zeros and does not complain, so the length
 * is compared with what the header promises and with where the file ends.
 * @throws MalformedDicomError
 */
export function assertComplete(file: Part10, bytes: Uint8Array): void {
  const element = file.dataset[Tag.PixelData];
  const syntax = transferSyntaxOf(file);
  if (!element || (syntax !== IMPLICIT_SYNTAX && syntax !== EXPLICIT_SYNTAX)) return;
  const { frames, bitsPerFrame } = sizeOf(file);
  const length = pixelDataOf(file).reduce((sum, buffer) => sum + buffer.length, 0);
  const header = pixelDataHeader(syntax, element.vr ?? 'OW', length);
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(header);
  if (length * 8 < frames * bitsPerFrame || at < 0 || at + header.length + length > bytes.length) {
    throw new MalformedDicomError('The pixel data of the DICOM file are cut off.');
  }
}

/**
 * One frame of an object.
 * @param frame number of the frame, from 1
 * @returns undefined if there is no such frame
 */
export function extractFrame(file: Part10, frame: number): Uint8Array | undefined {
  const { frames, bitsPerFrame } = sizeOf(file);
  const buffers = pixelDataOf(file);
  if (!Number.isInteger(frame) || frame < 1 || frame > frames || buffers.length === 0) {
    return undefined;
  }
  if (!NATIVE_SYNTAXES.has(transferSyntaxOf(file))) return buffers[frame - 1];
  const [pixelData] = buffers;
  const firstBit = (frame - 1) * bitsPerFrame;
  if (firstBit % 8 === 0 && bitsPerFrame % 8 === 0) {
    return pixelData.subarray(firstBit / 8, (firstBit + bitsPerFrame) / 8);
  }
  return extractBits(pixelData, firstBit, bitsPerFrame);
}
