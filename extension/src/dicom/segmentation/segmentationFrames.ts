import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import { number, text } from '../part10/attributes.ts';
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

/** The bytes of one frame of 8- or 16-bit pixels. */
function byteFrames(file: Part10, pixels: number, bytesPerPixel: 1 | 2): (f: number) => Uint8Array {
  const length = pixels * bytesPerPixel;
  if (isUncompressed(file.transferSyntaxUID)) {
    return (f) => file.pixelData[0].subarray(f * length, (f + 1) * length);
  }
  return (f) => {
    const decoded = decodeRle(file.pixelData[f], pixels, bytesPerPixel);
    if (!decoded) throw damaged(why('error.seg.frame-damaged', { frame: f + 1 }));
    return decoded;
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
 * of MaximumFractionalValue) or LABELMAP (PS3.3, C.8.20.2), uncompressed or RLE.
 * @throws CranioplastyError `bad-segmentation` for damaged or unsupported pixel data
 */
export function frameDecoder(file: Part10): FrameDecoder {
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
  const encoded = !isUncompressed(file.transferSyntaxUID);
  if (encoded && file.transferSyntaxUID !== transferSyntax.rleLossless) {
    throw unsupported(`transfer syntax ${file.transferSyntaxUID}`);
  }
  checkLength(file, frames, frames * pixels * allocated);
  const shape = { columns, rows, frames, labelmap: type === 'LABELMAP' };
  const out = new Uint8Array(pixels);

  if (type === 'BINARY' && allocated === 1 && !encoded) {
    const packed = file.pixelData[0];
    return {
      ...shape,
      decode(frame) {
        unpackBits(packed, frame * pixels, pixels, out);
        return out;
      },
    };
  }
  if ((type === 'FRACTIONAL' || type === 'BINARY') && allocated === 8) {
    const half = type === 'BINARY' ? 0.5 : (number(dataset, 'MaximumFractionalValue') ?? 0) / 2;
    if (half <= 0) throw damaged(why('error.seg.no-scale'));
    const bytes = byteFrames(file, pixels, 1);
    return {
      ...shape,
      decode(frame) {
        const values = bytes(frame);
        for (let p = 0; p < pixels; p++) out[p] = values[p] >= half ? 1 : 0;
        return out;
      },
    };
  }
  if (type === 'LABELMAP' && (allocated === 8 || allocated === 16)) {
    const size = allocated === 8 ? 1 : 2;
    const bytes = byteFrames(file, pixels, size);
    return {
      ...shape,
      decode(frame, segment) {
        const values = bytes(frame);
        const low = segment & 0xff;
        const high = segment >> 8;
        if (size === 1) {
          for (let p = 0; p < pixels; p++) out[p] = values[p] === segment ? 1 : 0;
        } else {
          for (let p = 0; p < pixels; p++)
            out[p] = values[2 * p] === low && values[2 * p + 1] === high ? 1 : 0;
        }
        return out;
      },
    };
  }
  throw unsupported(`type ${type ?? 'unknown'} with ${allocated} bits${encoded ? ', RLE' : ''}`);
}
