import { CranioplastyError } from '../engine/space/errors.ts';
import { saidOf } from '../engine/words/sentence.ts';
import type { StudyStore } from '../state/StudyStore.ts';
import { why } from '../words/errorSentences.ts';

/** Any failure as one with a sentence for the user. */
export function asShown(failure: unknown): CranioplastyError {
  if (failure instanceof CranioplastyError) return failure;
  return new CranioplastyError('inference-failed', why('error.unexpected'), { cause: failure });
}

/** Shows a failure in the panel of a study. */
export function showFailure(store: StudyStore, study: string, failure: unknown): void {
  const shown = asShown(failure);
  const { code } = shown;
  // The user asked for it: nothing to report.
  if (code !== 'cancelled') store.update(study, { error: { code, ...saidOf(shown) } });
}
