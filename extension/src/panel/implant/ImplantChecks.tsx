import { Button } from '@ohif/ui-next';
import type { CheckName, ImplantCheck } from '../../engine/implant/checks.ts';
import type { Vec3 } from '../../engine/space/grid.ts';
import { countResults } from '../../services/implantWords.ts';
import { formatNumber } from '../format.ts';

interface Props {
  readonly checks: readonly ImplantCheck[];
  readonly onLookAt: (position: Vec3) => void;
}

const names: Record<CheckName, string> = {
  manifold: 'Surface',
  overlap: 'Overlap with bone',
  insertion: 'Way in',
  gap: 'Gap to bone',
  thickness: 'Thinnest wall',
  'hole-wall': 'Wall between holes',
  size: 'Length',
  bed: "Printer's bed",
  mass: 'Mass',
  overhang: 'Overhang',
  undercut: 'Undercut',
  depth: 'Toward the dura',
};

const marks = {
  fail: { mark: '✕', word: 'Fail', colour: '#f87171' },
  warn: { mark: '!', word: 'Warn', colour: '#fbbf24' },
  pass: { mark: '✓', word: 'Pass', colour: '#4ade80' },
} as const;
const order = Object.keys(marks) as (keyof typeof marks)[];

function numberOf({ name, value, unit }: ImplantCheck): string {
  if (name === 'manifold') return `${value} faults`;
  return `${formatNumber(value, unit === 'ml' ? 2 : 1)} ${unit}`;
}

/** The checks of a designed implant, what needs a look first; a click brings the planes to the place. */
export function ImplantChecks({ checks, onLookAt }: Props) {
  const sorted = order.flatMap((result) => checks.filter((check) => check.result === result));
  return (
    <div data-cy="cranioplasty-implant-checks" className="flex flex-col gap-1">
      <div className="text-foreground font-semibold">Checks: {countResults(checks)}</div>
      {sorted.map((check) => {
        const { name, result, message, place } = check;
        const { mark, word, colour } = marks[result];
        return (
          <div key={name} data-cy={`cranioplasty-implant-check-${name}`} data-result={result}>
            <div className="flex items-center gap-2">
              <span style={{ color: colour, width: 48 }}>
                <span aria-hidden>{mark}</span> {word}
              </span>
              <span className="text-foreground flex-1">{names[name]}</span>
              <span className="text-foreground">{numberOf(check)}</span>
              {place && (
                <Button
                  data-cy={`cranioplasty-implant-show-${name}`}
                  aria-label={`Show ${names[name]} on the planes`}
                  variant="secondary"
                  size="sm"
                  onClick={() => onLookAt(place)}
                >
                  Show
                </Button>
              )}
            </div>
            <div className="text-muted-foreground text-xs">{message}</div>
          </div>
        );
      })}
    </div>
  );
}
