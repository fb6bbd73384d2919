import { CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import {
  rehearse,
  type Rehearsal,
  type RehearsalRequest,
} from '../../extension/src/engine/rehearsal.ts';

/**
 * Rehearses a reconstruction where the skull has an opposite side to rehearse on.
 *
 * @param onImpossible is told why there is none
 * @throws CranioplastyError as `rehearse` does, but not `no-reference`
 */
export async function rehearseIfPossible(
  request: RehearsalRequest,
  onImpossible: (reason: string) => void = () => undefined,
): Promise<Rehearsal | undefined> {
  try {
    return await rehearse(request);
  } catch (error) {
    if (!(error instanceof CranioplastyError) || error.code !== 'no-reference') throw error;
    onImpossible(error.message);
    return undefined;
  }
}
