import { CranioplastyError } from '../engine/space/errors.ts';
import type { StudyStore } from '../state/StudyStore.ts';
import type { StudyResult } from '../state/studyState.ts';
import type { ViewerPort } from '../viewer/ViewerPort.ts';
import type { Draftsman } from './Draftsman.ts';
import type { Edits } from './shapes/Edits.ts';
import type { OneAtATime } from './OneAtATime.ts';
import type { ShownShapes } from './shapes/ShownShapes.ts';
import type { WrittenObjects } from './storing/WrittenObjects.ts';
import { why } from '../words/errorSentences.ts';

/** What every action of the user (folder `actions`) works with. */
export interface Parts {
  readonly viewer: ViewerPort;
  readonly store: StudyStore;
  /** Folder name of the model where the user chooses no other. */
  readonly model: string;
  readonly work: OneAtATime;
  readonly edits: Edits;
  readonly shapes: ShownShapes;
  readonly written: WrittenObjects;
  readonly draftsman: Draftsman;
}

/** Folder name of the model that the next reconstruction of a study runs. */
export function chosenModel({ store, model }: Pick<Parts, 'store' | 'model'>, study: string) {
  return store.get(study).model ?? model;
}

/** @throws CranioplastyError `bad-usage` before there is a result */
export function requireResult({ store }: Pick<Parts, 'store'>, study: string): StudyResult {
  const { result } = store.get(study);
  if (result) return result;
  throw new CranioplastyError('bad-usage', why('error.no-result'));
}
