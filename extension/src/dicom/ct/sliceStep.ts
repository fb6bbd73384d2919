import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import { number } from '../part10/attributes.ts';
import type { CtSlice } from './ctSlice.ts';
import { sayImage } from './volumeImages.ts';
import { why } from '../errorSentences.ts';

/** A gap in which slices are missing and which is interpolated. */
export interface BridgedGap {
  /** The slice below it. */
  readonly after: CtSlice;
  /** mm. */
  readonly gap: number;
}

/** How far apart the slices of a series are. */
export interface SliceDistances {
  /** mm: their distance, or that of the regular grid to which uneven slices are brought. */
  readonly step: number;
  /** Present where they are uneven; mm. */
  readonly uneven?: {
    readonly shortest: number;
    readonly longest: number;
    readonly bridged: readonly BridgedGap[];
  };
}

/** Largest distance of a slice from its place in the grid, as a part of the slice distance. */
const unevenTolerance = 0.1;
/** So many like gaps in a row were scanned like that: lost slices leave single gaps. */
const scannedRun = 3;
/** A gap up to this is no wider than slices that are read without a word, so that missing ones are interpolated, mm. */
const bridgeable = 1.5;
/** The grid of uneven slices is no finer than this, mm: finer tells nothing, and costs memory. */
const finestStep = 0.4;

function refuse(said: Said): CranioplastyError {
  return new CranioplastyError('bad-ct-geometry', said);
}

/** Neighbouring gaps that are alike: first and last of them. */
interface Run {
  readonly first: number;
  readonly last: number;
  /** Mean of its gaps, mm. */
  readonly gap: number;
}

function runsOf(gaps: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let first = 0, n = 1; n <= gaps.length; n++) {
    if (n < gaps.length && Math.abs(gaps[n] - gaps[first]) <= unevenTolerance * gaps[first])
      continue;
    const some = gaps.slice(first, n);
    runs.push({ first, last: n - 1, gap: some.reduce((sum, gap) => sum + gap, 0) / some.length });
    first = n;
  }
  return runs;
}

/**
 * How many slices are missing in each gap of a run. A gap of less than twice those beside it, one of many like it, or
 * one that the slices at its ends fill, was scanned like that: heads are taken with thin slices at the base and
 * thick ones above.
 */
function missingIn({ first, last, gap }: Run, gaps: readonly number[], sorted: readonly CtSlice[]) {
  const beside = Math.max(gaps[first - 1] ?? 0, gaps[last + 1] ?? 0);
  if (beside === 0 || last - first + 1 >= scannedRun) return 0;
  const thickness = Math.max(
    ...sorted.slice(first, last + 2).map(({ instance }) => number(instance, 'SliceThickness') ?? 0),
  );
  // Slices that overlap are thicker than their distance.
  const filled = thickness > 1.5 * beside && thickness > 0.9 * gap;
  return filled || gap < (2 - unevenTolerance) * beside ? 0 : Math.round(gap / beside) - 1;
}

function refuseMissing(total: number, after: CtSlice): CranioplastyError {
  const where = after.plane.position.map((x) => x.toFixed(1)).join(', ');
  const place = { image: sayImage(after.instance), where };
  return refuse(
    total === 1
      ? why('error.ct.slice-missing', place)
      : why('error.ct.slices-missing', { ...place, count: total }),
  );
}

/** The finest distance that several neighbouring slices have; without one the median. */
function finest(runs: readonly Run[], gaps: readonly number[]): number {
  const scanned = runs.filter(({ first, last }) => last - first + 1 >= scannedRun);
  const median = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
  const step = scanned.length > 0 ? Math.min(...scanned.map(({ gap }) => gap)) : median;
  return Math.max(step, finestStep);
}

/**
 * Distances of neighbouring slices.
 * @param sorted by `depths`, mm, along the normal
 * @throws CranioplastyError `bad-ct-geometry` for doubled slices, and missing ones in a gap of more than 1.5 mm
 */
export function sliceDistances(
  sorted: readonly CtSlice[],
  depths: readonly number[],
): SliceDistances {
  const gaps = depths.slice(1).map((d, k) => d - depths[k]);
  const doubled = gaps.findIndex((gap) => gap < 0.01);
  if (doubled >= 0) {
    const [first, second] = [sorted[doubled], sorted[doubled + 1]].map((s) => sayImage(s.instance));
    throw refuse(why('error.ct.doubled', { first, second }));
  }
  const mean = (depths[depths.length - 1] - depths[0]) / gaps.length;
  const even = depths.every((d, k) => Math.abs(d - depths[0] - k * mean) <= unevenTolerance * mean);
  if (even) return { step: mean };
  const runs = runsOf(gaps);
  const bridged: BridgedGap[] = [];
  let total = 0;
  let widest: BridgedGap | undefined;
  for (const run of runs) {
    const missing = missingIn(run, gaps, sorted);
    for (let n = run.first; n <= run.last && missing > 0; n++) {
      const found = { after: sorted[n], gap: gaps[n] };
      bridged.push(found);
      total += missing;
      widest ??= found.gap > bridgeable ? found : undefined;
    }
  }
  if (widest) throw refuseMissing(total, widest.after);
  const [shortest, longest] = [Math.min(...gaps), Math.max(...gaps)];
  return { step: finest(runs, gaps), uneven: { shortest, longest, bridged } };
}
