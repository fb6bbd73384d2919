import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import { number, text } from '../part10/attributes.ts';
import type { DecodeFrame } from '../frames/decodeFrame.ts';
import { frameCount } from '../frames/functionalGroups.ts';
import { isUncompressed, transferSyntax, type Part10 } from '../part10/part10.ts';
import { decodeRle } from '../frames/rle.ts';
import { why } from '../errorSentences.ts';

/** Gives the voxels of a segmentation frame by frame. */
export interface FrameDecoder {
  readonly columns: number;
  readonly rows: number;
  readonly frames: number;
  /** Whether frames hold labels of several segments instead of one segment each. */
  readonly labelmap: boolean;
  /**
   * Voxels of segment `segment` in frame `frame` (from 0), 0 or 1, row by row. The array is used
   * again by the next call.
   */
  decode(frame: number, segment: number): Uint8Array;
}

function damaged(what: Said): CranioplastyError {
  return new CranioplastyError('bad-segmentation', why('error.seg.damaged', { what }));
}

function unsupported(what: string): CranioplastyError {
  return new CranioplastyError('bad-segmentation', why('error.seg.unsupported', { what }));
}

/** Unpacks `count` bits from bit `first` on, lowest bit of a byte first (PS3.5, 8.1.1). */
export function unpackBits(
  packed: Uint8Array,
  first: number,
  count: number,
  out: Uint8Array,
): void {
  const end = first + count;
  let bit = first;
  let to = 0;
  // Most of a frame is empty.
  out.fill(0, 0, count);
  // Bit by bit up to a byte border, whole bytes, and bit by bit again.
  for (; bit < end && (bit & 7) !== 0; bit++) out[to++] = (packed[bit >> 3] >> (bit & 7)) & 1;
  for (; bit + 8 <= end; bit += 8, to += 8) {
    const byte = packed[bit >> 3];
    if (byte !== 0) for (let n = 0; n < 8; n++) out[to + n] = (byte >> n) & 1;
  }
  for (; bit < end; bit++) out[to++] = (packed[bit >> 3] >> (bit & 7)) & 1;
}

/** What compresses labels without loss, and whether it holds single bits (PS3.5, 8.2). */
const lossless: ReadonlyMap<string, boolean> = new Map([
  [transferSyntax.rleLossless, true],
  [transferSyntax.jpegLossless, false],
  [transferSyntax.jpegLosslessFirstOrder, false],
  [transferSyntax.jpegLsLossless, false],
  [transferSyntax.jpeg2000Lossless, true],
  [transferSyntax.deflatedFrames, true],
]);

/** What loses detail, or may. */
const lossy: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10008.1.2.4.50', 'JPEG Baseline'],
  ['1.2.840.10008.1.2.4.51', 'JPEG Extended'],
  [transferSyntax.jpegLsNearLossless, 'JPEG-LS Near-Lossless'],
  [transferSyntax.jpeg2000, 'JPEG 2000'],
  ['1.2.840.10008.1.2.4.203', 'High-Throughput JPEG 2000'],
]);

/** @throws CranioplastyError `bad-segmentation` for pixel data that cannot be decoded, or not to be trusted */
function assertDecodable(syntax: string, allocated: number, decode?: DecodeFrame): void {
  const what = lossy.get(syntax);
  if (what !== undefined) {
    throw new CranioplastyError('bad-segmentation', why('error.seg.lossy', { what, syntax }));
  }
  const singleBits = lossless.get(syntax);
  const own = syntax === transferSyntax.rleLossless;
  if (singleBits === undefined || (!own && !decode)) throw unsupported(`transfer syntax ${syntax}`);
  if (allocated === 1 && !singleBits) {
    throw unsupported(`transfer syntax ${syntax} with 1 bit`);
  }
}

/** The pixels of one frame: one byte each for 1 or 8 bits, two for 16, little endian. */
function framePixels(
  file: Part10,
  pixels: number,
  allocated: number,
  decode?: DecodeFrame,
): (frame: number) => Uint8Array {
  const { pixelData, transferSyntaxUID: syntax } = file;
  const bits = new Uint8Array(allocated === 1 ? pixels : 0);
  const bytes = allocated === 16 ? 2 : 1;
  if (isUncompressed(syntax)) {
    return (f) => {
      const length = pixels * bytes;
      if (allocated !== 1) return pixelData[0].subarray(f * length, (f + 1) * length);
      unpackBits(pixelData[0], f * pixels, pixels, bits);
      return bits;
    };
  }
  if (decode && syntax !== transferSyntax.rleLossless) return (f) => decode(pixelData[f], file);
  // Compressed single bits are packed, and each frame starts with a byte of its own (PS3.5, 8.2.2).
  const values = allocated === 1 ? Math.ceil(pixels / 8) : pixels;
  return (f) => {
    const decoded = decodeRle(pixelData[f], values, bytes);
    if (!decoded) throw damaged(why('error.seg.frame-damaged', { frame: f + 1 }));
    if (allocated !== 1) return decoded;
    unpackBits(decoded, 0, pixels, bits);
    return bits;
  };
}

function checkLength(file: Part10, frames: number, bits: number): void {
  const bytes = isUncompressed(file.transferSyntaxUID)
    ? (file.pixelData[0]?.length ?? 0)
    : Infinity;
  const pieces = isUncompressed(file.transferSyntaxUID) ? 1 : frames;
  if (file.pixelData.length !== pieces || bytes * 8 < bits)
    throw damaged(why('error.seg.voxels-missing'));
}

/**
 * Prepares decoding of the pixel data of a segmentation: BINARY, FRACTIONAL (set where at least half
 * of MaximumFractionalValue) or LABELMAP (PS3.3, C.8.20.2), uncompressed or compressed without loss.
 * @param decode decodes compressed frames; without it only RLE is read
 * @throws CranioplastyError `bad-segmentation` for damaged or unsupported pixel data
 */
export function frameDecoder(file: Part10, decode?: DecodeFrame): FrameDecoder {
  const { dataset } = file;
  const columns = number(dataset, 'Columns') ?? 0;
  const rows = number(dataset, 'Rows') ?? 0;
  const frames = frameCount(dataset);
  const allocated = number(dataset, 'BitsAllocated') ?? 0;
  const type = text(dataset, 'SegmentationType');
  const pixels = columns * rows;
  if (!(pixels > 0) || !Number.isInteger(pixels) || !Number.isInteger(frames) || frames < 1) {
    throw damaged(why('error.seg.no-matrix'));
  }
  const syntax = file.transferSyntaxUID;
  if (!isUncompressed(syntax)) assertDecodable(syntax, allocated, decode);
  checkLength(file, frames, frames * pixels * allocated);
  const shape = { columns, rows, frames, labelmap: type === 'LABELMAP' };
  const out = new Uint8Array(pixels);

  const values = framePixels(file, pixels, allocated, decode);

  if (type === 'BINARY' && allocated === 1) return { ...shape, decode: values };
  if ((type === 'FRACTIONAL' || type === 'BINARY') && allocated === 8) {
    const half = type === 'BINARY' ? 0.5 : (number(dataset, 'MaximumFractionalValue') ?? 0) / 2;
    if (half <= 0) throw damaged(why('error.seg.no-scale'));
    return {
      ...shape,
      decode(frame) {
        const fractions = values(frame);
        for (let p = 0; p < pixels; p++) out[p] = fractions[p] >= half ? 1 : 0;
        return out;
      },
    };
  }
  if (type === 'LABELMAP' && (allocated === 8 || allocated === 16)) {
    return {
      ...shape,
      decode(frame, segment) {
        const labels = values(frame);
        const low = segment & 0xff;
        const high = segment >> 8;
        if (allocated === 8) {
          for (let p = 0; p < pixels; p++) out[p] = labels[p] === segment ? 1 : 0;
        } else {
          for (let p = 0; p < pixels; p++)
            out[p] = labels[2 * p] === low && labels[2 * p + 1] === high ? 1 : 0;
        }
        return out;
      },
    };
  }
  throw unsupported(`type ${type ?? 'unknown'} with ${allocated} bits`);
}
