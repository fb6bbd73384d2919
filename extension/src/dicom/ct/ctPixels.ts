import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import { makeVolume, type CtVolume } from '../../engine/space/volume.ts';
import { number, text, type NaturalDataset } from '../part10/attributes.ts';
import { readCtSeries, type CtSeries } from './ctSeries.ts';
import type { CtSlice } from './ctSlice.ts';
import type { DecodeFrame } from '../frames/decodeFrame.ts';
import { isUncompressed, parsePart10, type Part10 } from '../part10/part10.ts';
import { paddingHu, paddingRange } from './padding.ts';
import { straighten } from './straighten.ts';
import { sayImage } from './volumeImages.ts';
import { why } from '../errorSentences.ts';

/** A CT series with its voxels, straightened where it was irregular. */
export interface LoadedCt {
  readonly series: CtSeries;
  readonly volume: CtVolume;
}

function badPixels(said: Said): CranioplastyError {
  return new CranioplastyError('bad-ct-geometry', said);
}

type StoredArray = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** A view of stored values as their type; copied where the bytes are not aligned. */
function storedValues(instance: NaturalDataset, bytes: Uint8Array): StoredArray {
  const allocated = number(instance, 'BitsAllocated');
  const signed = number(instance, 'PixelRepresentation') === 1;
  if (allocated === 8) return signed ? new Int8Array(bytes) : bytes;
  if (allocated !== 16) {
    throw badPixels(why('error.ct.bits', { bits: allocated ?? why('error.ct.unknown-number') }));
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

/** CT numbers by stored value: a CT has thousands of times as many pixels as there are values. */
class HuTable {
  private readonly hu = new Int16Array(1 << 16);
  private key = '';

  /** The HU of a slice's stored values, by their 16 bits. Slices of a series mostly share them. */
  of({ instance, rescale: { slope, intercept } }: CtSlice): Int16Array {
    const signed = number(instance, 'PixelRepresentation') === 1;
    const [low, high] = paddingRange(instance) ?? [1, 0];
    const { hu } = this;
    const kind = [number(instance, 'BitsAllocated'), number(instance, 'BitsStored'), signed];
    const key = [...kind, slope, intercept, low, high].join();
    if (key === this.key) return hu;
    this.key = key;
    const bits = storedBits(instance);
    for (let u = 0; u < hu.length; u++) {
      const value = signed ? (u << 16) >> 16 : u;
      const own = Math.round(bits(value) * slope + intercept);
      const padded = value >= low && value <= high;
      hu[u] = padded ? paddingHu : own < -32768 ? -32768 : own > 32767 ? 32767 : own;
    }
    return hu;
  }
}

function fillSlice(
  target: Int16Array,
  slice: CtSlice,
  file: Part10,
  pixels: Uint8Array,
  table: HuTable,
): void {
  const count = target.length;
  const stored = storedValues(slice.instance, pixels);
  if (stored.length < count) {
    const which = file.name ?? sayImage(slice.instance);
    throw badPixels(why('error.ct.cut-short', { image: which }));
  }
  const hu = table.of(slice);
  for (let i = 0; i < count; i++) target[i] = hu[stored[i] & 0xffff];
}

function refuseCompressed(_: Uint8Array, { transferSyntaxUID, name }: Part10): never {
  throw badPixels(
    why('error.ct.compressed', {
      syntax: name ? `${transferSyntaxUID}, ${name}` : transferSyntaxUID,
    }),
  );
}

/** The pixels of one slice. */
function slicePixels(slice: CtSlice, file: Part10, count: number, decode: DecodeFrame): Uint8Array {
  const frame = (slice.frameNumber ?? 1) - 1;
  if (!isUncompressed(file.transferSyntaxUID)) {
    return decode(file.pixelData[frame] ?? new Uint8Array(), file);
  }
  const bytes = count * ((number(slice.instance, 'BitsAllocated') ?? 16) >> 3);
  return (file.pixelData[0] ?? new Uint8Array()).subarray(frame * bytes, (frame + 1) * bytes);
}

/**
 * Reads the files of a CT series into Hounsfield units. Padding becomes air. Irregular slices
 * are resampled to the series' grid.
 *
 * @param files one DICOM file each, in any order; all of one series
 * @param decode decodes compressed frames; without it compressed images are refused
 * @throws CranioplastyError as `readCtSeries`, and `bad-ct-geometry` for damaged or unsupported pixel
 *   data
 */
export function loadCt(files: readonly Part10[], decode: DecodeFrame = refuseCompressed): LoadedCt {
  const byDataset = new Map(files.map((file) => [file.dataset, file]));
  const series = readCtSeries([...byDataset.keys()]);
  const { irregular, grid, slices } = series;
  const [columns, rows] = irregular ? [irregular.columns, irregular.rows] : grid.size;
  const pixels = columns * rows;
  const data = new Int16Array(pixels * slices.length);
  const targets = slices.map((_, k) => data.subarray(k * pixels, (k + 1) * pixels));
  const table = new HuTable();
  slices.forEach((slice, k) => {
    const file = byDataset.get(slice.instance);
    if (!file) throw new Error('slice without file');
    if ((number(slice.instance, 'SamplesPerPixel') ?? 1) !== 1) {
      throw badPixels(
        why('error.ct.colour', {
          kind: text(slice.instance, 'PhotometricInterpretation') ?? why('error.ct.in-colour'),
        }),
      );
    }
    fillSlice(targets[k], slice, file, slicePixels(slice, file, pixels, decode), table);
  });
  const voxels = irregular ? straighten(targets, irregular, grid, paddingHu) : data;
  return { series, volume: makeVolume(grid, voxels) };
}

/**
 * Parses and reads the files of a CT series.
 * @throws CranioplastyError as `loadCt`
 */
export function readCtFiles(files: readonly (ArrayBuffer | Uint8Array)[]): LoadedCt {
  return loadCt(files.map((bytes) => parsePart10(bytes, 'bad-ct-geometry')));
}
