import { termsOf } from '../../models.ts';
import { shapeFigures, tell } from '../../services/figures.ts';
import type { ResultShape } from '../../state/shapes.ts';
import { shownDesign, type StudyResult } from '../../state/studyState.ts';
import { say, translate } from '../../words/say.ts';
import { describeCounts, describeProvider, formatNumber, formatTime } from '../format.ts';
import { Row } from '../parts.tsx';

interface Props {
  readonly result: StudyResult;
}

/** The figures of both shapes, and how they were made. */
export function FiguresSection({ result }: Props) {
  return (
    <div className="flex flex-col gap-2 py-1">
      <Measurements shape="patch" result={result} />
      <Measurements shape="implant" result={result} />
      <Provenance result={result} />
    </div>
  );
}

function Measurements({ shape, result }: Props & { readonly shape: ResultShape }) {
  const { measurements } = result.shapes[shape];
  const problem = result.designProblem;
  const design = shownDesign(result);
  return (
    <div data-cy={`cranioplasty-measurements-${shape}`}>
      <div className="text-foreground font-semibold">{say(`shape.${shape}`)}</div>
      {shapeFigures.map((figure) => (
        <Row key={figure.key} name={say(figure.key)} help={say(figure.help)}>
          {tell(figure, measurements)}
        </Row>
      ))}
      {shape === 'implant' && (
        <Row
          name={say('figures.design')}
          help={problem ? translate(problem) : say('figures.design.help')}
        >
          {design ? describeCounts(design.implant.checks) : say('figures.design.none')}
        </Row>
      )}
    </div>
  );
}

function Provenance({ result }: Props) {
  const { reconstruction, provider, elapsed, skullSource } = result;
  const { model, alignment } = reconstruction;
  const terms = termsOf(model);
  return (
    <div>
      <div className="text-foreground font-semibold">{say('made.title')}</div>
      <Row name={say('made.skull')}>{skullSource.label}</Row>
      <Row name={say('made.alignment')} help={say('made.alignment.help')}>
        {formatNumber(alignment.residual, 2)} mm
      </Row>
      <Row name={say('made.model')}>
        <span data-cy="cranioplasty-model" title={model.hash}>
          {model.name} {model.version}
        </span>
      </Row>
      {terms && <Row name={say('made.licence')}>{terms}</Row>}
      <Row name={say('made.ranOn')}>
        <span data-cy="cranioplasty-provider">
          {provider
            ? describeProvider(provider)
            : say(reconstruction.method === 'network' ? 'made.notKnown' : 'made.noNetwork')}
        </span>
      </Row>
      {elapsed !== undefined && <Row name={say('made.time')}>{formatTime(elapsed)}</Row>}
    </div>
  );
}
