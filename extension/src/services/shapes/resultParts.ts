import type { Reconstruction } from '../../engine/reconstruction.ts';
import { warnOfPieces, type ReconstructionWarning } from '../../engine/warnings.ts';
import type { StudyResult } from '../../state/studyState.ts';

/** The parts of a result that follow from its reconstruction as long as nobody edited it. */
export function unedited(
  reconstruction: Reconstruction,
): Pick<
  StudyResult,
  | 'reconstruction'
  | 'computed'
  | 'design'
  | 'unmapped'
  | 'undesigned'
  | 'designProblem'
  | 'shapes'
  | 'unmeasured'
  | 'pieces'
  | 'editedBefore'
  | 'leftOut'
> {
  const { patch, implant, pieces } = reconstruction;
  return {
    reconstruction,
    computed: { patch, implant },
    design: undefined,
    unmapped: false,
    undesigned: true,
    designProblem: undefined,
    shapes: { patch, implant },
    unmeasured: [],
    pieces,
    editedBefore: [],
    leftOut: [],
  };
}

/** What the user must know of a result as it is: an edit can join pieces or make new ones. */
export function currentWarnings({
  reconstruction,
  shapes,
  pieces,
}: StudyResult): readonly ReconstructionWarning[] {
  const { warnings, patch } = reconstruction;
  if (shapes.patch === patch) return warnings;
  return [...warnings.filter(({ code }) => code !== 'several-defects'), ...warnOfPieces(pieces)];
}
