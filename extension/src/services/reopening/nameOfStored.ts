import { dateAndTime } from '../../dateAndTime.ts';
import type { StoredResult } from '../../viewer/storedResult.ts';

/** What tells a stored result from others, on one line. */
export function nameOfStored({ made, edited, madeBy, reports }: StoredResult): string {
  return [
    made ? dateAndTime(made) : 'undated',
    ...(edited ? ['edited'] : []),
    ...(madeBy ? [madeBy] : []),
    ...(reports.length === 0 ? ['shapes only'] : []),
  ].join(', ');
}
