import { MalformedDicomError, numberOf, type Part10 } from './part10.ts';
import { Tag } from './tags.ts';

const EXPLICIT_SYNTAX = '1.2.840.10008.1.2.1';
/** Pixel data of these are read as little endian bytes. */
const NATIVE_SYNTAXES = new Set([
  '1.2.840.10008.1.2',
  EXPLICIT_SYNTAX,
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.2',
]);

/** Transfer syntax in which frames are handed out. */
export function frameSyntaxOf({ transferSyntaxUID }: Part10): string {
  return NATIVE_SYNTAXES.has(transferSyntaxUID) ? EXPLICIT_SYNTAX : transferSyntaxUID;
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
function sizeOf({ elements: dataset }: Part10): { frames: number; bitsPerFrame: number } {
  const pixels =
    numberOf(dataset, Tag.Rows, 0) *
    numberOf(dataset, Tag.Columns, 0) *
    numberOf(dataset, Tag.SamplesPerPixel, 1);
  return {
    frames: Math.max(1, numberOf(dataset, Tag.NumberOfFrames, 1)),
    bitsPerFrame: pixels * numberOf(dataset, Tag.BitsAllocated, 8),
  };
}

/**
 * Checks that the pixel data are as long as the header promises; an image has some.
 * @throws MalformedDicomError
 */
export function assertComplete(file: Part10): void {
  if (file.elements[Tag.Rows] === undefined) return;
  const { frames, bitsPerFrame } = sizeOf(file);
  const { pixelData, transferSyntaxUID } = file;
  const complete = NATIVE_SYNTAXES.has(transferSyntaxUID)
    ? pixelData.length > 0 && pixelData[0].length * 8 >= frames * bitsPerFrame
    : pixelData.length >= frames;
  if (!complete) throw new MalformedDicomError('The pixel data of the DICOM file are cut off.');
}

/**
 * One frame of an object.
 * @param frame number of the frame, from 1
 * @returns undefined if there is no such frame
 */
export function extractFrame(file: Part10, frame: number): Uint8Array | undefined {
  const { frames, bitsPerFrame } = sizeOf(file);
  const buffers = file.pixelData;
  if (!Number.isInteger(frame) || frame < 1 || frame > frames || buffers.length === 0) {
    return undefined;
  }
  if (!NATIVE_SYNTAXES.has(file.transferSyntaxUID)) return buffers[frame - 1];
  const [pixelData] = buffers;
  const firstBit = (frame - 1) * bitsPerFrame;
  if (firstBit % 8 === 0 && bitsPerFrame % 8 === 0) {
    return pixelData.subarray(firstBit / 8, (firstBit + bitsPerFrame) / 8);
  }
  return extractBits(pixelData, firstBit, bitsPerFrame);
}
