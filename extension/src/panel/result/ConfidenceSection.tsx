import type { VertexLengths } from '../../engine/surface/perVertex.ts';
import { farthestShown } from '../../services/surfaces.ts';
import { isEdited, type StudyResult } from '../../state/studyState.ts';
import { scaleGradient } from '../../viewer/drawing/colourScale.ts';
import { say } from '../../words/say.ts';
import { formatNumber } from '../format.ts';
import { Row, ScaleBar, Toggle } from '../parts.tsx';

interface Props {
  readonly result: StudyResult;
  readonly shown: boolean;
  readonly onShow: (show: boolean) => void;
}

const millimetres = ({ mean, p95 }: VertexLengths): string =>
  say('figures.pair', { mean: formatNumber(mean, 1), high: formatNumber(p95, 1) });

/** How sure the patch is: the shape prior of itself, the network beside it, and where they differ, in 3D. */
export function ConfidenceSection({ result, shown, onShow }: Props) {
  const { agreement, deviation } = result.reconstruction;
  if (!agreement && !deviation) return null;
  // A result that was opened again has only what they come to.
  const located = agreement !== undefined && agreement.perVertex.length > 0;
  return (
    <div data-cy="cranioplasty-agreement" className="py-1">
      {isEdited(result, 'patch') && (
        <div className="text-muted-foreground">{say('figures.ofBefore')}</div>
      )}
      {deviation && (
        <Row name={say('confidence.deviation')} help={say('confidence.deviation.help')}>
          {millimetres(deviation)}
        </Row>
      )}
      {agreement && (
        <Row name={say('confidence.agreement')} help={say('confidence.agreement.help')}>
          {millimetres(agreement)}
        </Row>
      )}
      {located && (
        <Toggle
          data-cy="cranioplasty-show-disagreement"
          label={say('confidence.show')}
          checked={shown}
          onChange={onShow}
        />
      )}
      {located && shown && (
        <div data-cy="cranioplasty-disagreement-legend">
          <ScaleBar
            gradient={scaleGradient}
            low="0"
            high={say('confidence.most', { most: farthestShown })}
          />
        </div>
      )}
    </div>
  );
}
