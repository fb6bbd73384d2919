import type { ReconstructionRecord } from '../../dicom/report/caseRecord.ts';
import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { countSet, minus } from '../../engine/space/voxels.ts';
import type { Said } from '../../engine/words/sentence.ts';
import type { SkullSource } from '../../viewer/skullSource.ts';
import { why } from '../../words/errorSentences.ts';
import { sayReopened } from '../../words/reopenSentences.ts';

/** The defective skull of a stored result. */
export interface FoundSkull {
  readonly source: SkullSource;
  /** Whether it is the very segment that the result names: by its name alone it may be another one. */
  readonly sure: boolean;
  /** Said where the result itself does not tell which one it is. */
  readonly note?: Said;
}

/** A patch closes what its skull lacks: more of it than this share in bone, and it is of another skull. */
const mostShared = 0.1;

/**
 * Finds the skull that a result was made from: by the reference of its report, by its name there, else the one that the
 * user chose, or the only one there is.
 *
 * @param sources segments that can be a defective skull
 * @param chosenKey of the one that the user chose
 * @throws CranioplastyError `bad-usage` if that is not clear
 */
export function findSkull(
  recorded: ReconstructionRecord['skull'] | undefined,
  sources: readonly SkullSource[],
  chosenKey: string | undefined,
): FoundSkull {
  const referenced = recorded && sources.find((source) => isReferenced(source, recorded));
  if (referenced) return { source: referenced, sure: true };
  const named = recorded && sources.find(({ label }) => label === recorded.label);
  if (named) return { source: named, sure: false };
  const source =
    sources.find(({ key }) => key === chosenKey) ?? (sources.length === 1 ? sources[0] : undefined);
  if (!source) {
    const none = sources.length === 0;
    throw new CranioplastyError(
      'bad-usage',
      recorded
        ? why(none ? 'error.skull-nowhere' : 'error.skull-not-in-study', {
            segment: recorded.label,
          })
        : why(none ? 'error.which-skull-none' : 'error.which-skull'),
    );
  }
  return {
    source,
    sure: false,
    note: recorded
      ? sayReopened('reopened.other-skull', { recorded: recorded.label, segment: source.label })
      : sayReopened('reopened.taken-skull', { segment: source.label }),
  };
}

function isReferenced(
  source: SkullSource,
  { sopInstanceUID, segment }: ReconstructionRecord['skull'],
): boolean {
  return (
    source.kind === 'stored' &&
    source.instance.sopInstanceUID === sopInstanceUID &&
    (segment === undefined || source.segment === segment)
  );
}

/**
 * Refuses a skull that was only taken to be the right one, if the patch says that it is not.
 * @throws CranioplastyError `bad-usage`
 */
export function assertFits(skull: Mask, patch: Mask, { label }: SkullSource): void {
  const whole = countSet(patch.data);
  const shared = whole - countSet(minus(patch.data, skull.data));
  if (shared <= mostShared * whole) return;
  throw new CranioplastyError(
    'bad-usage',
    why('error.not-its-skull', { segment: label, share: Math.round((100 * shared) / whole) }),
  );
}
