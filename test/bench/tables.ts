import { stages as allStages } from '../../extension/src/engine/progress.ts';
import type { FunctionCost } from './profile.ts';
import type { CaseFigures } from './runCase.ts';

const wide = 24;
const runStages = allStages.filter((stage) => stage !== 'load-model');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`.padStart(9);

/** The middle one, or the mean of both in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half) - 1]) / 2;
}

/** What the engine takes from the skull to the measured result. */
const engineTime = ({ stages }: CaseFigures): number =>
  runStages.reduce((sum, stage) => sum + (stages[stage] ?? 0), 0);

/**
 * Medians over the rounds; where others ran in turn, their medians beside, and the median of the ratios of a round of the
 * first two.
 *
 * @param figures of each that ran, by round
 * @param labels what they are
 */
export function printFigures(
  figures: readonly (readonly CaseFigures[])[],
  labels: readonly string[],
): void {
  const [own, other] = figures;
  const line = (name: string, pick: (f: CaseFigures) => number, show = seconds): void => {
    const cells = figures.map((rounds) => show(median(rounds.map(pick))));
    if (other) {
      const ratio = median(own.map((f, round) => pick(f) / pick(other[round])));
      cells.push(`× ${ratio.toFixed(2)}`);
    }
    console.log(name.padEnd(wide), cells.join('  '));
  };
  if (other)
    console.log(''.padEnd(wide), labels.map((label) => label.padStart(9)).join('  '), ' ratio');
  for (const stage of Object.keys(own[0].stages)) line(stage, ({ stages }) => stages[stage] ?? 0);
  line('align to measure', engineTime);
  line('call to files', ({ total }) => total);
  line('of which networks', ({ inference }) => inference);
  line('all but networks', ({ total, inference }) => total - inference);
  line('processor time', ({ processor }) => processor);
  // The last stage ends with the files written.
  for (const stage of runStages.slice(0, -1))
    line(`  of it ${stage}`, ({ processorOf }) => processorOf[stage] ?? 0);
  line(
    'peak memory',
    ({ peak }) => peak,
    (mb) => `${mb.toFixed(0)} MB`.padStart(9),
  );
  const hashes = new Set(figures.flat().map(({ results }) => results));
  console.log(hashes.size === 1 ? 'results identical in all rounds' : 'RESULTS DIFFER');
}

/** The functions that cost most, of one round under the profiler. */
export function printFunctions(functions: readonly FunctionCost[]): void {
  console.log('\nfunction itself (one round under the profiler)');
  for (const { name, ms } of functions) console.log(seconds(ms), '', name);
}
