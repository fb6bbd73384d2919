import { describe, expect, it } from 'vitest';
import { comparePaired, correlate, summarise } from '../../../cli/src/evaluate/statistics.ts';

const first = [0.81, 0.79, 0.92, 0.88, 0.75, 0.83, 0.9, 0.77];
const second = [0.78, 0.8, 0.85, 0.86, 0.7, 0.79, 0.84, 0.761];
const pairs = first.map((a, k) => [a, second[k]] as const);

// Reference values: SciPy 1.17.1, ttest_rel and wilcoxon with alternative="greater", and pearsonr.
describe('statistics of an evaluation', () => {
  it('tests pairs as SciPy does, in the direction that is better', () => {
    const test = comparePaired(pairs, 'higher');
    expect(test?.tTest).toBeCloseTo(0.004698008668433554, 10);
    expect(test?.wilcoxon).toBeCloseTo(0.01171875, 10);
    const worse = comparePaired(pairs, 'lower');
    expect(worse?.tTest).toBeCloseTo(1 - 0.004698008668433554, 10);
  });

  it('correlates as SciPy does', () => {
    expect(correlate(pairs)?.r).toBeCloseTo(0.9057347761019698, 10);
    expect(correlate(pairs)?.p).toBeCloseTo(0.0019488275966014457, 8);
  });

  it('summarises by linear interpolation between ordered values', () => {
    expect(summarise([4, 1, 3, 2])).toEqual({
      count: 4,
      mean: 2.5,
      sd: Math.sqrt(5 / 3),
      least: 1,
      lowerQuartile: 1.75,
      median: 2.5,
      upperQuartile: 3.25,
      most: 4,
    });
  });

  it('says nothing where there is too little', () => {
    expect(summarise([])).toBeNull();
    expect(comparePaired(pairs.slice(0, 2), 'higher')).toBeNull();
    expect(correlate(pairs.slice(0, 3))).toBeNull();
    expect(correlate(first.map((a) => [a, 1] as const))).toBeNull();
    // The same figures everywhere: no test applies.
    expect(
      comparePaired(
        first.map((a) => [a, a] as const),
        'lower',
      ),
    ).toEqual({
      pairs: 8,
      difference: 0,
    });
  });
});
