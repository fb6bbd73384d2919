import { CranioplastyError } from '../engine/space/errors.ts';
import type { StudyStore } from '../state/StudyStore.ts';

/** Any failure as one with a sentence for the user. */
export function asShown(failure: unknown): CranioplastyError {
  if (failure instanceof CranioplastyError) return failure;
  return new CranioplastyError(
    'inference-failed',
    'Something went wrong that should not have: try again, and reload the page if it persists.',
    { cause: failure },
  );
}

/** Shows a failure in the panel of a study. */
export function showFailure(store: StudyStore, study: string, failure: unknown): void {
  const { code, message } = asShown(failure);
  // The user asked for it: nothing to report.
  if (code !== 'cancelled') store.update(study, { error: { code, message } });
}
