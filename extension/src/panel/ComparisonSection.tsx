import { Button } from '@ohif/ui-next';
import type { ComparedShape } from '../engine/judge/comparison.ts';
import type { Comparable, ComparedShapes } from '../state/studyState.ts';
import { farthestShown } from '../services/surfaces.ts';
import { divergingGradient, pairColours } from '../viewer/drawing/colourScale.ts';
import { shapeFigures } from '../services/figures.ts';
import { say, type TextKey } from '../words/say.ts';
import { Explained } from './Explained.tsx';
import { formatNumber } from './format.ts';
import { Choice, Fold, Row, ScaleBar, Toggle } from './parts.tsx';

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
    <Fold title={say('compare.title')}>
      <div data-cy="cranioplasty-compare" className="flex flex-col gap-2 p-2 text-sm">
        <ShapeChoice
          comparables={comparables}
          disabled={disabled}
          data-cy="cranioplasty-compare-first"
          label={say('compare.first')}
          chosen={keys[0]}
          onChoose={(key) => onChoose([key, keys[1]])}
        />
        <ShapeChoice
          comparables={comparables}
          disabled={disabled}
          data-cy="cranioplasty-compare-second"
          label={say('compare.second')}
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
            {say('compare.start')}
          </Button>
        </div>
        {compared && (
          <>
            <Differences compared={compared} />
            <Toggle
              data-cy="cranioplasty-side-by-side"
              label={say('compare.sideBySide')}
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
                <span className="text-muted-foreground">{say('compare.legend')}</span>
              </div>
            )}
          </>
        )}
      </div>
    </Fold>
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
      none={there ? undefined : say('compare.none')}
      value={there ? chosen : ''}
      disabled={disabled}
      onChoose={onChoose}
    />
  );
}

/** What is told of each shape. */
const columns: readonly {
  readonly name: TextKey;
  readonly help?: TextKey;
  readonly unit: string;
  readonly digits: number;
  readonly of: (shape: ComparedShape) => number;
}[] = [
  { name: 'compare.alone', unit: 'ml', digits: 1, of: ({ alone }) => alone },
  ...shapeFigures.map(({ key, help, unit, digits, of }) => ({
    name: key,
    help,
    unit,
    digits,
    of: ({ measurements }: ComparedShape) => of(measurements),
  })),
];

function Differences({ compared: { comparison, shown } }: { readonly compared: ComparedShapes }) {
  const { first, second, common, dice, meanDistance, hd95, hausdorff } = comparison;
  return (
    <>
      <table data-cy="cranioplasty-differences" className="w-full text-right">
        <thead>
          <tr className="text-muted-foreground">
            <th />
            {[first, second].map((_, side) => (
              <th key={side} title={shown[side]} className="font-normal">
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
                {say(side === 0 ? 'compare.column.first' : 'compare.column.second')}
              </th>
            ))}
            <th className="font-normal">{say('compare.column.difference')}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ name, help, unit, digits, of }) => (
            <tr key={name} title={help && say(help)}>
              <th className="text-muted-foreground relative text-left font-normal">
                {help === undefined ? (
                  say('compare.inUnit', { name: say(name), unit })
                ) : (
                  <Explained help={say(help)}>
                    {say('compare.inUnit', { name: say(name), unit })}
                  </Explained>
                )}
              </th>
              <td>{formatNumber(of(first), digits)}</td>
              <td>{formatNumber(of(second), digits)}</td>
              <td>{formatDifference(of(second) - of(first), digits)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div data-cy="cranioplasty-comparison-figures">
        <Row name={say('compare.column.first')}>{shown[0]}</Row>
        <Row name={say('compare.column.second')}>{shown[1]}</Row>
        <Row name={say('compare.common')}>{formatNumber(common, 1)} ml</Row>
        <Row name={say('figure.dice')} help={say('figure.dice.help')}>
          {formatNumber(dice, 2)}
        </Row>
        <Row name={say('compare.mean')}>{formatNumber(meanDistance, 1)} mm</Row>
        <Row name={say('figure.hd95')} help={say('figure.hd95.help')}>
          {formatNumber(hd95, 1)} mm
        </Row>
        <Row name={say('compare.largest')}>{formatNumber(hausdorff, 1)} mm</Row>
      </div>
    </>
  );
}

function formatDifference(value: number, digits: number): string {
  const text = formatNumber(Math.abs(value), digits);
  return Number(text) === 0 ? text : `${value > 0 ? '+' : '−'}${text}`;
}
