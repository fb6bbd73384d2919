import { Button, PanelSection } from '@ohif/ui-next';
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
import { formatNumber } from './format.ts';
import { Choice, Notice, Row, ScaleBar, Toggle } from './parts.tsx';

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
const quantities: Record<
  FitQuantity,
  {
    name: string;
    unit: string;
    digits: number;
    least: number;
    most: number;
    explanation: string;
  }
> = {
  distance: {
    name: 'Distance',
    unit: 'mm',
    digits: 1,
    least: 0.5,
    most: 4,
    explanation:
      'Red: beyond the reference (bump). Blue: short of it (dent). Grey: nothing to compare with.',
  },
  curvature: {
    name: 'Curvature error',
    unit: '1/mm²',
    digits: 4,
    least: 0.0005,
    most: 0.01,
    explanation: 'Gaussian curvature less that of the reference. Grey: nothing to compare with.',
  },
  thickness: {
    name: 'Thickness of the implant',
    unit: 'mm',
    digits: 1,
    least: 0.5,
    most: 12,
    explanation: 'The wall behind each place of the surface.',
  },
};

/** How well the patch fits: against what, where not, and the figures along the border. */
export function FitSection(props: Props) {
  const { fit, overlay, references, referenceKey, disabled, onReference, onJudge } = props;
  const known = references.find(({ key }) => key === referenceKey);
  return (
    <PanelSection>
      <PanelSection.Header>Fit</PanelSection.Header>
      <PanelSection.Content>
        <div data-cy="cranioplasty-fit" className="flex flex-col gap-2 p-2 text-sm">
          <Choice
            data-cy="cranioplasty-fit-reference"
            label="Judge the patch by"
            none="Opposite side, mirrored and fitted"
            items={references}
            value={known?.key ?? ''}
            disabled={disabled}
            onChoose={(key) => onReference(key || undefined)}
          />
          <div>
            <Button
              data-cy="cranioplasty-judge-fit"
              size="sm"
              disabled={disabled}
              onClick={onJudge}
            >
              Judge the fit
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
      </PanelSection.Content>
    </PanelSection>
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
        <Row name="Judged by">{fit.reference}</Row>
        {meetsBone(border) ? (
          <>
            <Row name="Border distance, mean (95 %)">
              {formatNumber(border.distance, 2)} ({formatNumber(border.distance95, 2)}) mm
            </Row>
            <Row name="Border curvature error">{border.curvature.toExponential(1)} 1/mm⁴</Row>
          </>
        ) : (
          <Notice tone="warning">{noBorder}</Notice>
        )}
        {metrics && (
          <>
            <Row name="Dice, at the border">
              {formatNumber(metrics.dice, 3)}, {formatNumber(metrics.borderDice, 3)}
            </Row>
            <Row name="HD95, both ways pooled">{formatNumber(metrics.hd95, 2)} mm</Row>
            <Row name="Outer surface error">{formatNumber(metrics.outerSurfaceError, 2)} mm</Row>
          </>
        )}
      </div>
      <Toggle
        data-cy="cranioplasty-show-fit"
        label="Show it on the surface in 3D"
        explanation="Show the error of the fit in 3D"
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
      <select
        data-cy="cranioplasty-fit-quantity"
        aria-label="What the colours show"
        className="text-foreground bg-background border-input w-full rounded border px-1 py-1"
        value={quantity}
        onChange={(event) => onOverlay({ quantity: event.target.value as FitQuantity })}
      >
        {fitQuantities.map((key) => (
          <option key={key} value={key}>
            {quantities[key].name}, {quantities[key].unit}
          </option>
        ))}
      </select>
      <ScaleBar
        gradient={signed ? divergingGradient : scaleGradient}
        low={signed ? `−${formatNumber(end, digits)}` : '0'}
        high={`${signed ? '+' : ''}${formatNumber(end, digits)} ${unit}`}
      />
      <input
        type="range"
        data-cy="cranioplasty-fit-range"
        aria-label="Where the colours end"
        min={least}
        max={most}
        step={least}
        value={end}
        onChange={(event) =>
          onOverlay({ range: { ...range, [quantity]: Number(event.target.value) } })
        }
      />
      <span className="text-muted-foreground">{quantities[quantity].explanation}</span>
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
    return <div className="text-muted-foreground">No place at the border is off by 0.3 mm.</div>;
  }
  return (
    <div data-cy="cranioplasty-worst-spots" className="flex flex-col gap-1">
      <div className="text-foreground font-semibold">Worst places at the border</div>
      {spots.map(({ position, distance, extent }, rank) => (
        <Button
          key={position.join()}
          data-cy={`cranioplasty-worst-spot-${rank + 1}`}
          variant="secondary"
          size="sm"
          onClick={() => onLookAt(position)}
        >
          {rank + 1}. {distance > 0 ? 'Bump' : 'Dent'} of {formatNumber(Math.abs(distance), 1)} mm,{' '}
          {formatNumber(2 * extent, 0)} mm wide
        </Button>
      ))}
    </div>
  );
}
