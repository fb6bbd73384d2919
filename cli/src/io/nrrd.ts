import { gunzipSync, gzipSync } from 'node:zlib';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { Grid, Vec3 } from '../../../extension/src/engine/space/grid.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { gridByOption, type Orientation } from './orientation.ts';
import { readScalars, type ScalarType } from './scalars.ts';
import { gridFromSteps, type VolumeFile } from './volumeFile.ts';

const types: Readonly<Record<string, ScalarType>> = {
  uchar: 'uint8',
  'unsigned char': 'uint8',
  uint8: 'uint8',
  uint8_t: 'uint8',
  'signed char': 'int8',
  int8: 'int8',
  int8_t: 'int8',
  ushort: 'uint16',
  'unsigned short': 'uint16',
  uint16: 'uint16',
  uint16_t: 'uint16',
  short: 'int16',
  'signed short': 'int16',
  int16: 'int16',
  int16_t: 'int16',
  uint: 'uint32',
  'unsigned int': 'uint32',
  uint32: 'uint32',
  uint32_t: 'uint32',
  int: 'int32',
  'signed int': 'int32',
  int32: 'int32',
  int32_t: 'int32',
  float: 'float32',
  double: 'float64',
};

/** Factors that turn a space's axes into Left-Posterior-Superior. */
const spaces: Readonly<Record<string, Vec3>> = {
  'left-posterior-superior': [1, 1, 1],
  lps: [1, 1, 1],
  'right-anterior-superior': [-1, -1, 1],
  ras: [-1, -1, 1],
  'left-anterior-superior': [1, -1, 1],
  las: [1, -1, 1],
};

function bad(what: string): CranioplastyError {
  return new CranioplastyError('bad-usage', `The NRRD file ${what}: export it again.`);
}

/** Fields of the header by lower-case name, and where the data starts. */
function readHeader(bytes: Uint8Array): { fields: Map<string, string>; offset: number } {
  const fields = new Map<string, string>();
  const decoder = new TextDecoder();
  let offset = 0;
  for (let line = 0; ; line++) {
    const end = bytes.indexOf(0x0a, offset);
    if (end < 0 || end - offset > 65536) throw bad('has a damaged header');
    const words = decoder.decode(bytes.subarray(offset, end)).replace(/\r$/, '');
    offset = end + 1;
    if (line === 0) {
      if (!words.startsWith('NRRD000')) throw bad('has no NRRD header');
      continue;
    }
    if (words === '') return { fields, offset };
    const separator = words.indexOf(': ');
    // Comments start with "#"; key/value pairs ("key:=value") do not matter here.
    if (words.startsWith('#') || separator < 0) continue;
    fields.set(words.slice(0, separator).toLowerCase(), words.slice(separator + 2).trim());
  }
}

function vector(written: string | undefined): Vec3 | undefined {
  const found = written?.replace(/[()]/g, '').split(',').map(Number);
  return found?.length === 3 && found.every(Number.isFinite)
    ? (found as unknown as Vec3)
    : undefined;
}

function decodeData(bytes: Uint8Array, encoding: string): Uint8Array {
  if (encoding === 'raw') return bytes;
  if (encoding !== 'gzip' && encoding !== 'gz') {
    throw bad(`is encoded as "${encoding}", which is not supported (raw and gzip are)`);
  }
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new CranioplastyError(
      'bad-usage',
      'The NRRD file is damaged and cannot be decompressed: export it again.',
      { cause },
    );
  }
}

/** Where the voxels are, patient LPS mm. */
function gridOf(fields: Map<string, string>, size: Vec3, orientation?: Orientation): Grid {
  const flip = spaces[fields.get('space')?.toLowerCase() ?? ''];
  const written = fields.get('space directions') ?? '';
  const [i, j, k, ...more] = written.match(/\([^)]*\)/g)?.map(vector) ?? [];
  const origin = vector(fields.get('space origin'));
  if (!flip || !origin || !i || !j || !k || more.length) {
    const directions = [i, j, k].map((step) => (step ? Math.hypot(...step) : NaN));
    const spacing = fields.get('spacings')?.split(/\s+/).map(Number) ?? directions;
    const lacks = 'space, space directions, space origin';
    return gridByOption(size, spacing, orientation, 'NRRD', lacks);
  }
  const toLps = ([x, y, z]: Vec3): Vec3 => [x * flip[0], y * flip[1], z * flip[2]];
  return gridFromSteps(size, toLps(origin), [toLps(i), toLps(j), toLps(k)]);
}

/**
 * Reads an NRRD file with its data attached: three dimensions, raw or gzip, either byte order, in
 * space LPS, RAS or LAS.
 *
 * @param orientation of a file that has none itself
 * @throws CranioplastyError `bad-usage` if the file is damaged or not supported, `bad-geometry` if it
 *   has no orientation or is sheared
 */
export function readNrrd(bytes: Uint8Array, orientation?: Orientation): VolumeFile {
  const { fields, offset } = readHeader(bytes);
  const size = fields.get('sizes')?.split(/\s+/).map(Number) ?? [];
  if (fields.get('dimension') !== '3' || size.length !== 3 || size.some((n) => !(n > 0))) {
    throw bad('does not hold a single three-dimensional volume');
  }
  if (fields.has('data file') || fields.has('datafile')) {
    throw bad('keeps its data in another file, which is not supported');
  }
  const written = fields.get('type')?.toLowerCase() ?? '';
  const type = types[written];
  if (!type) throw bad(`has voxels of type "${written}", which is not supported`);
  const grid = gridOf(fields, [size[0], size[1], size[2]], orientation);
  const values = readScalars(
    decodeData(bytes.subarray(offset), fields.get('encoding')?.toLowerCase() ?? ''),
    type,
    size[0] * size[1] * size[2],
    fields.get('endian') !== 'big',
  );
  if (!values) throw bad('is cut short');
  return { grid, values };
}

/** Encodes a mask as NRRD, gzip, space LPS. */
export function writeNrrd({ grid, data }: Mask): Uint8Array {
  const vectorOf = (v: readonly number[]) => `(${v.join(',')})`;
  const header = [
    'NRRD0004',
    '# cranioplasty, research use only',
    'type: uint8',
    'dimension: 3',
    'space: left-posterior-superior',
    `sizes: ${grid.size.join(' ')}`,
    `space directions: ${grid.axes.map((axis, a) => vectorOf(axis.map((v) => v * grid.spacing[a]))).join(' ')}`,
    'kinds: domain domain domain',
    'encoding: gzip',
    `space origin: ${vectorOf(grid.origin)}`,
    '',
    '',
  ].join('\n');
  return Buffer.concat([Buffer.from(header), gzipSync(data)]);
}
