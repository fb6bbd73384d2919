/** A picture in memory: red, green, blue and opacity of each pixel, row by row from the top. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** @returns an opaque black picture */
export function blankRaster(width: number, height: number): Raster {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let p = 3; p < data.length; p += 4) data[p] = 255;
  return { width, height, data };
}
