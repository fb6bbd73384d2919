import { dateAndTime } from '../../dateAndTime.ts';
import type { StoredResult } from '../../viewer/storedResult.ts';
import { say } from '../../words/say.ts';

/** What tells a stored result from others, on one line. */
export function nameOfStored({ made, edited, madeBy, reports }: StoredResult): string {
  return [
    made ? dateAndTime(made) : say('reopen.undated'),
    ...(edited ? [say('reopen.edited')] : []),
    ...(madeBy ? [madeBy] : []),
    ...(reports.length === 0 ? [say('reopen.shapesOnly')] : []),
  ].join(', ');
}
