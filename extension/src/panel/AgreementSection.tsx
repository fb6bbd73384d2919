import { Switch } from '@ohif/ui-next';
import { farthestShown } from '../services/surfaces.ts';
import type { Agreement } from '../engine/types.ts';
import { scaleGradient } from '../viewer/colourScale.ts';
import { formatNumber } from './format.ts';
import { Row } from './parts.tsx';

interface Props {
  readonly agreement: Agreement;
  readonly shown: boolean;
  readonly onShow: (show: boolean) => void;
}

/** How sure the network is of the patch: its two runs compared, and where they differ, in 3D. */
export function AgreementSection({ agreement, shown, onShow }: Props) {
  const { dice, mean, p95 } = agreement;
  return (
    <div data-cy="cranioplasty-agreement">
      <div className="text-foreground font-semibold">Confidence</div>
      <Row name="Agreement with the mirrored run">{formatNumber(100 * dice, 0)} %</Row>
      <Row name="Surfaces apart, mean (95 %)">
        {formatNumber(mean, 1)} ({formatNumber(p95, 1)}) mm
      </Row>
      <div className="flex items-center justify-between py-0.5">
        <span className="text-muted-foreground">Show it on the patch in 3D</span>
        <Switch
          data-cy="cranioplasty-show-disagreement"
          aria-label="Show disagreement on the patch"
          checked={shown}
          onCheckedChange={onShow}
        />
      </div>
      {shown && (
        <div data-cy="cranioplasty-disagreement-legend" className="flex items-center gap-2 py-0.5">
          <span>0</span>
          <span
            aria-hidden
            className="flex-1"
            style={{ height: 10, borderRadius: 3, background: scaleGradient }}
          />
          <span>{farthestShown} mm or more</span>
        </div>
      )}
    </div>
  );
}
