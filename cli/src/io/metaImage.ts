import { unzipSync } from 'node:zlib';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { Grid, Vec3 } from '../../../extension/src/engine/space/grid.ts';
import { gridByOption, noVoxelSize, type Orientation } from './orientation.ts';
import { readScalars, scalarSize, type ScalarType } from './scalars.ts';
import { gridFromSteps, type VolumeFile } from './volumeFile.ts';

const types: Readonly<Record<string, ScalarType>> = {
  MET_CHAR: 'int8',
  MET_UCHAR: 'uint8',
  MET_SHORT: 'int16',
  MET_USHORT: 'uint16',
  MET_INT: 'int32',
  MET_UINT: 'uint32',
  // Of four bytes whatever the machine.
  MET_LONG: 'int32',
  MET_ULONG: 'uint32',
  MET_LONG_LONG: 'int64',
  MET_ULONG_LONG: 'uint64',
  MET_FLOAT: 'float32',
  MET_DOUBLE: 'float64',
};

function bad(what: string): CranioplastyError {
  return new CranioplastyError('bad-usage', `The MetaImage file ${what}: export it again.`);
}

interface Header {
  readonly fields: ReadonlyMap<string, string>;
  /** Where the header ends. */
  readonly end: number;
}

function readHeader(bytes: Uint8Array): Header {
  const fields = new Map<string, string>();
  const decoder = new TextDecoder();
  let offset = 0;
  while (!fields.has('ElementDataFile')) {
    const newline = bytes.indexOf(0x0a, offset);
    const end = newline < 0 ? bytes.length : newline;
    if (offset >= bytes.length || end - offset > 65536) throw bad('has a damaged header');
    const line = decoder.decode(bytes.subarray(offset, end)).trim();
    offset = end + 1;
    if (line === '') continue;
    const [, name, value] = /^(\w+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) throw bad('has a damaged header');
    fields.set(name, value);
  }
  return { fields, end: Math.min(offset, bytes.length) };
}

/** The first of several names of a field. */
function field({ fields }: Header, ...names: readonly string[]): string | undefined {
  return names.map((name) => fields.get(name)).find((value) => value !== undefined);
}

function isTrue(value: string | undefined): boolean {
  return /^(t|1)/i.test(value ?? '');
}

/** @throws CranioplastyError `bad-usage` unless there are so many numbers, or none */
function numbersOf(
  header: Header,
  count: number,
  ...names: readonly string[]
): number[] | undefined {
  const written = field(header, ...names);
  if (written === undefined) return undefined;
  const found = written.split(/\s+/).map(Number);
  if (found.length < count || !found.every(Number.isFinite)) throw bad(`has a damaged ${names[0]}`);
  return found;
}

function sizeOf(header: Header): Vec3 {
  const dimensions = Number(header.fields.get('NDims'));
  const size = numbersOf(header, 3, 'DimSize') ?? [];
  const valid = size.length === dimensions && size.every((n) => Number.isInteger(n) && n > 0);
  // A last axis of length 1 holds a single volume.
  if (!valid || size.slice(3).some((n) => n !== 1)) {
    throw bad('does not hold a single three-dimensional volume');
  }
  return [size[0], size[1], size[2]];
}

/** The three axes, and where the first voxel is, LPS; rows of the matrix are the directions of i, j and k. */
function gridOf(header: Header, size: Vec3, orientation?: Orientation): Grid {
  const { length: dimensions } = (header.fields.get('DimSize') ?? '').split(/\s+/);
  const spacing = numbersOf(header, dimensions, 'ElementSpacing', 'ElementSize')?.slice(0, 3) ?? [];
  const matrix = numbersOf(
    header,
    dimensions * dimensions,
    'TransformMatrix',
    'Rotation',
    'Orientation',
  );
  const origin = numbersOf(header, dimensions, 'Offset', 'Position', 'Origin');
  if (!matrix || !origin) {
    return gridByOption(size, spacing, orientation, 'MetaImage', 'TransformMatrix, Offset');
  }
  if (spacing.length !== 3) throw noVoxelSize('MetaImage');
  const centre = numbersOf(header, dimensions, 'CenterOfRotation') ?? [];
  const [i, j, k] = [0, 1, 2].map((axis) => matrix.slice(dimensions * axis, dimensions * axis + 3));
  const turned = i[0] !== 1 || j[1] !== 1 || k[2] !== 1;
  if (turned && centre.some((v) => v !== 0)) {
    throw bad('turns about a centre of rotation, which not every program does');
  }
  const step = (axis: readonly number[], a: number) =>
    axis.map((v) => v * spacing[a]) as unknown as Vec3;
  return gridFromSteps(
    size,
    [origin[0], origin[1], origin[2]],
    [step(i, 0), step(j, 1), step(k, 2)],
  );
}

/** Name of the file that holds the voxels; undefined if they follow the header. */
function dataFileOf({ fields }: Header): string | undefined {
  const name = fields.get('ElementDataFile') ?? '';
  if (/^local$/i.test(name)) return undefined;
  if (/^list\b/i.test(name) || /%\d*d/.test(name)) {
    throw bad('keeps its slices in a file each, which is not supported');
  }
  return name;
}

/**
 * The file that holds the voxels of a header that stands alone (.mhd), by its path as seen from the header.
 * @returns undefined if they follow the header
 * @throws CranioplastyError `bad-usage` for a damaged header
 */
export function metaImageDataFile(bytes: Uint8Array): string | undefined {
  return dataFileOf(readHeader(bytes));
}

/**
 * The voxels' bytes, after those that the header says to skip; −1 means that the voxels end the file.
 * @param all of the file that holds them
 * @param start where they begin unless the header says it
 */
function voxelBytes(all: Uint8Array, start: number, header: Header, length: number): Uint8Array {
  const skip = numbersOf(header, 1, 'HeaderSize')?.[0] ?? 0;
  if (!Number.isInteger(skip) || skip < -1) throw bad('states a HeaderSize that is no number');
  const compressed = isTrue(header.fields.get('CompressedData'));
  if (skip < 0) {
    if (compressed) throw bad('states a HeaderSize of -1, which a compressed file cannot have');
    if (all.length < start + length) throw bad('is cut short');
    return all.subarray(all.length - length);
  }
  const data = all.subarray(skip > 0 ? skip : start);
  if (!compressed) return data;
  try {
    return unzipSync(data);
  } catch (cause) {
    throw new CranioplastyError(
      'bad-usage',
      'The MetaImage file is damaged and cannot be decompressed: export it again.',
      { cause },
    );
  }
}

/**
 * Reads a MetaImage (MetaIO): three dimensions, binary, zlib or not, either byte order, voxels behind the header (.mha) or
 * in a file of their own (.mhd). As ITK does, positions are taken as LPS mm.
 *
 * @param readBeside reads a file by its path as seen from the header
 * @param orientation of a file that has none itself
 * @throws CranioplastyError `bad-usage` if the file is damaged or not supported, `bad-geometry` if it has no orientation
 *   or is sheared
 */
export function readMetaImage(
  bytes: Uint8Array,
  readBeside: (name: string) => Uint8Array,
  orientation?: Orientation,
): VolumeFile {
  const header = readHeader(bytes);
  const { fields, end } = header;
  if (!/^image$/i.test(fields.get('ObjectType') ?? '')) throw bad('holds no image');
  const size = sizeOf(header);
  const written = fields.get('ElementType') ?? '';
  const type = types[written];
  if (!type) throw bad(`has voxels of type "${written}", which is not supported`);
  if (!/^(t|1)/i.test(fields.get('BinaryData') ?? 'true')) {
    throw bad('holds its voxels as text, which is not supported');
  }
  if (Number(fields.get('ElementNumberOfChannels') ?? 1) !== 1) {
    throw bad('has several values for each voxel, which is not supported');
  }
  const slope = Number(fields.get('ElementToIntensityFunctionSlope') ?? 1);
  const intercept = Number(fields.get('ElementToIntensityFunctionOffset') ?? 0);
  if (slope !== 1 || intercept !== 0) {
    throw bad('scales its values (ElementToIntensityFunction), which not every program does');
  }
  const grid = gridOf(header, size, orientation);
  const total = size[0] * size[1] * size[2];
  const name = dataFileOf(header);
  const [all, start] = name === undefined ? [bytes, end] : [readBeside(name), 0];
  const data = voxelBytes(all, start, header, total * scalarSize(type));
  const big = isTrue(field(header, 'BinaryDataByteOrderMSB', 'ElementByteOrderMSB'));
  const values = readScalars(data, type, total, !big);
  if (!values) throw bad('is cut short');
  return { grid, values };
}
