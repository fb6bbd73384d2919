import { Button } from '@ohif/ui-next';
import type { Vec3 } from '../engine/space/grid.ts';
import type { PatchPiece } from '../engine/shape/pieces.ts';
import type { LeftOutPiece } from '../state/studyState.ts';
import { formatNumber } from './format.ts';

interface Props {
  readonly pieces: readonly PatchPiece[];
  /** What was left out, the latest last. */
  readonly leftOut: readonly LeftOutPiece[];
  readonly disabled: boolean;
  readonly onLookAt: (position: Vec3) => void;
  readonly onLeaveOut: (piece: number) => void;
  readonly onBringBack: () => void;
}

/** The pieces of a patch of several: where each is, and a way to leave out what closes no defect. */
export function PiecesSection(props: Props) {
  const { pieces, leftOut, disabled, onLookAt, onLeaveOut, onBringBack } = props;
  const last = leftOut.at(-1);
  return (
    <div data-cy="cranioplasty-pieces" className="flex flex-col gap-1">
      <div className="text-foreground font-semibold">Pieces of the patch</div>
      {pieces.map(({ volume, middle }, piece) => (
        <div key={middle.join()} className="flex items-center gap-2">
          <span className="text-muted-foreground flex-1">
            {piece + 1}: {formatNumber(volume, 1)} ml
          </span>
          <Button
            data-cy={`cranioplasty-piece-show-${piece}`}
            aria-label={`Show piece ${piece + 1} on the planes`}
            variant="secondary"
            size="sm"
            onClick={() => onLookAt(middle)}
          >
            Show
          </Button>
          <Button
            data-cy={`cranioplasty-piece-leave-out-${piece}`}
            aria-label={`Leave piece ${piece + 1} out of patch and implant`}
            variant="secondary"
            size="sm"
            disabled={disabled || pieces.length < 2}
            onClick={() => onLeaveOut(piece)}
          >
            Leave out
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
            Bring back the piece of {formatNumber(last.volume, 1)} ml
          </Button>
        </div>
      )}
    </div>
  );
}
