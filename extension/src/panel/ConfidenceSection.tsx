import { farthestShown } from '../services/surfaces.ts';
import type { Reconstruction } from '../engine/reconstruction.ts';
import type { VertexLengths } from '../engine/surface/perVertex.ts';
import { scaleGradient } from '../viewer/drawing/colourScale.ts';
import { formatNumber } from './format.ts';
import { Row, ScaleBar, Toggle } from './parts.tsx';

interface Props {
  readonly of: Pick<Reconstruction, 'agreement' | 'deviation'>;
  readonly shown: boolean;
  readonly onShow: (show: boolean) => void;
}

const millimetres = ({ mean, p95 }: VertexLengths): string =>
  `${formatNumber(mean, 1)} (${formatNumber(p95, 1)}) mm`;

/** How sure the patch is: the shape prior of itself, the network beside it, and where they differ, in 3D. */
export function ConfidenceSection({ of: { agreement, deviation }, shown, onShow }: Props) {
  if (!agreement && !deviation) return null;
  // A result that was opened again has only what they come to.
  const located = agreement !== undefined && agreement.perVertex.length > 0;
  return (
    <div data-cy="cranioplasty-agreement">
      <div className="text-foreground font-semibold">Confidence</div>
      {deviation && (
        <Row
          name="Expected error outside, mean (95 %)"
          help="Standard deviation of the outer surface, as the shape prior knows it from the bone that is there."
        >
          {millimetres(deviation)}
        </Row>
      )}
      {agreement && (
        <Row
          name="Two opinions apart, mean (95 %)"
          help="Distance between the network's own patch and what the shape prior makes of the skull without a network."
        >
          {millimetres(agreement)}
        </Row>
      )}
      {located && (
        <Toggle
          data-cy="cranioplasty-show-disagreement"
          label="Show where they differ in 3D"
          explanation="Show where they differ in 3D"
          checked={shown}
          onChange={onShow}
        />
      )}
      {located && shown && (
        <div data-cy="cranioplasty-disagreement-legend">
          <ScaleBar gradient={scaleGradient} low="0" high={`${farthestShown} mm or more`} />
        </div>
      )}
    </div>
  );
}
