import type { Grid } from '../../engine/space/grid.ts';

/**
 * Image Pixel module (PS3.3, C.7.6.3) of monochrome images in the planes of a grid, uncompressed; the pixels apart.
 * @param bits of a pixel, all of them used
 */
export const imagePixels = (
  { size }: Grid,
  bits: 1 | 16,
  representation: 'unsigned' | 'signed' = 'unsigned',
) => ({
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  Rows: size[1],
  Columns: size[0],
  BitsAllocated: bits,
  BitsStored: bits,
  HighBit: bits - 1,
  PixelRepresentation: representation === 'signed' ? 1 : 0,
});
