import { Button } from '@ohif/ui-next';
import type { PatchPiece } from '../../engine/shape/pieces.ts';
import { siteOf } from '../../engine/shape/site.ts';
import type { Vec3 } from '../../engine/space/grid.ts';
import type { RigidTransform } from '../../engine/space/transform.ts';
import type { LeftOutPiece } from '../../state/studyState.ts';
import { say } from '../../words/say.ts';
import { describeSite, formatNumber } from '../format.ts';

interface Props {
  readonly pieces: readonly PatchPiece[];
  /** Patient LPS mm → canonical mm: tells where in the head a piece is. */
  readonly toCanonical: RigidTransform;
  /** What was left out, the latest last. */
  readonly leftOut: readonly LeftOutPiece[];
  readonly disabled: boolean;
  readonly onLookAt: (position: Vec3) => void;
  readonly onLeaveOut: (piece: number) => void;
  readonly onBringBack: () => void;
}

/** The pieces of a patch of several: where each is, and a way to leave out what closes no defect. */
export function PiecesSection(props: Props) {
  const { pieces, toCanonical, leftOut, disabled, onLookAt, onLeaveOut, onBringBack } = props;
  const last = leftOut.at(-1);
  return (
    <div data-cy="cranioplasty-pieces" className="flex flex-col gap-1 py-1">
      {pieces.map(({ volume, middle }, piece) => (
        <div key={middle.join()} className="flex items-center gap-2">
          <span className="text-muted-foreground flex-1">
            {say('pieces.piece', {
              number: piece + 1,
              site: describeSite(siteOf(middle, toCanonical)),
              volume: formatNumber(volume, 1),
            })}
          </span>
          <Button
            data-cy={`cranioplasty-piece-show-${piece}`}
            aria-label={say('pieces.show.help', { number: piece + 1 })}
            variant="secondary"
            size="sm"
            onClick={() => onLookAt(middle)}
          >
            {say('pieces.show')}
          </Button>
          <Button
            data-cy={`cranioplasty-piece-leave-out-${piece}`}
            aria-label={say('pieces.leaveOut.help', { number: piece + 1 })}
            variant="secondary"
            size="sm"
            disabled={disabled || pieces.length < 2}
            onClick={() => onLeaveOut(piece)}
          >
            {say('pieces.leaveOut')}
          </Button>
        </div>
      ))}
      {last && (
        <div>
          <Button
            data-cy="cranioplasty-piece-bring-back"
            variant="secondary"
            size="sm"
            disabled={disabled}
            onClick={onBringBack}
          >
            {say('pieces.bringBack', { volume: formatNumber(last.volume, 1) })}
          </Button>
        </div>
      )}
    </div>
  );
}
