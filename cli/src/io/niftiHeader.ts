/** What differs between the headers of NIfTI-1 and NIfTI-2. */
export interface NiftiHeader {
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
  /** Whether the voxels are in a file of their own. */
  readonly detached: boolean;
}

function layout1(view: DataView, le: boolean): NiftiHeader {
  const float = (at: number) => view.getFloat32(at, le);
  return {
    dim: (axis) => view.getInt16(40 + 2 * axis, le),
    pixdim: (axis) => float(76 + 4 * axis),
    dataType: view.getInt16(70, le),
    offset: float(108),
    detached: view.getUint8(344) === 0x6e && view.getUint8(345) === 0x69,
    slope: float(112),
    intercept: float(116),
    units: view.getUint8(123),
    qformCode: view.getInt16(252, le),
    sformCode: view.getInt16(254, le),
    quatern: Array.from({ length: 6 }, (_, n) => float(256 + 4 * n)),
    sform: Array.from({ length: 12 }, (_, n) => float(280 + 4 * n)),
  };
}

function layout2(view: DataView, le: boolean): NiftiHeader {
  const double = (at: number) => view.getFloat64(at, le);
  return {
    dim: (axis) => Number(view.getBigInt64(16 + 8 * axis, le)),
    pixdim: (axis) => double(104 + 8 * axis),
    dataType: view.getInt16(12, le),
    offset: Number(view.getBigInt64(168, le)),
    detached: view.getUint8(4) === 0x6e && view.getUint8(5) === 0x69,
    slope: double(176),
    intercept: double(184),
    units: view.getInt32(500, le),
    qformCode: view.getInt32(344, le),
    sformCode: view.getInt32(348, le),
    quatern: Array.from({ length: 6 }, (_, n) => double(352 + 8 * n)),
    sform: Array.from({ length: 12 }, (_, n) => double(400 + 8 * n)),
  };
}

/**
 * Reads the header of a NIfTI file.
 * @returns undefined if it has none; `size` is the length of the header with the extension flag, bytes
 */
export function readNiftiHeader(
  bytes: Uint8Array,
): { header: NiftiHeader; size: number; littleEndian: boolean } | undefined {
  if (bytes.length < 352) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const littleEndian of [true, false]) {
    const stated = view.getInt32(0, littleEndian);
    if (stated === 348) return { header: layout1(view, littleEndian), size: 352, littleEndian };
    if (stated === 540 && bytes.length >= 544) {
      return { header: layout2(view, littleEndian), size: 544, littleEndian };
    }
  }
  return undefined;
}
