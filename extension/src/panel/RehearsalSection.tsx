import { Button } from '@ohif/ui-next';
import type { Rehearsal } from '../engine/rehearsal.ts';
import { formatNumber } from './format.ts';
import { Notice, Row } from './parts.tsx';

interface Props {
  readonly rehearsal: Rehearsal | undefined;
  readonly disabled: boolean;
  readonly onRehearse: () => void;
}

/** What to expect of the patch: the same defect on the intact side, where the bone is known. */
export function RehearsalSection({ rehearsal, disabled, onRehearse }: Props) {
  return (
    <div data-cy="cranioplasty-rehearsal" className="flex flex-col gap-1">
      <div className="text-foreground font-semibold">What to expect</div>
      <div className="text-muted-foreground">
        The same defect, cut into the intact side and reconstructed, against the bone that was
        there.
      </div>
      {rehearsal && (
        <div data-cy="cranioplasty-rehearsal-figures">
          <Row name="Known bone">{formatNumber(rehearsal.volume, 1)} ml</Row>
          <Row name="Overlap (Dice)">{formatNumber(rehearsal.metrics.dice, 2)}</Row>
          <Row name="Outer surface off, mean">
            {formatNumber(rehearsal.metrics.outerSurfaceError, 1)} mm
          </Row>
          <Row name="Surfaces apart, 95 %">{formatNumber(rehearsal.metrics.hd95, 1)} mm</Row>
        </div>
      )}
      {rehearsal?.warning && (
        <Notice tone="warning" role="alert">
          {rehearsal.warning.message}
        </Notice>
      )}
      <div>
        <Button
          data-cy="cranioplasty-rehearse"
          variant="secondary"
          size="sm"
          disabled={disabled}
          onClick={onRehearse}
        >
          {rehearsal ? 'Rehearse again' : 'Rehearse on the intact side'}
        </Button>
      </div>
    </div>
  );
}
