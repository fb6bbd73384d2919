import { number, type NaturalDataset } from '../part10/attributes.ts';

/**
 * The range of stored values that stand for no measurement (PS3.3, C.7.5.1.1.2): scanners fill up what
 * lies outside their field of view with them, as bits above BitsStored, too.
 * @returns lowest and highest value in the type of the pixels; undefined if there is none
 */
export function paddingRange(instance: NaturalDataset): readonly [number, number] | undefined {
  const stated = number(instance, 'PixelPaddingValue');
  if (stated === undefined) return undefined;
  const bits = number(instance, 'BitsAllocated') ?? 16;
  const signed = number(instance, 'PixelRepresentation') === 1;
  // The value's own type may differ from that of the pixels.
  const inType = (value: number) =>
    signed ? (value << (32 - bits)) >> (32 - bits) : (value << (32 - bits)) >>> (32 - bits);
  const ends = [stated, number(instance, 'PixelPaddingRangeLimit') ?? stated].map(inType);
  return [Math.min(...ends), Math.max(...ends)];
}

/** What padding becomes, HU: air. */
export const paddingHu = -1024;
