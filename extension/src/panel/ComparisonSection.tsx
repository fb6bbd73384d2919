import { Button, PanelSection } from '@ohif/ui-next';
import type { ComparedShape } from '../engine/judge/comparison.ts';
import type { Comparable, ComparedShapes } from '../state/studyState.ts';
import { farthestShown } from '../services/surfaces.ts';
import { divergingGradient, pairColours } from '../viewer/drawing/colourScale.ts';
import { formatNumber } from './format.ts';
import { Choice, Row, ScaleBar, Toggle } from './parts.tsx';

type Pair = readonly [first: string, second: string];

interface Props {
  readonly comparables: readonly Comparable[];
  readonly keys: Pair;
  readonly compared: ComparedShapes | undefined;
  readonly sideBySide: boolean;
  readonly disabled: boolean;
  readonly onChoose: (keys: Pair) => void;
  readonly onCompare: () => void;
  readonly onSideBySide: (show: boolean) => void;
}

/** Two shapes of the study side by side, and what they differ by. */
export function ComparisonSection(props: Props) {
  const { comparables, keys, compared, sideBySide, disabled } = props;
  const { onChoose, onCompare, onSideBySide } = props;
  return (
    <PanelSection>
      <PanelSection.Header>Compare</PanelSection.Header>
      <PanelSection.Content>
        <div data-cy="cranioplasty-compare" className="flex flex-col gap-2 p-2 text-sm">
          <ShapeChoice
            comparables={comparables}
            disabled={disabled}
            data-cy="cranioplasty-compare-first"
            label="First shape"
            chosen={keys[0]}
            onChoose={(key) => onChoose([key, keys[1]])}
          />
          <ShapeChoice
            comparables={comparables}
            disabled={disabled}
            data-cy="cranioplasty-compare-second"
            label="Second shape"
            chosen={keys[1]}
            onChoose={(key) => onChoose([keys[0], key])}
          />
          <div>
            <Button
              data-cy="cranioplasty-compare-run"
              size="sm"
              disabled={disabled}
              onClick={onCompare}
            >
              Compare
            </Button>
          </div>
          {compared && (
            <>
              <Differences compared={compared} />
              <Toggle
                data-cy="cranioplasty-side-by-side"
                label="Side by side in 3D"
                explanation="Show both shapes side by side in 3D"
                checked={sideBySide}
                onChange={onSideBySide}
              />
              {sideBySide && (
                <div data-cy="cranioplasty-compare-legend">
                  <ScaleBar
                    gradient={divergingGradient}
                    low={`−${farthestShown}`}
                    high={`+${farthestShown} mm`}
                  />
                  <span className="text-muted-foreground">
                    Red: stands out of the other shape. Blue: lies inside it. Grey: the other is not
                    near.
                  </span>
                </div>
              )}
            </>
          )}
        </div>
      </PanelSection.Content>
    </PanelSection>
  );
}

function ShapeChoice({
  comparables,
  disabled,
  label,
  chosen,
  onChoose,
  'data-cy': name,
}: Pick<Props, 'comparables' | 'disabled'> & {
  readonly label: string;
  readonly chosen: string;
  readonly onChoose: (key: string) => void;
  readonly 'data-cy': string;
}) {
  // A segment may be gone since it was chosen.
  const there = comparables.some(({ key }) => key === chosen);
  return (
    <Choice
      data-cy={name}
      label={label}
      items={comparables}
      none={there ? undefined : 'Choose a shape'}
      value={there ? chosen : ''}
      disabled={disabled}
      onChoose={onChoose}
    />
  );
}

/** What is told of each shape. */
const columns: readonly {
  readonly name: string;
  readonly unit: string;
  readonly digits: number;
  readonly of: (shape: ComparedShape) => number;
}[] = [
  { name: 'Volume', unit: 'ml', digits: 1, of: ({ measurements }) => measurements.volume },
  { name: 'Not in the other', unit: 'ml', digits: 1, of: ({ alone }) => alone },
  { name: 'Outer area', unit: 'cm²', digits: 1, of: ({ measurements }) => measurements.outerArea },
  {
    name: 'Thickness, mean',
    unit: 'mm',
    digits: 1,
    of: ({ measurements }) => measurements.meanThickness,
  },
  {
    name: 'Thickness, max',
    unit: 'mm',
    digits: 1,
    of: ({ measurements }) => measurements.maxThickness,
  },
  { name: 'Largest extent', unit: 'mm', digits: 0, of: ({ measurements }) => measurements.extent },
];

function Differences({ compared: { comparison, labels } }: { readonly compared: ComparedShapes }) {
  const { first, second, common, dice, meanDistance, hd95, hausdorff } = comparison;
  return (
    <>
      <table data-cy="cranioplasty-differences" className="w-full text-right">
        <thead>
          <tr className="text-muted-foreground">
            <th />
            {[first, second].map((_, side) => (
              <th key={side} title={labels[side]} className="font-normal">
                <span
                  aria-hidden
                  style={{
                    display: 'inline-block',
                    width: 10,
                    height: 10,
                    marginRight: 4,
                    background: `rgb(${pairColours[side].join(',')})`,
                  }}
                />
                {side === 0 ? 'First' : 'Second'}
              </th>
            ))}
            <th className="font-normal">Second less first</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ name, unit, digits, of }) => (
            <tr key={name}>
              <th className="text-muted-foreground text-left font-normal">
                {name}, {unit}
              </th>
              <td>{formatNumber(of(first), digits)}</td>
              <td>{formatNumber(of(second), digits)}</td>
              <td>{formatDifference(of(second) - of(first), digits)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div data-cy="cranioplasty-comparison-figures">
        <Row name="First">{labels[0]}</Row>
        <Row name="Second">{labels[1]}</Row>
        <Row name="Common volume (Dice)">
          {formatNumber(common, 1)} ml ({formatNumber(dice, 3)})
        </Row>
        <Row name="Surfaces apart, mean">{formatNumber(meanDistance, 2)} mm</Row>
        <Row name="Surfaces apart, 95 % (largest)">
          {formatNumber(hd95, 1)} ({formatNumber(hausdorff, 1)}) mm
        </Row>
      </div>
    </>
  );
}

function formatDifference(value: number, digits: number): string {
  const text = formatNumber(Math.abs(value), digits);
  return Number(text) === 0 ? text : `${value > 0 ? '+' : '−'}${text}`;
}
