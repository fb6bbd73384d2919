import type { Alternative } from '../../engine/prior/shapePrior.ts';

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
 * A diverging scale from "too little" over "as the reference" to "too much": ColorBrewer's RdBu from its
 * blue end, which colour-blind eyes tell apart.
 */
const divergingStops = [
  [5, 48, 97],
  [67, 147, 195],
  [247, 247, 247],
  [214, 96, 77],
  [103, 0, 31],
] as const;
/**
 * A sequential scale for what lies in bone, which the first one begins like: ColorBrewer's BuPu. It keeps its order for
 * colour-blind eyes and in grey, too.
 */
const coolStops = [
  [237, 248, 251],
  [179, 205, 227],
  [140, 150, 198],
  [136, 86, 167],
  [129, 15, 124],
] as const;
/** Where there is nothing to compare with, or to measure. */
const nothing = [150, 150, 150] as const;

export type Rgb = readonly [number, number, number];

/** Outlines of the first and the second of two shapes: Okabe and Ito's orange and blue. */
export const pairColours: readonly [first: Rgb, second: Rgb] = [
  [230, 159, 0],
  [86, 180, 233],
];

/** Outlines of the shapes that go with one bone; the expected one as every patch. */
export const alternativeColours: Readonly<Record<Alternative, Rgb>> = {
  flatter: [86, 180, 233],
  expected: [46, 184, 114],
  fuller: [230, 159, 0],
};

/**
 * Colours of values, linear between 0 and `most`, beyond it the last colour; grey for NaN.
 *
 * @returns red, green, blue of each value, 0 to 255
 */
export function coloursOf(values: Float32Array, most: number): Uint8Array<ArrayBuffer> {
  return fill(values, (value) =>
    Number.isNaN(value) ? nothing : onScale(stops, value / most || 0),
  );
}

/** The same in colours that none takes for bone. */
export function coolColoursOf(values: Float32Array, most: number): Uint8Array<ArrayBuffer> {
  return fill(values, (value) =>
    Number.isNaN(value) ? nothing : onScale(coolStops, value / most || 0),
  );
}

/** The same between −`most` and `most`; grey for NaN. */
export function divergingColoursOf(values: Float32Array, most: number): Uint8Array<ArrayBuffer> {
  return fill(values, (value) =>
    Number.isNaN(value) ? nothing : onScale(divergingStops, 0.5 + value / (2 * most)),
  );
}

function fill(values: Float32Array, colour: (value: number) => Rgb): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(3 * values.length);
  for (let v = 0; v < values.length; v++) out.set(colour(values[v]), 3 * v);
  return out;
}

/** The colour at a share of a scale, held beyond its ends. */
function onScale(scale: readonly Rgb[], share: number): Rgb {
  const at = Math.min(1, Math.max(0, share)) * (scale.length - 1);
  const low = Math.min(scale.length - 2, Math.floor(at));
  const mix = (c: 0 | 1 | 2): number =>
    Math.round(scale[low][c] + (at - low) * (scale[low + 1][c] - scale[low][c]));
  return [mix(0), mix(1), mix(2)];
}

const gradient = (scale: readonly Rgb[]): string =>
  `linear-gradient(to right, ${scale.map((rgb) => `rgb(${rgb.join(',')})`).join(', ')})`;

/** The scales as CSS backgrounds, low values on the left. */
export const scaleGradient = gradient(stops);
export const coolGradient = gradient(coolStops);
export const divergingGradient = gradient(divergingStops);
