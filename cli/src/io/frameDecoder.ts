import { createRequire } from 'node:module';
import { decodeRle } from '../../../extension/src/dicom/frames/rle.ts';
import { number } from '../../../extension/src/dicom/part10/attributes.ts';
import type { DecodeFrame } from '../../../extension/src/dicom/ct/ctPixels.ts';
import { transferSyntax, type Part10 } from '../../../extension/src/dicom/part10/part10.ts';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';

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

const jpegLossless = new Set(['1.2.840.10008.1.2.4.57', '1.2.840.10008.1.2.4.70']);
const jpegLs = new Set(['1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2.4.81']);
const jpeg2000 = new Set(['1.2.840.10008.1.2.4.90', '1.2.840.10008.1.2.4.91']);

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

function notRead({ name, transferSyntaxUID }: Part10): CranioplastyError {
  return new CranioplastyError(
    'bad-ct-geometry',
    `${name ?? 'The CT'} is compressed in a way that is not read here (transfer syntax ${transferSyntaxUID}): decompress it first, with dcmdjpeg or gdcmconv --raw.`,
  );
}

/**
 * Loads what decodes compressed CT images: JPEG lossless (first predictor), JPEG-LS, JPEG 2000 and RLE. JPEG of 8 or 12
 * bits and everything newer is refused.
 *
 * @returns a decoder that throws CranioplastyError `bad-ct-geometry` for a frame that is damaged, cut
 *   short or compressed in another way
 */
export async function frameDecoder(): Promise<DecodeFrame> {
  const silent = { print: () => {}, printErr: () => {} };
  const charls = load('@cornerstonejs/codec-charls/decodewasmjs') as WasmModule<'JpegLSDecoder'>;
  const openjpeg = load('@cornerstonejs/codec-openjpeg/decodewasmjs') as WasmModule<'J2KDecoder'>;
  const [{ JpegLSDecoder }, { J2KDecoder }] = await Promise.all([charls(silent), openjpeg(silent)]);
  const lossless = load('jpeg-lossless-decoder-js') as LosslessJpeg;

  const decoded = (frame: Uint8Array, file: Part10, pixels: number, bytes: 1 | 2) => {
    const { transferSyntaxUID: syntax } = file;
    if (jpegLossless.has(syntax)) return runLossless(lossless, frame, bytes, file);
    if (jpegLs.has(syntax)) return runWasm(JpegLSDecoder, frame, file);
    if (jpeg2000.has(syntax)) return runWasm(J2KDecoder, frame, file);
    if (syntax === transferSyntax.rleLossless) return decodeRle(frame, pixels, bytes);
    throw notRead(file);
  };
  return (frame, file) => {
    const pixels = (number(file.dataset, 'Columns') ?? 0) * (number(file.dataset, 'Rows') ?? 0);
    const bytes = number(file.dataset, 'BitsAllocated') === 8 ? 1 : 2;
    let result: Uint8Array | undefined;
    try {
      result = decoded(frame, file, pixels, bytes);
    } catch (cause) {
      if (cause instanceof CranioplastyError) throw cause;
    }
    if (result?.length === pixels * bytes) return result;
    throw new CranioplastyError(
      'bad-ct-geometry',
      `${file.name ?? 'A slice of the CT'} cannot be decompressed, it is damaged or cut short: fetch or export it again.`,
    );
  };
}
