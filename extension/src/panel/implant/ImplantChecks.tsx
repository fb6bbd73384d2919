import { Button } from '@ohif/ui-next';
import type { ImplantCheck } from '../../engine/implant/checks.ts';
import type { Vec3 } from '../../engine/space/grid.ts';
import { say, translateAll } from '../../words/say.ts';
import { describeCounts, formatNumber } from '../format.ts';

interface Props {
  readonly checks: readonly ImplantCheck[];
  readonly onLookAt: (position: Vec3) => void;
}

const marks = {
  fail: { mark: '✕', colour: '#f87171' },
  warn: { mark: '!', colour: '#fbbf24' },
  pass: { mark: '✓', colour: '#4ade80' },
} as const;
const order = Object.keys(marks) as (keyof typeof marks)[];

function numberOf({ name, value, unit }: ImplantCheck): string {
  if (name === 'manifold') return say('check.faults', { value });
  return `${formatNumber(value, unit === 'ml' ? 2 : 1)} ${unit}`;
}

/** The checks of a designed implant, what needs a look first; a click brings the planes to the place. */
export function ImplantChecks({ checks, onLookAt }: Props) {
  const sorted = order.flatMap((result) => checks.filter((check) => check.result === result));
  return (
    <div data-cy="cranioplasty-implant-checks" className="flex flex-col gap-1">
      <div className="text-foreground font-semibold">
        {say('check.title', { counts: describeCounts(checks) })}
      </div>
      {sorted.map((check) => {
        const { name, result, place } = check;
        const { mark, colour } = marks[result];
        return (
          <div key={name} data-cy={`cranioplasty-implant-check-${name}`} data-result={result}>
            <div className="flex items-center gap-2">
              <span style={{ color: colour, width: 48 }}>
                <span aria-hidden>{mark}</span> {say(`check.${result}`)}
              </span>
              <span className="text-foreground flex-1">{say(`check.${name}`)}</span>
              <span className="text-foreground">{numberOf(check)}</span>
              {place && (
                <Button
                  data-cy={`cranioplasty-implant-show-${name}`}
                  aria-label={say('check.show.help', { name: say(`check.${name}`) })}
                  variant="secondary"
                  size="sm"
                  onClick={() => onLookAt(place)}
                >
                  {say('check.show')}
                </Button>
              )}
            </div>
            <div className="text-muted-foreground text-xs">{translateAll(check)}</div>
          </div>
        );
      })}
    </div>
  );
}
