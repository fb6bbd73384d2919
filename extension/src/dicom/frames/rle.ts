/**
 * Decodes a frame of RLE Lossless (PS3.5, annex G), one sample a pixel.
 *
 * @param frame the frame's fragment: a header of 64 bytes and one segment for each byte of a pixel
 * @param pixels number of pixels
 * @param bytesPerPixel 1 or 2
 * @returns pixels, little endian; undefined if the data is damaged
 */
export function decodeRle(
  frame: Uint8Array,
  pixels: number,
  bytesPerPixel: 1 | 2,
): Uint8Array | undefined {
  if (frame.length < 64) return undefined;
  const header = new DataView(frame.buffer, frame.byteOffset, 64);
  const segments = header.getUint32(0, true);
  if (segments !== bytesPerPixel) return undefined;
  const out = new Uint8Array(pixels * bytesPerPixel);
  for (let segment = 0; segment < segments; segment++) {
    const start = header.getUint32(4 * (segment + 1), true);
    const end = segment + 1 < segments ? header.getUint32(4 * (segment + 2), true) : frame.length;
    // The first segment holds the most significant bytes.
    const plane = bytesPerPixel - 1 - segment;
    if (!decodeSegment(frame.subarray(start, end), out, plane, bytesPerPixel)) return undefined;
  }
  return out;
}

/** Decodes a PackBits segment into every `stride`-th byte of `out`, from `first` on. */
function decodeSegment(data: Uint8Array, out: Uint8Array, first: number, stride: number): boolean {
  let to = first;
  let from = 0;
  while (to < out.length) {
    if (from >= data.length) return false;
    const control = data[from++];
    if (control < 128) {
      for (let n = control + 1; n > 0 && to < out.length; n--, to += stride) {
        if (from >= data.length) return false;
        out[to] = data[from++];
      }
    } else if (control > 128) {
      if (from >= data.length) return false;
      const value = data[from++];
      for (let n = 257 - control; n > 0 && to < out.length; n--, to += stride) out[to] = value;
    }
  }
  return true;
}
