import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { MalformedDicomError, readHeader, type Dataset } from './part10.ts';
import { HeaderContinues, readStructure, type HeaderStructure } from './structure.ts';

/** Bytes of a file. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** The pixel data of a file: in one place if native, one a fragment if encapsulated. */
export interface PixelDataPlaces {
  readonly encapsulated: boolean;
  readonly places: readonly Place[];
  /** Where each frame begins, from the first fragment on, if the file says so (PS3.5, A.4). */
  readonly offsetTable: readonly number[];
  /** Whether the file ends before they do. */
  readonly cutOff: boolean;
}

/** A DICOM object on disk: its header in memory, its pixel data by place. */
export interface Part10File {
  /** Without the pixel data. */
  readonly dataset: Dataset;
  /** The file that it is in, and where: all of the file, or a part of a message. */
  readonly path: string;
  readonly place: Place;
  readonly transferSyntax: string;
  readonly pixelData?: PixelDataPlaces & { readonly vr: string };
}

const FIRST_READ = 1 << 18;
/** Of a header; a segmentation of 1000 frames has 1 MB. */
const LARGEST_HEADER = 1 << 24;
const MOST_FRAGMENTS = 100_000;
const LARGEST_OFFSET_TABLE = 4 * MOST_FRAGMENTS;

async function readAt(handle: FileHandle, { offset, length }: Place): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function findHeader(
  handle: FileHandle,
  { offset, length: size }: Place,
): Promise<{ structure: HeaderStructure; bytes: Buffer }> {
  for (let length = FIRST_READ; ; length *= 4) {
    const bytes = await readAt(handle, { offset, length: Math.min(length, size) });
    try {
      return { structure: readStructure(bytes, size), bytes };
    } catch (error) {
      if (!(error instanceof HeaderContinues)) throw error;
      if (length >= LARGEST_HEADER) {
        throw new MalformedDicomError('The header of the DICOM file is larger than 16 MB.');
      }
    }
  }
}

/** Encapsulated pixel data: an offset table, then fragments, then a delimiter. */
async function findFragments(
  handle: FileHandle,
  start: number,
  end: number,
): Promise<PixelDataPlaces> {
  const places: Place[] = [];
  const found = (cutOff: boolean, offsetTable: readonly number[] = []): PixelDataPlaces => ({
    encapsulated: true,
    places: places.slice(1),
    offsetTable,
    cutOff,
  });
  for (let at = start; places.length <= MOST_FRAGMENTS;) {
    const header = await readAt(handle, { offset: at, length: 8 });
    if (header.length < 8) return found(true);
    const tag = header.readUInt32LE(0);
    const length = header.readUInt32LE(4);
    if (tag === 0xe0ddfffe) {
      const table = places[0];
      if (!table || table.length > LARGEST_OFFSET_TABLE || table.length % 4) return found(false);
      const bytes = await readAt(handle, table);
      return found(
        false,
        Array.from({ length: bytes.length / 4 }, (_, n) => bytes.readUInt32LE(4 * n)),
      );
    }
    if (tag !== 0xe000fffe) break;
    if (at + 8 + length > end) return found(true);
    places.push({ offset: at + 8, length });
    at += 8 + length;
  }
  throw new MalformedDicomError('The compressed pixel data of the DICOM file are damaged.');
}

/**
 * Opens a Part 10 file: reads its header and finds its pixel data, which stay on the disk.
 * @param part where in the file it is, if not all of it
 * @throws MalformedDicomError if it is no DICOM file or damaged
 * @throws UnsupportedSyntaxError
 */
export async function openPart10(path: string, part?: Place): Promise<Part10File> {
  const handle = await open(path);
  try {
    const place = part ?? { offset: 0, length: (await handle.stat()).size };
    const end = place.offset + place.length;
    const { structure, bytes } = await findHeader(handle, place);
    const { transferSyntax, headerLength, pixelData } = structure;
    const dataset = readHeader(bytes.subarray(0, headerLength));
    const file = { dataset, path, place, transferSyntax };
    if (!pixelData) return file;
    const { vr, length } = pixelData;
    const offset = place.offset + pixelData.offset;
    if (length === undefined) {
      return { ...file, pixelData: { vr, ...(await findFragments(handle, offset, end)) } };
    }
    const places = [{ offset, length }];
    const cutOff = offset + length > end;
    return { ...file, pixelData: { vr, encapsulated: false, places, offsetTable: [], cutOff } };
  } finally {
    await handle.close();
  }
}

/** Reads some bytes of a file. */
export async function readPlace(path: string, place: Place): Promise<Buffer> {
  const handle = await open(path);
  try {
    return await readAt(handle, place);
  } finally {
    await handle.close();
  }
}

/** Reads some bytes of a file, a piece at a time. */
export async function* streamPlace(
  path: string,
  { offset, length }: Place,
): AsyncGenerator<Uint8Array> {
  if (length === 0) return;
  yield* createReadStream(path, { start: offset, end: offset + length - 1 });
}
