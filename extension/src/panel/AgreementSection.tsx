import { farthestShown } from '../services/surfaces.ts';
import type { Agreement } from '../engine/cascade/agreement.ts';
import { scaleGradient } from '../viewer/drawing/colourScale.ts';
import { formatNumber } from './format.ts';
import { Row, ScaleBar, Toggle } from './parts.tsx';

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
      <Toggle
        data-cy="cranioplasty-show-disagreement"
        label="Show it on the patch in 3D"
        explanation="Show disagreement on the patch"
        checked={shown}
        onChange={onShow}
      />
      {shown && (
        <div data-cy="cranioplasty-disagreement-legend">
          <ScaleBar gradient={scaleGradient} low="0" high={`${farthestShown} mm or more`} />
        </div>
      )}
    </div>
  );
}
