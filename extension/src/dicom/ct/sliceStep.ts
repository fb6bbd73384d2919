import { CranioplastyError } from '../../engine/space/errors.ts';
import { number } from '../part10/attributes.ts';
import type { CtSlice } from './ctSlice.ts';
import { imageName } from './volumeImages.ts';

/** Largest distance of a slice from its place in the grid, as a part of the slice distance. */
const unevenTolerance = 0.1;

function refuse(what: string, todo: string): CranioplastyError {
  return new CranioplastyError('bad-ct-geometry', `${what}: ${todo}.`);
}

/**
 * How many slices are missing in a gap. A gap that is no multiple of the usual one, or that the slices
 * beside it fill, was scanned like that: heads are taken with thin slices at the base and thick ones above.
 */
function missingIn(gap: number, usual: number, before: CtSlice, after: CtSlice): number {
  const steps = gap / usual;
  const thickness = Math.max(
    number(before.instance, 'SliceThickness') ?? 0,
    number(after.instance, 'SliceThickness') ?? 0,
  );
  const multiple = Math.abs(steps - Math.round(steps)) <= unevenTolerance;
  // Slices that overlap are thicker than their distance.
  const filled = thickness > 1.5 * usual && thickness > 0.9 * gap;
  return multiple && !filled ? Math.max(0, Math.round(steps) - 1) : 0;
}

/**
 * Distance of neighbouring slices, mm.
 * @param sorted by `depths`, mm, along the normal
 * @throws CranioplastyError `bad-ct-geometry` for doubled, missing or unevenly spaced slices
 */
export function sliceStep(sorted: readonly CtSlice[], depths: readonly number[]): number {
  const gaps = depths.slice(1).map((d, k) => d - depths[k]);
  const doubled = gaps.findIndex((gap) => gap < 0.01);
  if (doubled >= 0) {
    const [a, b] = [sorted[doubled], sorted[doubled + 1]].map((s) => imageName(s.instance));
    throw refuse(
      `Two slices of the CT lie at the same position (${a} and ${b})`,
      'choose a series with one image for each position',
    );
  }
  const ordered = [...gaps].sort((a, b) => a - b);
  const median = ordered[Math.floor(gaps.length / 2)];
  const missing = gaps.map((gap, k) => missingIn(gap, median, sorted[k], sorted[k + 1]));
  const total = missing.reduce((sum, n) => sum + n, 0);
  const step = (depths[depths.length - 1] - depths[0]) / (depths.length - 1);
  const misplaced = depths.findIndex(
    (d, k) => Math.abs(d - depths[0] - k * step) > unevenTolerance * step,
  );
  if (misplaced < 0) return step;
  // Where every odd gap is a whole number of slices, they were lost; else they were never there.
  const odd = gaps.filter((gap) => Math.abs(gap - median) > unevenTolerance * median).length;
  if (total > 0 && odd === missing.filter((n) => n > 0).length) {
    const widest = sorted[missing.findIndex((n) => n > 0)];
    const where = widest.plane.position.map((x) => x.toFixed(1)).join(', ');
    throw refuse(
      `The CT lacks ${total === 1 ? 'a slice' : `${total} slices`} (after ${imageName(widest.instance)}, position ${where} mm)`,
      'send the whole series again',
    );
  }
  const range = [ordered[0], ordered[ordered.length - 1]].map((gap) => gap.toFixed(2));
  throw refuse(
    `The CT slices are unevenly spaced (${range.join(' to ')} mm apart)`,
    'choose a series reconstructed at one slice distance',
  );
}
