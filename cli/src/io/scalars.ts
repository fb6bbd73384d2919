/** Numeric types that volume files hold, by a name of our own. */
export type ScalarType =
  'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';

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
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Size of a value in bytes. */
export function scalarSize(type: ScalarType): number {
  return arrays[type].BYTES_PER_ELEMENT;
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
  return new arrays[type](copy.buffer, 0, count);
}
