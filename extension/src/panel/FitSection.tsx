import { Button } from '@ohif/ui-next';
import { meetsBone } from '../engine/judge/fitError.ts';
import type { Vec3 } from '../engine/space/grid.ts';
import type { WorstSpot } from '../engine/judge/worstSpots.ts';
import {
  fitQuantities,
  noBorder,
  type FitOverlay,
  type FitQuantity,
  type JudgedFit,
} from '../state/studyState.ts';
import { divergingGradient, scaleGradient } from '../viewer/drawing/colourScale.ts';
import type { SkullSource } from '../viewer/skullSource.ts';
import { metricFigures, tell } from '../services/figures.ts';
import { oppositeSide } from '../services/actions/judge.ts';
import { say } from '../words/say.ts';
import { formatNumber } from './format.ts';
import { Choice, Fold, Notice, Range, Row, ScaleBar, Toggle } from './parts.tsx';

interface Props {
  readonly fit: JudgedFit | undefined;
  readonly overlay: FitOverlay;
  readonly references: readonly SkullSource[];
  readonly referenceKey: string | undefined;
  readonly disabled: boolean;
  readonly onReference: (key: string | undefined) => void;
  readonly onJudge: () => void;
  readonly onOverlay: (change: Partial<FitOverlay>) => void;
  readonly onLookAt: (position: Vec3) => void;
}

/** How a quantity is called, its unit, its digits, and between which values the scale may end. */
const quantities = {
  distance: {
    name: 'fit.distance',
    help: 'fit.distance.help',
    unit: 'mm',
    digits: 1,
    least: 0.5,
    most: 4,
  },
  curvature: {
    name: 'fit.curvatureError',
    help: 'fit.curvatureError.help',
    unit: '1/mm²',
    digits: 4,
    least: 0.0005,
    most: 0.01,
  },
  thickness: {
    name: 'fit.thickness',
    help: 'fit.thickness.help',
    unit: 'mm',
    digits: 1,
    least: 0.5,
    most: 12,
  },
} as const satisfies Record<FitQuantity, object>;

/** How well the patch fits: against what, where not, and the figures along the border. */
export function FitSection(props: Props) {
  const { fit, overlay, references, referenceKey, disabled, onReference, onJudge } = props;
  const known = references.find(({ key }) => key === referenceKey);
  return (
    <Fold title={say('fit.title')}>
      <div data-cy="cranioplasty-fit" className="flex flex-col gap-2 p-2 text-sm">
        <Choice
          data-cy="cranioplasty-fit-reference"
          label={say('fit.reference')}
          none={say('fit.opposite')}
          items={references}
          value={known?.key ?? ''}
          disabled={disabled}
          onChoose={(key) => onReference(key || undefined)}
        />
        <div>
          <Button data-cy="cranioplasty-judge-fit" size="sm" disabled={disabled} onClick={onJudge}>
            {say('fit.judge')}
          </Button>
        </div>
        {fit && (
          <Judged
            fit={fit}
            overlay={overlay}
            onOverlay={props.onOverlay}
            onLookAt={props.onLookAt}
          />
        )}
      </div>
    </Fold>
  );
}

function Judged({
  fit,
  overlay,
  onOverlay,
  onLookAt,
}: Pick<Props, 'overlay' | 'onOverlay' | 'onLookAt'> & { readonly fit: JudgedFit }) {
  const { border, metrics, worst } = fit.error;
  return (
    <>
      <div data-cy="cranioplasty-fit-figures">
        <Row name={say('fit.judgedBy')}>
          {fit.reference === oppositeSide ? say('fit.opposite') : fit.reference}
        </Row>
        {meetsBone(border) ? (
          <>
            <Row name={say('fit.border')} help={say('fit.border.help')}>
              {say('figures.pair', {
                mean: formatNumber(border.distance, 2),
                high: formatNumber(border.distance95, 2),
              })}
            </Row>
            <Row name={say('fit.curvature')} help={say('fit.curvature.help')}>
              {say('fit.curvature.value', { value: border.curvature.toExponential(1) })}
            </Row>
          </>
        ) : (
          <Notice tone="warning">{noBorder}</Notice>
        )}
        {metrics &&
          metricFigures.map((figure) => (
            <Row key={figure.key} name={say(figure.key)} help={say(figure.help)}>
              {tell(figure, metrics)}
            </Row>
          ))}
      </div>
      <Toggle
        data-cy="cranioplasty-show-fit"
        label={say('fit.show')}
        checked={overlay.shown}
        onChange={(shown) => onOverlay({ shown })}
      />
      {overlay.shown && <Legend overlay={overlay} onOverlay={onOverlay} />}
      {meetsBone(border) && <WorstSpots spots={worst} onLookAt={onLookAt} />}
    </>
  );
}

function Legend({ overlay, onOverlay }: Pick<Props, 'overlay' | 'onOverlay'>) {
  const { quantity, range } = overlay;
  const { unit, digits, least, most } = quantities[quantity];
  const end = range[quantity];
  const signed = quantity !== 'thickness';
  return (
    <div data-cy="cranioplasty-fit-legend" className="flex flex-col gap-1">
      <Choice
        data-cy="cranioplasty-fit-quantity"
        label={say('fit.colours')}
        items={fitQuantities.map((key) => ({
          key,
          label: say('fit.quantity', {
            name: say(quantities[key].name),
            unit: quantities[key].unit,
          }),
        }))}
        value={quantity}
        disabled={false}
        onChoose={(key) => onOverlay({ quantity: key as FitQuantity })}
      />
      <ScaleBar
        gradient={signed ? divergingGradient : scaleGradient}
        low={signed ? `−${formatNumber(end, digits)}` : '0'}
        high={`${signed ? '+' : ''}${formatNumber(end, digits)} ${unit}`}
      />
      <Range
        data-cy="cranioplasty-fit-range"
        label={say('fit.range')}
        min={least}
        max={most}
        step={least}
        value={end}
        text={`${formatNumber(end, digits)} ${unit}`}
        onChange={(value) => onOverlay({ range: { ...range, [quantity]: value } })}
      />
      <span className="text-muted-foreground">{say(quantities[quantity].help)}</span>
    </div>
  );
}

function WorstSpots({
  spots,
  onLookAt,
}: {
  readonly spots: readonly WorstSpot[];
  readonly onLookAt: Props['onLookAt'];
}) {
  if (spots.length === 0) {
    return <div className="text-muted-foreground">{say('fit.noWorst')}</div>;
  }
  return (
    <div data-cy="cranioplasty-worst-spots" className="flex flex-col gap-1">
      <div className="text-foreground font-semibold">{say('fit.worst')}</div>
      {spots.map(({ position, distance, extent }, rank) => (
        <Button
          key={position.join()}
          data-cy={`cranioplasty-worst-spot-${rank + 1}`}
          variant="secondary"
          size="sm"
          onClick={() => onLookAt(position)}
        >
          {say(distance > 0 ? 'fit.bump' : 'fit.dent', {
            rank: rank + 1,
            distance: formatNumber(Math.abs(distance), 1),
            width: formatNumber(2 * extent, 0),
          })}
        </Button>
      ))}
    </div>
  );
}
