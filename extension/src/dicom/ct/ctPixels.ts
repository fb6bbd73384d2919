import { CranioplastyError } from '../../engine/space/errors.ts';
import { makeVolume, type CtVolume } from '../../engine/space/volume.ts';
import { number, text, type NaturalDataset } from '../part10/attributes.ts';
import { readCtSeries, type CtSeries, type CtSlice } from './ctSeries.ts';
import { isUncompressed, parsePart10, type Part10 } from '../part10/part10.ts';

/** A CT series with its voxels. */
export interface LoadedCt {
  readonly series: CtSeries;
  readonly volume: CtVolume;
}

function badPixels(message: string): CranioplastyError {
  return new CranioplastyError('bad-ct-geometry', message);
}

type StoredArray = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** A view of stored values as their type; copied where the bytes are not aligned. */
function storedValues(instance: NaturalDataset, bytes: Uint8Array): StoredArray {
  const allocated = number(instance, 'BitsAllocated');
  const signed = number(instance, 'PixelRepresentation') === 1;
  if (allocated === 8) return signed ? new Int8Array(bytes) : bytes;
  if (allocated !== 16) {
    throw badPixels(
      `The CT stores ${allocated ?? 'an unknown number of'} bits per pixel, which is not supported: convert it to 16 bits.`,
    );
  }
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  const length = aligned.byteLength >> 1;
  return signed
    ? new Int16Array(aligned.buffer, aligned.byteOffset, length)
    : new Uint16Array(aligned.buffer, aligned.byteOffset, length);
}

/** Values above BitsStored belong to overlays or are sign extension (PS3.5, 8.1.1). */
function storedBits(instance: NaturalDataset): (value: number) => number {
  const allocated = number(instance, 'BitsAllocated') ?? 16;
  const stored = number(instance, 'BitsStored') ?? allocated;
  const shift = 32 - stored;
  if (stored >= allocated) return (value) => value;
  return number(instance, 'PixelRepresentation') === 1
    ? (value) => (value << shift) >> shift
    : (value) => (value << shift) >>> shift;
}

function fillSlice(target: Int16Array, slice: CtSlice, file: Part10): void {
  const count = target.length;
  const stored = storedValues(slice.instance, file.pixelData[0] ?? new Uint8Array());
  const offset = ((slice.frameNumber ?? 1) - 1) * count;
  if (stored.length < offset + count) {
    throw badPixels('A slice of the CT is cut short: fetch or export the series again.');
  }
  const { slope, intercept } = slice.rescale;
  const bits = storedBits(slice.instance);
  for (let i = 0; i < count; i++) {
    const hu = Math.round(bits(stored[offset + i]) * slope + intercept);
    target[i] = hu < -32768 ? -32768 : hu > 32767 ? 32767 : hu;
  }
}

/**
 * Reads the files of a CT series into Hounsfield units.
 *
 * @param files one DICOM file each, in any order; all of one series
 * @throws CranioplastyError as `readCtSeries`, and `bad-ct-geometry` for compressed, damaged or
 *   unsupported pixel data
 */
export function readCtFiles(files: readonly (ArrayBuffer | Uint8Array)[]): LoadedCt {
  const parsed = new Map<NaturalDataset, Part10>();
  for (const bytes of files) {
    const file = parsePart10(bytes, 'bad-ct-geometry');
    parsed.set(file.dataset, file);
  }
  const series = readCtSeries([...parsed.keys()]);
  const [columns, rows, count] = series.grid.size;
  const data = new Int16Array(columns * rows * count);
  series.slices.forEach((slice, k) => {
    const file = parsed.get(slice.instance);
    if (!file) throw new Error('slice without file');
    if (!isUncompressed(file.transferSyntaxUID)) {
      throw badPixels(
        `The CT is compressed (transfer syntax ${file.transferSyntaxUID}), which is not read here: decompress it first, with dcmdjpeg, dcmdjpls or gdcmconv --raw.`,
      );
    }
    if ((number(slice.instance, 'SamplesPerPixel') ?? 1) !== 1) {
      throw badPixels(
        `The images are ${text(slice.instance, 'PhotometricInterpretation') ?? 'in colour'}, not CT numbers: choose the original CT series.`,
      );
    }
    fillSlice(data.subarray(k * columns * rows, (k + 1) * columns * rows), slice, file);
  });
  return { series, volume: makeVolume(series.grid, data) };
}
