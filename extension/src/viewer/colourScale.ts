/**
 * A sequential scale from "nothing to see here" to "look here": ColorBrewer's YlOrRd, which keeps
 * its order for colour-blind eyes and in grey.
 */
const stops = [
  [255, 255, 204],
  [254, 217, 118],
  [253, 141, 60],
  [227, 26, 28],
  [128, 0, 38],
] as const;

/**
 * Colours of values, linear between 0 and `most`, beyond it the last colour.
 *
 * @returns red, green, blue of each value, 0 to 255
 */
export function coloursOf(values: Float32Array, most: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(3 * values.length);
  for (let v = 0; v < values.length; v++) {
    const at = (Math.min(1, Math.max(0, values[v] / most)) || 0) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    for (let c = 0; c < 3; c++)
      out[3 * v + c] = Math.round(stops[low][c] + (at - low) * (stops[low + 1][c] - stops[low][c]));
  }
  return out;
}

/** The scale as a CSS background, low values on the left. */
export const scaleGradient = `linear-gradient(to right, ${stops.map((rgb) => `rgb(${rgb.join(',')})`).join(', ')})`;
