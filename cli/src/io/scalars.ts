/** Numeric types that volume files hold, by a name of our own. */
export type ScalarType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'float32'
  | 'float64';

export type Scalars =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Size of a value in bytes. */
export function scalarSize(type: ScalarType): number {
  return arrays[type].BYTES_PER_ELEMENT;
}

/** 64-bit integers as numbers, which hold them exactly up to 2⁵³; labels are far below. */
function toNumbers(values: BigInt64Array | BigUint64Array): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) numbers[i] = Number(values[i]);
  return numbers;
}

/**
 * The first `count` values of `bytes`, in this machine's byte order (little endian).
 * @returns undefined if there are fewer
 */
export function readScalars(
  bytes: Uint8Array,
  type: ScalarType,
  count: number,
  littleEndian: boolean,
): Scalars | undefined {
  const size = scalarSize(type);
  if (bytes.length < count * size) return undefined;
  // Not slice(): a Node Buffer's shares its memory.
  const copy = new Uint8Array(bytes.subarray(0, count * size));
  if (!littleEndian && size > 1) {
    for (let i = 0; i < copy.length; i += size) copy.subarray(i, i + size).reverse();
  }
  const values = new arrays[type](copy.buffer, 0, count);
  return values instanceof BigInt64Array || values instanceof BigUint64Array
    ? toNumbers(values)
    : values;
}
