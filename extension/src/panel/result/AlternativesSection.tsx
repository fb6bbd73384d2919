import { Button } from '@ohif/ui-next';
import { rangeOf } from '../../services/alternativesScene.ts';
import type { ComputedAlternative } from '../../state/alternatives.ts';
import { isPatchChanged } from '../../state/studyState.ts';
import { alternativeColours, divergingGradient } from '../../viewer/drawing/colourScale.ts';
import { say } from '../../words/say.ts';
import { formatNumber } from '../format.ts';
import { Row, ScaleBar, Swatch, Toggle } from '../parts.tsx';
import type { ResultProps } from './resultProps.ts';

/** The shapes that go with the bone around the defect, side by side, and taking one of them. */
export function AlternativesSection(props: ResultProps) {
  const { result, alternativesShown, disabled, skullEdited } = props;
  const { alternatives, reconstruction } = result;
  // Only a shape prior knows by how much another shape may differ.
  if (!alternatives && !reconstruction.deviation) return null;
  return (
    <div data-cy="cranioplasty-alternatives" className="flex flex-col gap-1 pb-2">
      <div className="text-foreground font-semibold">{say('alternatives.title')}</div>
      <div className="text-muted-foreground">{say('alternatives.about')}</div>
      {!alternatives && (
        <div>
          <Button
            data-cy="cranioplasty-alternatives-start"
            variant="secondary"
            size="sm"
            disabled={disabled || skullEdited}
            onClick={props.onAlternatives}
          >
            {say('alternatives.start')}
          </Button>
        </div>
      )}
      {alternatives && (
        <>
          {alternatives.map((one) => (
            <OneShape key={one.alternative} {...props} one={one} />
          ))}
          {isPatchChanged(result) && (
            <div className="text-muted-foreground">
              {say('alternatives.computed')} {say('update.dropped')}
            </div>
          )}
          <Toggle
            data-cy="cranioplasty-alternatives-show"
            label={say('compare.sideBySide')}
            checked={alternativesShown}
            onChange={props.onShowAlternatives}
          />
        </>
      )}
      {alternatives && alternativesShown && (
        <div data-cy="cranioplasty-alternatives-legend">
          <Scale range={rangeOf(alternatives)} />
          <span className="text-muted-foreground">{say('alternatives.legend')}</span>
        </div>
      )}
    </div>
  );
}

function Scale({ range }: { readonly range: number }) {
  return <ScaleBar gradient={divergingGradient} low={`−${range}`} high={`+${range} mm`} />;
}

/** What a shape measures, and taking it; what was changed of the patch by hand is kept or left. */
function OneShape({
  one: { alternative, difference, reconstruction },
  result,
  disabled,
  onTakeAlternative,
}: ResultProps & { readonly one: ComputedAlternative }) {
  const name = say(`alternatives.name.${alternative}`);
  const volume = formatNumber(reconstruction.patch.measurements.volume, 1);
  const choices = isPatchChanged(result)
    ? ([
        ['keep', say('alternatives.keep'), true],
        ['drop', say('alternatives.drop'), false],
      ] as const)
    : ([['take', say('alternatives.take'), false]] as const);
  return (
    <div data-cy={`cranioplasty-alternative-${alternative}`}>
      <div className="flex items-center gap-2">
        <Swatch rgb={alternativeColours[alternative]} />
        <div className="flex-1">
          <Row name={name} help={say('alternatives.apart.help')}>
            {difference
              ? say('alternatives.apart', {
                  volume,
                  distance: formatNumber(difference.meanDistance, 1),
                })
              : `${volume} ml`}
          </Row>
        </div>
      </div>
      {alternative === result.reconstruction.alternative ? (
        <div className="text-muted-foreground">{say('alternatives.isResult')}</div>
      ) : (
        <div className="flex flex-wrap gap-2">
          {choices.map(([key, action, keepEdits]) => (
            <Button
              key={key}
              data-cy={`cranioplasty-alternative-${alternative}-${key}`}
              aria-label={say('alternatives.of', { action, name })}
              variant="secondary"
              size="sm"
              disabled={disabled}
              onClick={() => onTakeAlternative(alternative, keepEdits)}
            >
              {action}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
