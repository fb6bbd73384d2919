import { createRequire } from 'node:module';
import { inflateRawSync } from 'node:zlib';
import { decodeRle } from '../../../extension/src/dicom/frames/rle.ts';
import { number, text } from '../../../extension/src/dicom/part10/attributes.ts';
import type { DecodeFrame } from '../../../extension/src/dicom/frames/decodeFrame.ts';
import {
  isUncompressed,
  transferSyntax,
  type Part10,
} from '../../../extension/src/dicom/part10/part10.ts';
import { unpackBits } from '../../../extension/src/dicom/segmentation/segmentationFrames.ts';
import {
  CranioplastyError,
  type CranioplastyErrorCode,
} from '../../../extension/src/engine/space/errors.ts';

/** What a decoder says of the image that it decoded. */
interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly componentCount: number;
}

/** A decoder of OHIF's codecs, which are C++ compiled to WebAssembly; it must be deleted by hand. */
interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): FrameInfo;
  delete(): void;
}

type WasmModule<Name extends string> = (options: {
  print(text: string): void;
  printErr(text: string): void;
}) => Promise<Readonly<Record<Name, new () => WasmDecoder>>>;

interface LosslessJpeg {
  readonly Decoder: new () => {
    decode(buffer: ArrayBufferLike, offset: number, length: number, bytes: number): ArrayBufferView;
  };
}

/** The codecs publish no types. */
const load = createRequire(import.meta.url);

const jpegLossless: ReadonlySet<string> = new Set([
  transferSyntax.jpegLossless,
  transferSyntax.jpegLosslessFirstOrder,
]);
const jpegLs: ReadonlySet<string> = new Set([
  transferSyntax.jpegLsLossless,
  transferSyntax.jpegLsNearLossless,
]);
const jpeg2000: ReadonlySet<string> = new Set([
  transferSyntax.jpeg2000Lossless,
  transferSyntax.jpeg2000,
]);

function runWasm(Decoder: new () => WasmDecoder, frame: Uint8Array, file: Part10): Uint8Array {
  const decoder = new Decoder();
  try {
    decoder.getEncodedBuffer(frame.length).set(frame);
    decoder.decode();
    const { width, height, componentCount } = decoder.getFrameInfo();
    const fits =
      width === number(file.dataset, 'Columns') &&
      height === number(file.dataset, 'Rows') &&
      componentCount === 1;
    // The buffer lies in the module's own memory.
    return fits ? new Uint8Array(decoder.getDecodedBuffer()) : new Uint8Array();
  } finally {
    decoder.delete();
  }
}

/**
 * The predictor of a lossless JPEG stream (ITU T.81, H.1.2.1); undefined of any other stream.
 * @param frame with its end marker last
 */
function predictorOf(frame: Uint8Array): number | undefined {
  let lossless = false;
  for (let at = 2; at + 8 < frame.length && frame[at] === 0xff;) {
    const marker = frame[at + 1];
    if (marker === 0xc3) lossless = true;
    // After the start of scan: one component, its number and tables, the predictor.
    if (marker === 0xda) return lossless && frame[at + 4] === 1 ? frame[at + 7] : undefined;
    at += 2 + (frame[at + 2] << 8) + frame[at + 3];
  }
  return undefined;
}

/** Whether a JPEG stream reaches its end marker: the lossless decoder fills up a cut one. */
function isComplete(frame: Uint8Array): boolean {
  let end = frame.length;
  while (end > 2 && frame[end - 1] === 0) end--;
  return frame[end - 2] === 0xff && frame[end - 1] === 0xd9;
}

function runLossless(
  { Decoder }: LosslessJpeg,
  frame: Uint8Array,
  bytes: number,
  file: Part10,
): Uint8Array {
  if (!isComplete(frame)) return new Uint8Array();
  // With the predictors from 3 on this decoder gets single voxels wrong; scanners write the first.
  const predictor = predictorOf(frame);
  if (predictor !== 1) throw notRead(file);
  const { buffer, byteOffset, length } = frame;
  const decoded = new Decoder().decode(buffer, byteOffset, length, bytes);
  return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength);
}

/** What a frame without a file name is called, and what its refusal is. */
function objectOf({ dataset }: Part10): { code: CranioplastyErrorCode; all: string; one: string } {
  return text(dataset, 'SegmentationType') === undefined
    ? { code: 'bad-ct-geometry', all: 'The CT', one: 'A slice of the CT' }
    : { code: 'bad-segmentation', all: 'The segmentation', one: 'A frame of the segmentation' };
}

function notRead(file: Part10): CranioplastyError {
  const { code, all } = objectOf(file);
  return new CranioplastyError(
    code,
    `${file.name ?? all} is compressed in a way that is not read here (transfer syntax ${file.transferSyntaxUID}): decompress it first, with dcmdjpeg or gdcmconv --raw.`,
  );
}

/** Inflates a frame (PS3.5, A.4.13), single bits to a byte each. */
function inflate(frame: Uint8Array, allocated: number, pixels: number): Uint8Array {
  const length = Math.ceil((pixels * allocated) / 8);
  // A frame is padded to an even length.
  const bytes = inflateRawSync(frame, { maxOutputLength: length + 1 });
  if (bytes.length < length || allocated !== 1) return bytes.subarray(0, length);
  const out = new Uint8Array(pixels);
  unpackBits(bytes, 0, pixels, out);
  return out;
}

/**
 * Loads what decodes compressed CT images and segmentations: JPEG lossless (first predictor), JPEG-LS, JPEG 2000, RLE
 * and deflated frames. JPEG of 8 or 12 bits and everything newer is refused.
 *
 * @returns a decoder that throws CranioplastyError `bad-ct-geometry` or `bad-segmentation` for a frame that is damaged,
 *   cut short or compressed in another way
 */
async function loadDecoder(): Promise<DecodeFrame> {
  const silent = { print: () => {}, printErr: () => {} };
  const charls = load('@cornerstonejs/codec-charls/decodewasmjs') as WasmModule<'JpegLSDecoder'>;
  const openjpeg = load('@cornerstonejs/codec-openjpeg/decodewasmjs') as WasmModule<'J2KDecoder'>;
  const [{ JpegLSDecoder }, { J2KDecoder }] = await Promise.all([charls(silent), openjpeg(silent)]);
  const lossless = load('jpeg-lossless-decoder-js') as LosslessJpeg;

  const decoded = (frame: Uint8Array, file: Part10, pixels: number, allocated: number) => {
    const { transferSyntaxUID: syntax } = file;
    const bytes = allocated <= 8 ? 1 : 2;
    if (jpegLossless.has(syntax)) return runLossless(lossless, frame, bytes, file);
    if (jpegLs.has(syntax)) return runWasm(JpegLSDecoder, frame, file);
    if (jpeg2000.has(syntax)) return runWasm(J2KDecoder, frame, file);
    if (syntax === transferSyntax.rleLossless) return decodeRle(frame, pixels, bytes);
    if (syntax === transferSyntax.deflatedFrames) return inflate(frame, allocated, pixels);
    throw notRead(file);
  };
  return (frame, file) => {
    const pixels = (number(file.dataset, 'Columns') ?? 0) * (number(file.dataset, 'Rows') ?? 0);
    const allocated = number(file.dataset, 'BitsAllocated') ?? 16;
    let result: Uint8Array | undefined;
    try {
      result = decoded(frame, file, pixels, allocated);
    } catch (cause) {
      if (cause instanceof CranioplastyError) throw cause;
    }
    if (result?.length === pixels * (allocated <= 8 ? 1 : 2)) return result;
    const { code, one } = objectOf(file);
    throw new CranioplastyError(
      code,
      `${file.name ?? one} cannot be decompressed, it is damaged or cut short: fetch or export it again.`,
    );
  };
}

/** Loaded once: each module of a codec listens to the errors of the whole process. */
let loaded: Promise<DecodeFrame> | undefined;

/** What decodes the frames of these files, as `loadDecoder` does; undefined where nothing is compressed. */
export async function frameDecoderFor(
  ...files: readonly Part10[]
): Promise<DecodeFrame | undefined> {
  if (files.every(({ transferSyntaxUID }) => isUncompressed(transferSyntaxUID))) return undefined;
  return (loaded ??= loadDecoder());
}
