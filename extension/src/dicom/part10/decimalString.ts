/**
 * Rounds a number to what a decimal string holds: 16 characters (PS3.5, 6.2).
 * @throws RangeError if it is not finite
 */
export function decimalString(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no decimal string`);
  const shortest = String(value === 0 ? 0 : value);
  if (shortest.length <= 16) return shortest;
  for (let digits = 16; digits > 0; digits--) {
    const rounded = String(Number(value.toPrecision(digits)));
    if (rounded.length <= 16) return rounded;
  }
  return value.toExponential(8);
}
