import { gunzipSync, gzipSync } from 'node:zlib';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { Grid, Vec3 } from '../../../extension/src/engine/space/grid.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { gridByOption, type Orientation } from './orientation.ts';
import { readScalars, scalarSize, type ScalarType } from './scalars.ts';
import { gridFromSteps, type FileSegment, type VolumeFile } from './volumeFile.ts';

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
  'long long': 'int64',
  'long long int': 'int64',
  'signed long long': 'int64',
  'signed long long int': 'int64',
  longlong: 'int64',
  int64: 'int64',
  int64_t: 'int64',
  'unsigned long long': 'uint64',
  'unsigned long long int': 'uint64',
  ulonglong: 'uint64',
  uint64: 'uint64',
  uint64_t: 'uint64',
  'unsigned short int': 'uint16',
  'short int': 'int16',
  'signed short int': 'int16',
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

interface Header {
  /** Fields by lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  /** Key/value pairs, in which programs keep what the format does not know. */
  readonly pairs: ReadonlyMap<string, string>;
  /** Where the data starts. */
  readonly offset: number;
}

function readHeader(bytes: Uint8Array): Header {
  const fields = new Map<string, string>();
  const pairs = new Map<string, string>();
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
    if (words === '') return { fields, pairs, offset };
    if (words.startsWith('#')) continue;
    const [, name, kind, value] = /^([^:]*):([= ])(.*)$/.exec(words) ?? [];
    if (kind === '=') pairs.set(name, value.trim());
    else if (kind) fields.set(name.trim().toLowerCase(), value.trim());
  }
}

function vector(written: string | undefined): Vec3 | undefined {
  const found = written?.replace(/[()]/g, '').split(',').map(Number);
  return found?.length === 3 && found.every(Number.isFinite)
    ? (found as unknown as Vec3)
    : undefined;
}

/** The value of a field that counts lines or bytes. */
function skipOf(fields: Header['fields'], name: string, lowest: number): number {
  const skip = Number(fields.get(`${name} skip`) ?? fields.get(`${name}skip`) ?? 0);
  if (!Number.isInteger(skip) || skip < lowest)
    throw bad(`states a ${name} skip that is no number`);
  return skip;
}

/**
 * The voxels' bytes: after lines and bytes that the header says to skip; a byte skip of -1 means that they
 * end the file. Bytes of a compressed file are skipped once it is decompressed.
 */
function decodeData(bytes: Uint8Array, { fields }: Header, length: number): Uint8Array {
  const encoding = fields.get('encoding')?.toLowerCase() ?? '';
  let start = 0;
  for (let line = skipOf(fields, 'line', 0); line > 0; line--) {
    start = bytes.indexOf(0x0a, start) + 1;
    if (start === 0) throw bad('is cut short');
  }
  const skip = skipOf(fields, 'byte', -1);
  const data = bytes.subarray(start);
  if (encoding === 'raw') {
    if (skip < 0 && data.length < length) throw bad('is cut short');
    return data.subarray(skip < 0 ? data.length - length : skip);
  }
  if (encoding !== 'gzip' && encoding !== 'gz') {
    throw bad(`is encoded as "${encoding}", which is not supported (raw and gzip are)`);
  }
  if (skip < 0) throw bad('states a byte skip of -1, which a compressed file cannot have');
  try {
    return gunzipSync(data).subarray(skip);
  } catch (cause) {
    throw new CranioplastyError(
      'bad-usage',
      'The NRRD file is damaged and cannot be decompressed: export it again.',
      { cause },
    );
  }
}

/** Millimetres in the units of a space. */
const units: Readonly<Record<string, number>> = { mm: 1, cm: 10, m: 1000, um: 0.001, µm: 0.001 };

/** What turns the file's lengths into mm; units that are not stated are mm. */
function scaleOf(fields: Header['fields']): number {
  const stated = [...(fields.get('space units')?.matchAll(/"([^"]*)"/g) ?? [])].map((m) => m[1]);
  const scales = new Set(
    stated.map((unit) => units[unit.replace(/^millimet(er|re)s?$/i, 'mm').trim()] ?? NaN),
  );
  const [scale] = scales;
  if (scales.size === 0 || stated.every((unit) => unit.trim() === '')) return 1;
  if (scales.size === 1 && Number.isFinite(scale)) return scale;
  throw bad(`states its lengths in ${stated.join(', ')}, which is not supported`);
}

/** Voxel sizes may differ by this share: headers round. */
const sizeTolerance = 0.005;

/**
 * Where the voxels are, patient LPS mm.
 * @throws CranioplastyError `bad-geometry` without an orientation, with two voxel sizes or sheared axes
 */
function gridOf(fields: Header['fields'], size: Vec3, orientation?: Orientation): Grid {
  const scale = scaleOf(fields);
  const flip = spaces[fields.get('space')?.toLowerCase() ?? ''];
  const written = fields.get('space directions') ?? '';
  const [i, j, k, ...more] = written.match(/\([^)]*\)/g)?.map(vector) ?? [];
  const origin = vector(fields.get('space origin'));
  if (!flip || !origin || !i || !j || !k || more.length) {
    const directions = [i, j, k].map((step) => (step ? Math.hypot(...step) : NaN));
    const stated = fields.get('spacings')?.split(/\s+/).map(Number) ?? directions;
    // An axis that is none of space has no spacing.
    const spacing = (stated.length > 3 ? stated.filter(Number.isFinite) : stated).map(
      (s) => s * scale,
    );
    const lacks = 'space, space directions, space origin';
    return gridByOption(size, spacing, orientation, 'NRRD', lacks);
  }
  const stated = fields.get('spacings')?.split(/\s+/).map(Number).filter(Number.isFinite) ?? [];
  const lengths = [i, j, k].map((step) => Math.hypot(...step));
  if (stated.length === 3 && stated.some((s, a) => Math.abs(lengths[a] / s - 1) > sizeTolerance)) {
    throw new CranioplastyError(
      'bad-geometry',
      `The NRRD file gives its voxels two sizes (${stated.join(' × ')} by its spacings, ${lengths.map((x) => x.toFixed(3)).join(' × ')} by its space directions): export it again.`,
    );
  }
  const toLps = ([x, y, z]: Vec3): Vec3 => [
    x * flip[0] * scale,
    y * flip[1] * scale,
    z * flip[2] * scale,
  ];
  return gridFromSteps(size, toLps(origin), [toLps(i), toLps(j), toLps(k)]);
}

/** The size of the volume, and how many values each voxel has: one, but for a list axis that comes first. */
function sizesOf(fields: Header['fields']): { size: Vec3; count: number } {
  const sizes = fields.get('sizes')?.split(/\s+/).map(Number) ?? [];
  const listFirst =
    sizes.length > 3 &&
    (/^(list|vector)\b/i.test(fields.get('kinds') ?? '') ||
      /^none\b/i.test(fields.get('space directions') ?? '') ||
      sizes[0] === 1);
  const [i, j, k, ...more] = listFirst ? sizes.slice(1) : sizes;
  const valid = sizes.length === Number(fields.get('dimension')) && sizes.every((n) => n > 0);
  // A last axis of length 1 holds a single volume.
  if (!valid || k === undefined || more.some((n) => n !== 1)) {
    throw bad('does not hold a single three-dimensional volume');
  }
  return { size: [i, j, k], count: listFirst ? sizes[0] : 1 };
}

/** The segments that 3D Slicer lists in a file whose segments overlap; without a list one for each layer. */
function segmentsOf(pairs: Header['pairs'], count: number): FileSegment[] {
  const found: FileSegment[] = [];
  for (let n = 0; pairs.has(`Segment${n}_Layer`) || pairs.has(`Segment${n}_LabelValue`); n++) {
    found.push({
      number: n + 1,
      name: pairs.get(`Segment${n}_Name`) ?? `Segment ${n + 1}`,
      layer: Number(pairs.get(`Segment${n}_Layer`) ?? 0),
      label: Number(pairs.get(`Segment${n}_LabelValue`) ?? 1),
    });
  }
  if (found.some(({ layer, label }) => !(layer >= 0 && layer < count) || !Number.isFinite(label))) {
    throw bad('lists segments that it does not hold');
  }
  return found.length > 0
    ? found
    : Array.from({ length: count }, (_, layer) => ({
        number: layer + 1,
        name: `Layer ${layer + 1}`,
        layer,
        label: 1,
      }));
}

/**
 * Reads an NRRD file with its data attached: three dimensions, raw or gzip, either byte order, in
 * space LPS, RAS or LAS. A list axis before them holds layers of segments that overlap.
 *
 * @param orientation of a file that has none itself
 * @throws CranioplastyError `bad-usage` if the file is damaged or not supported, `bad-geometry` if it
 *   has no orientation or is sheared
 */
export function readNrrd(bytes: Uint8Array, orientation?: Orientation): VolumeFile {
  const header = readHeader(bytes);
  const { fields, pairs, offset } = header;
  const { size, count } = sizesOf(fields);
  if (fields.has('data file') || fields.has('datafile')) {
    throw bad('keeps its data in another file, which is not supported');
  }
  const written = fields.get('type')?.toLowerCase() ?? '';
  const type = types[written];
  if (!type) throw bad(`has voxels of type "${written}", which is not supported`);
  const grid = gridOf(fields, size, orientation);
  const total = count * size[0] * size[1] * size[2];
  const values = readScalars(
    decodeData(bytes.subarray(offset), header, total * scalarSize(type)),
    type,
    total,
    fields.get('endian')?.toLowerCase() !== 'big',
  );
  if (!values) throw bad('is cut short');
  const layers = count > 1 ? { count, segments: segmentsOf(pairs, count) } : undefined;
  return { grid, values, layers };
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
