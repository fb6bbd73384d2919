import { buffer } from 'node:stream/consumers';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { Grid, Vec3 } from '../../../extension/src/engine/space/grid.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { scaled } from '../../../extension/src/engine/space/voxels.ts';
import { niftiGrid } from './niftiGeometry.ts';
import { readNiftiHeader, type NiftiHeader } from './niftiHeader.ts';
import type { Orientation } from './orientation.ts';
import { readScalars, type Scalars, type ScalarType } from './scalars.ts';
import type { VolumeFile } from './volumeFile.ts';

const dataTypes: Readonly<Record<number, ScalarType>> = {
  2: 'uint8',
  4: 'int16',
  8: 'int32',
  16: 'float32',
  64: 'float64',
  256: 'int8',
  512: 'uint16',
  768: 'uint32',
  1024: 'int64',
  1280: 'uint64',
};

/** Types that are no numbers, or larger ones than there are here. */
const otherTypes: Readonly<Record<number, string>> = {
  1: 'single bits',
  32: 'complex numbers',
  128: 'colours',
  1536: '128-bit numbers',
  1792: 'complex numbers',
  2048: 'complex numbers',
  2304: 'colours',
};

function bad(what: string): CranioplastyError {
  return new CranioplastyError('bad-usage', `The NIfTI file ${what}: export it again.`);
}

/** Whether stored values are to be scaled; a slope of 0 means that they are not. */
function isScaled({ slope, intercept }: NiftiHeader): boolean {
  return Number.isFinite(slope) && slope !== 0 && (slope !== 1 || (intercept || 0) !== 0);
}

function rescaled(values: Scalars, header: NiftiHeader): Scalars {
  return isScaled(header) ? scaled(values, header.slope, header.intercept || 0) : values;
}

/**
 * Reads a NIfTI-1 or NIfTI-2 file (`.nii`, `.nii.gz`), either byte order, one volume. NIfTI's
 * Right-Anterior-Superior millimetres become DICOM's Left-Posterior-Superior.
 *
 * @param orientation of a file that has none itself
 * @throws CranioplastyError `bad-usage` if the file is damaged or not supported, `bad-geometry` if it
 *   has no orientation, two sizes or mirrored ones, or is sheared
 */
export function readNifti(file: Uint8Array, orientation?: Orientation): VolumeFile {
  let bytes = file;
  if (file[0] === 0x1f && file[1] === 0x8b) {
    try {
      bytes = gunzipSync(file);
    } catch (cause) {
      throw new CranioplastyError(
        'bad-usage',
        'The NIfTI file is damaged and cannot be decompressed: export it again.',
        { cause },
      );
    }
  }
  if (bytes.length < 352) throw bad('is cut short');
  const read = readNiftiHeader(bytes);
  if (!read) throw bad('has no NIfTI header');
  const { header, littleEndian } = read;
  const size: Vec3 = [header.dim(1), header.dim(2), header.dim(3)];
  const volumes = [4, 5, 6, 7].reduce(
    (n, axis) => n * (axis <= header.dim(0) ? Math.max(1, header.dim(axis)) : 1),
    1,
  );
  if (header.dim(0) < 3 || volumes !== 1 || size.some((n) => !(n > 0))) {
    throw bad('does not hold a single three-dimensional volume');
  }
  const type = dataTypes[header.dataType];
  if (!type) {
    const name = otherTypes[header.dataType] ?? `type ${header.dataType}`;
    throw bad(`has voxels that are ${name}, which is not supported; save them as 16-bit integers`);
  }
  const count = size[0] * size[1] * size[2];
  if (header.detached) throw bad('keeps its voxels in another file (.img), which is not supported');
  // Some writers leave the offset empty.
  const start = Math.max(header.offset || 0, read.size);
  const values = readScalars(bytes.subarray(start), type, count, littleEndian);
  if (!values) throw bad('is cut short');
  return {
    ...niftiGrid(header, size, orientation),
    values: rescaled(values, header),
    step: isScaled(header) && !type.startsWith('float') ? Math.abs(header.slope) : undefined,
  };
}

/** Quaternion b, c, d of a rotation given by its columns. */
function quaternion(columns: readonly Vec3[]): [number, number, number] {
  const [[xx, yx, zx], [xy, yy, zy], [xz, yz, zz]] = columns;
  // Each component's square, and the sign from the antisymmetric part; `a` is kept positive.
  const a = Math.sqrt(Math.max(0, 1 + xx + yy + zz)) / 2;
  if (a > 0.1) return [(zy - yz) / (4 * a), (xz - zx) / (4 * a), (yx - xy) / (4 * a)];
  const b = Math.sqrt(Math.max(0, 1 + xx - yy - zz)) / 2;
  const c = Math.sqrt(Math.max(0, 1 - xx + yy - zz)) / 2;
  const d = Math.sqrt(Math.max(0, 1 - xx - yy + zz)) / 2;
  const positive = (w: number) => (w < 0 ? -1 : 1);
  if (b >= c && b >= d) {
    const s = positive(zy - yz);
    return [s * b, (s * (yx + xy)) / (4 * b), (s * (xz + zx)) / (4 * b)];
  }
  if (c >= d) {
    const s = positive(xz - zx);
    return [(s * (yx + xy)) / (4 * c), s * c, (s * (zy + yz)) / (4 * c)];
  }
  const s = positive(yx - xy);
  return [(s * (xz + zx)) / (4 * d), (s * (zy + yz)) / (4 * d), s * d];
}

function determinant([a, b, c]: readonly Vec3[]): number {
  return (
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    b[0] * (a[1] * c[2] - a[2] * c[1]) +
    c[0] * (a[1] * b[2] - a[2] * b[1])
  );
}

function header1(grid: Grid): Uint8Array {
  const bytes = new Uint8Array(352);
  const view = new DataView(bytes.buffer);
  const floats = (at: number, values: readonly number[]) =>
    values.forEach((v, n) => view.setFloat32(at + 4 * n, v, true));
  const ras = (v: Vec3): Vec3 => [-v[0], -v[1], v[2]];
  const axes = grid.axes.map(ras);
  const origin = ras(grid.origin);
  const handedness = determinant(axes) < 0 ? -1 : 1;
  view.setInt32(0, 348, true);
  [3, ...grid.size, 1, 1, 1, 1].forEach((n, axis) => view.setInt16(40 + 2 * axis, n, true));
  view.setInt16(70, 2, true);
  view.setInt16(72, 8, true);
  floats(76, [handedness, ...grid.spacing, 1, 1, 1, 1]);
  floats(108, [352, 1, 0]);
  view.setUint8(123, 2);
  new TextEncoder().encodeInto('cranioplasty, research use only', bytes.subarray(148, 228));
  view.setInt16(252, 1, true);
  view.setInt16(254, 1, true);
  const [x, y, z] = axes;
  floats(256, [...quaternion([x, y, ras3(z, handedness)]), ...origin]);
  [0, 1, 2].forEach((row) =>
    floats(280 + 16 * row, [...axes.map((axis, a) => axis[row] * grid.spacing[a]), origin[row]]),
  );
  bytes.set([0x6e, 0x2b, 0x31, 0], 344); // "n+1"
  return bytes;
}

const ras3 = (v: Vec3, factor: number): Vec3 => [v[0] * factor, v[1] * factor, v[2] * factor];

/** As much as a packed mask has at most, about: packing goes on by itself as long as it finds room, bytes. */
const packedRoom = 1 << 22;

/** As `writeNifti`, packed by another thread while the caller goes on. */
export async function packNifti({ grid, data }: Mask): Promise<Uint8Array> {
  const packing = createGzip({ level: 6, chunkSize: packedRoom });
  packing.write(header1(grid));
  packing.end(data);
  return buffer(packing);
}

/** Encodes a mask as NIfTI-1 with sform and qform, gzipped unless `compress` is false. */
export function writeNifti(mask: Mask, compress = true): Uint8Array {
  const header = header1(mask.grid);
  const bytes = new Uint8Array(header.length + mask.data.length);
  bytes.set(header);
  bytes.set(mask.data, header.length);
  return compress ? gzipSync(bytes, { level: 6 }) : bytes;
}
