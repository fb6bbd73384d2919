/** Appends bits to a growing run, lowest bit of a byte first, across byte borders (PS3.5, 8.1.1). */
export class BitPacker {
  private readonly bytes: Uint8Array;
  private bit = 0;

  /** @param bits number of bits that will be appended; the result is padded to an even number of bytes */
  constructor(bits: number) {
    const bytes = Math.ceil(bits / 8);
    this.bytes = new Uint8Array(bytes + (bytes & 1));
  }

  /** Appends one bit for each value, 1 where it is not 0. */
  append(values: Uint8Array): void {
    for (let p = 0; p < values.length; p++) {
      if (values[p] !== 0) {
        const at = this.bit + p;
        this.bytes[at >> 3] |= 1 << (at & 7);
      }
    }
    this.bit += values.length;
  }

  finish(): ArrayBuffer {
    return this.bytes.buffer as ArrayBuffer;
  }
}
