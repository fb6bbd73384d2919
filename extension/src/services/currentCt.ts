import type { CranioplastyError } from '../engine/space/errors.ts';
import type { CtReference, ViewerPort } from '../viewer/ViewerPort.ts';
import { asShown } from './failures.ts';

/** The CT that is looked at, or why there is none. */
export type CurrentCt =
  | { readonly ct: CtReference; readonly error?: undefined }
  | { readonly ct?: undefined; readonly error: CranioplastyError };

export function currentCt(viewer: Pick<ViewerPort, 'findCt'>): CurrentCt {
  try {
    return { ct: viewer.findCt() };
  } catch (error) {
    return { error: asShown(error) };
  }
}

/** The study that is looked at, if there is a CT to work on. */
export function currentStudy(viewer: Pick<ViewerPort, 'findCt'>): string | undefined {
  return currentCt(viewer).ct?.studyInstanceUID;
}
