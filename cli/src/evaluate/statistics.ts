import pcorrtest from '@stdlib/stats-pcorrtest';
import ttest from '@stdlib/stats-ttest';
import wilcoxon from '@stdlib/stats-wilcoxon';
import { quantile } from '../../../extension/src/engine/space/quantile.ts';

/** Mean, standard deviation and five-number summary of a sample. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  /** Of the sample (n − 1); 0 for one value. */
  readonly sd: number;
  readonly least: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly most: number;
}

/** @returns null for an empty sample */
export function summarise(values: readonly number[]): Summary | null {
  if (!values.length) return null;
  const sorted = Float64Array.from(values).sort();
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((a, b) => a + (b - mean) ** 2, 0);
  return {
    count: values.length,
    mean,
    sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0,
    least: sorted[0],
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
    most: sorted[sorted.length - 1],
  };
}

/** One-sided tests that the first of two paired samples is better than the second (paper, section 3). */
export interface PairedTest {
  readonly pairs: number;
  /** Mean of first − second. */
  readonly difference: number;
  /** p of the paired t-test; absent where all differences are equal. */
  readonly tTest?: number;
  /** p of the Wilcoxon signed-rank test; absent where all differences are 0. */
  readonly wilcoxon?: number;
}

/**
 * @param pairs [first, second] of each case
 * @param better which way is better
 * @returns null with fewer than three pairs
 */
export function comparePaired(
  pairs: ReadonlyArray<readonly [number, number]>,
  better: 'higher' | 'lower',
): PairedTest | null {
  if (pairs.length < 3) return null;
  const differences = pairs.map(([a, b]) => a - b);
  const options = { alternative: better === 'higher' ? 'greater' : 'less' } as const;
  const { mean, sd } = summarise(differences) as Summary;
  return {
    pairs: pairs.length,
    difference: mean,
    ...(sd > 0 && { tTest: ttest(differences, options).pValue }),
    ...(differences.some((d) => d !== 0) && { wilcoxon: wilcoxon(differences, options).pValue }),
  };
}

/** Pearson's correlation with its two-sided p (paper, appendix A). */
export interface Correlation {
  readonly cases: number;
  readonly r: number;
  readonly p: number;
}

/** @returns null with fewer than four cases or a constant column */
export function correlate(pairs: ReadonlyArray<readonly [number, number]>): Correlation | null {
  if (pairs.length < 4) return null;
  const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
  if (!summarise(x)?.sd || !summarise(y)?.sd) return null;
  const { pcorr, pValue } = pcorrtest(x, y);
  return { cases: pairs.length, r: pcorr, p: pValue };
}
