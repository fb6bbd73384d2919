import type { Part10 } from '../part10/part10.ts';

/**
 * Decodes a compressed frame to pixels as an uncompressed file would hold them, little endian; single
 * bits to one byte a pixel.
 * @throws CranioplastyError if the frame is damaged, cut short or compressed in a way that is not read
 */
export type DecodeFrame = (frame: Uint8Array, file: Part10) => Uint8Array;
