import { MalformedDicomError, numberOf } from './part10.ts';
import { readPlace, streamPlace, type Part10File, type Place } from './part10File.ts';
import { Tag } from './tags.ts';

/** One frame: bytes of the file, of which the first bit and the number of bits matter where it is packed. */
export interface FramePlace {
  readonly places: readonly Place[];
  /** A frame of one bit a pixel may begin within a byte. */
  readonly bits?: { readonly first: number; readonly count: number };
  /** Bytes of the frame as it is handed out. */
  readonly length: number;
}

const EXPLICIT_SYNTAX = '1.2.840.10008.1.2.1';
const BIG_ENDIAN_SYNTAX = '1.2.840.10008.1.2.2';

/** Transfer syntax in which frames are handed out: uncompressed ones in little endian. */
export function frameSyntaxOf({ pixelData, transferSyntax }: Part10File): string {
  return pixelData?.encapsulated ? transferSyntax : EXPLICIT_SYNTAX;
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

/** Bits that the header promises: of one frame, and the number of frames. */
function sizeOf({ dataset }: Part10File): { frames: number; bitsPerFrame: number } {
  const [rows, columns, samples, allocated, frames] = [
    numberOf(dataset, Tag.Rows, 0),
    numberOf(dataset, Tag.Columns, 0),
    numberOf(dataset, Tag.SamplesPerPixel, 1),
    numberOf(dataset, Tag.BitsAllocated, 8),
    numberOf(dataset, Tag.NumberOfFrames, 1),
  ].map((value) => {
    if (Number.isInteger(value) && value >= 0) return value;
    throw new MalformedDicomError('The DICOM file gives no valid size of its pixel data.');
  });
  return { frames: Math.max(1, frames), bitsPerFrame: rows * columns * samples * allocated };
}

const bytesIn = (places: readonly Place[]): number =>
  places.reduce((sum, { length }) => sum + length, 0);

/**
 * Refuses an image that was cut off in its pixel data or ahead of them: the file ends before they do, or they are
 * shorter than the header promises.
 * @throws MalformedDicomError
 */
export function assertComplete(file: Part10File): void {
  const { pixelData } = file;
  if (!pixelData && file.dataset[Tag.Rows] === undefined) return;
  const { frames, bitsPerFrame } = sizeOf(file);
  const complete =
    pixelData &&
    !pixelData.cutOff &&
    (pixelData.encapsulated
      ? pixelData.places.length >= frames
      : bytesIn(pixelData.places) * 8 >= frames * bitsPerFrame);
  if (!complete) {
    throw new MalformedDicomError('The pixel data of the DICOM file are cut off.');
  }
}

/** Fragments of a frame: one each, or as the offset table says. */
function fragmentsOf(file: Part10File, frame: number, frames: number): readonly Place[] {
  const { places = [], offsetTable = [] } = file.pixelData ?? {};
  if (frames === 1) return places;
  if (places.length === frames) return [places[frame - 1]];
  if (offsetTable.length !== frames) return [];
  const first = places[0]?.offset ?? 0;
  const from = first + offsetTable[frame - 1];
  const to = frame < frames ? first + offsetTable[frame] : Infinity;
  return places.filter(({ offset }) => offset >= from && offset < to);
}

/**
 * Where one frame of an object is.
 * @param frame number of the frame, from 1
 * @returns undefined if there is no such frame
 */
export function findFrame(file: Part10File, frame: number): FramePlace | undefined {
  const { pixelData } = file;
  if (!pixelData) return undefined;
  const { frames, bitsPerFrame } = sizeOf(file);
  if (!Number.isInteger(frame) || frame < 1 || frame > frames) return undefined;
  if (pixelData.encapsulated) {
    const places = fragmentsOf(file, frame, frames);
    return places.length ? { places, length: bytesIn(places) } : undefined;
  }
  const [{ offset, length: available }] = pixelData.places;
  const firstBit = (frame - 1) * bitsPerFrame;
  const start = Math.floor(firstBit / 8);
  const end = Math.ceil((firstBit + bitsPerFrame) / 8);
  if (end > available) return undefined;
  const places = [{ offset: offset + start, length: end - start }];
  if (firstBit % 8 === 0 && bitsPerFrame % 8 === 0) return { places, length: end - start };
  const bits = { first: firstBit - 8 * start, count: bitsPerFrame };
  return { places, bits, length: Math.ceil(bitsPerFrame / 8) };
}

/** Reads pixel data from the disk, a piece at a time; words of big-endian files are turned round. */
export async function* readPixels(
  { path, transferSyntax, pixelData }: Part10File,
  places: readonly Place[],
): AsyncGenerator<Uint8Array> {
  const turned = transferSyntax === BIG_ENDIAN_SYNTAX && pixelData?.vr === 'OW';
  for (const place of places) {
    if (turned && place.length % 2 === 0) yield (await readPlace(path, place)).swap16();
    else yield* streamPlace(path, place);
  }
}

/** Reads a frame from the disk, a piece at a time. */
export async function* readFrame(
  file: Part10File,
  { places, bits }: FramePlace,
): AsyncGenerator<Uint8Array> {
  if (!bits) yield* readPixels(file, places);
  else yield extractBits(await readPlace(file.path, places[0]), bits.first, bits.count);
}
