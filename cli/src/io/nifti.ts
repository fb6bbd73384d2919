import { gunzipSync, gzipSync } from 'node:zlib';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { Grid, Vec3 } from '../../../extension/src/engine/space/grid.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { scaled } from '../../../extension/src/engine/space/voxels.ts';
import { gridByOption, type Orientation } from './orientation.ts';
import { readScalars, type Scalars, type ScalarType } from './scalars.ts';
import { gridFromSteps, type VolumeFile } from './volumeFile.ts';

const dataTypes: Readonly<Record<number, ScalarType>> = {
  2: 'uint8',
  4: 'int16',
  8: 'int32',
  16: 'float32',
  64: 'float64',
  256: 'int8',
  512: 'uint16',
  768: 'uint32',
};

function bad(what: string): CranioplastyError {
  return new CranioplastyError('bad-usage', `The NIfTI file ${what}: export it again.`);
}

/** What differs between the headers of NIfTI-1 and NIfTI-2. */
interface HeaderLayout {
  readonly dim: (axis: number) => number;
  readonly pixdim: (axis: number) => number;
  readonly dataType: number;
  readonly offset: number;
  readonly slope: number;
  readonly intercept: number;
  readonly qformCode: number;
  readonly sformCode: number;
  /** quatern_b, c, d and qoffset_x, y, z. */
  readonly quatern: readonly number[];
  /** srow_x, srow_y, srow_z: twelve values. */
  readonly sform: readonly number[];
  readonly units: number;
}

function layout1(view: DataView, le: boolean): HeaderLayout {
  const float = (at: number) => view.getFloat32(at, le);
  return {
    dim: (axis) => view.getInt16(40 + 2 * axis, le),
    pixdim: (axis) => float(76 + 4 * axis),
    dataType: view.getInt16(70, le),
    offset: float(108),
    slope: float(112),
    intercept: float(116),
    units: view.getUint8(123),
    qformCode: view.getInt16(252, le),
    sformCode: view.getInt16(254, le),
    quatern: Array.from({ length: 6 }, (_, n) => float(256 + 4 * n)),
    sform: Array.from({ length: 12 }, (_, n) => float(280 + 4 * n)),
  };
}

function layout2(view: DataView, le: boolean): HeaderLayout {
  const double = (at: number) => view.getFloat64(at, le);
  return {
    dim: (axis) => Number(view.getBigInt64(16 + 8 * axis, le)),
    pixdim: (axis) => double(104 + 8 * axis),
    dataType: view.getInt16(12, le),
    offset: Number(view.getBigInt64(168, le)),
    slope: double(176),
    intercept: double(184),
    units: view.getInt32(500, le),
    qformCode: view.getInt32(344, le),
    sformCode: view.getInt32(348, le),
    quatern: Array.from({ length: 6 }, (_, n) => double(352 + 8 * n)),
    sform: Array.from({ length: 12 }, (_, n) => double(400 + 8 * n)),
  };
}

/** Rows of the affine in RAS, from the sform if it is set, else from the qform; undefined without either. */
function affine(header: HeaderLayout): readonly number[] | undefined {
  if (header.sformCode > 0) return header.sform;
  if (header.qformCode <= 0) return undefined;
  const [b, c, d, x, y, z] = header.quatern;
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const handedness = header.pixdim(0) < 0 ? -1 : 1;
  const [i, j, k] = [header.pixdim(1), header.pixdim(2), header.pixdim(3) * handedness];
  return [
    (a * a + b * b - c * c - d * d) * i,
    2 * (b * c - a * d) * j,
    2 * (b * d + a * c) * k,
    x,
    2 * (b * c + a * d) * i,
    (a * a + c * c - b * b - d * d) * j,
    2 * (c * d - a * b) * k,
    y,
    2 * (b * d - a * c) * i,
    2 * (c * d + a * b) * j,
    (a * a + d * d - c * c - b * b) * k,
    z,
  ];
}

/** Where the voxels are, patient LPS mm. */
function gridOf(header: HeaderLayout, size: Vec3, orientation?: Orientation): Grid {
  // Lengths are in mm unless the units say metres or micrometres.
  const scale = { 1: 1000, 3: 0.001 }[header.units & 7] ?? 1;
  const m = affine(header)?.map((v, n) => v * scale * (n < 8 ? -1 : 1));
  if (!m) {
    const spacing = [1, 2, 3].map((axis) => header.pixdim(axis) * scale);
    return gridByOption(size, spacing, orientation, 'NIfTI', 'no sform, no qform');
  }
  const steps = [0, 1, 2].map((a): Vec3 => [m[a], m[4 + a], m[8 + a]]);
  return gridFromSteps(size, [m[3], m[7], m[11]], [steps[0], steps[1], steps[2]]);
}

function rescaled(values: Scalars, slope: number, intercept: number): Scalars {
  if (!Number.isFinite(slope) || slope === 0 || (slope === 1 && intercept === 0)) return values;
  return scaled(values, slope, intercept);
}

/**
 * Reads a NIfTI-1 or NIfTI-2 file (`.nii`, `.nii.gz`), either byte order, one volume. NIfTI's
 * Right-Anterior-Superior millimetres become DICOM's Left-Posterior-Superior.
 *
 * @param orientation of a file that has none itself
 * @throws CranioplastyError `bad-usage` if the file is damaged or not supported, `bad-geometry` if it
 *   has no orientation or is sheared
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isSize = (size: number) => view.getInt32(0, true) === size || view.getInt32(0) === size;
  const littleEndian = view.getInt32(0, true) === 348 || view.getInt32(0, true) === 540;
  if (!isSize(348) && !(isSize(540) && bytes.length >= 544)) throw bad('has no NIfTI header');
  const header = isSize(348) ? layout1(view, littleEndian) : layout2(view, littleEndian);

  const size: Vec3 = [header.dim(1), header.dim(2), header.dim(3)];
  const volumes = [4, 5, 6, 7].reduce(
    (n, axis) => n * (axis <= header.dim(0) ? Math.max(1, header.dim(axis)) : 1),
    1,
  );
  if (header.dim(0) < 3 || volumes !== 1 || size.some((n) => !(n > 0))) {
    throw bad('does not hold a single three-dimensional volume');
  }
  const type = dataTypes[header.dataType];
  if (!type) throw bad(`has voxels of type ${header.dataType}, which is not supported`);
  const count = size[0] * size[1] * size[2];
  const values = readScalars(bytes.subarray(header.offset), type, count, littleEndian);
  if (!values) throw bad('is cut short');

  return {
    grid: gridOf(header, size, orientation),
    values: rescaled(values, header.slope, header.intercept),
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

/** Encodes a mask as NIfTI-1 with sform and qform, gzipped unless `compress` is false. */
export function writeNifti(mask: Mask, compress = true): Uint8Array {
  const header = header1(mask.grid);
  const bytes = new Uint8Array(header.length + mask.data.length);
  bytes.set(header);
  bytes.set(mask.data, header.length);
  return compress ? gzipSync(bytes, { level: 6 }) : bytes;
}
