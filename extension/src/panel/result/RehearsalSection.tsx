import { Button } from '@ohif/ui-next';
import type { Rehearsal } from '../../engine/rehearsal.ts';
import { metricFigures, tell } from '../../services/figures.ts';
import { say, translate } from '../../words/say.ts';
import { formatNumber } from '../format.ts';
import { Notice, Row } from '../parts.tsx';

interface Props {
  readonly rehearsal: Rehearsal | undefined;
  readonly disabled: boolean;
  readonly onRehearse: () => void;
}

/** What to expect of the patch: the same defect on the intact side, where the bone is known. */
export function RehearsalSection({ rehearsal, disabled, onRehearse }: Props) {
  return (
    <div data-cy="cranioplasty-rehearsal" className="flex flex-col gap-1">
      <div className="text-foreground font-semibold">{say('rehearsal.title')}</div>
      <div className="text-muted-foreground">{say('rehearsal.about')}</div>
      {rehearsal && (
        <div data-cy="cranioplasty-rehearsal-figures">
          <Row name={say('rehearsal.bone')}>{formatNumber(rehearsal.volume, 1)} ml</Row>
          {metricFigures.map((figure) => (
            <Row key={figure.key} name={say(figure.key)} help={say(figure.help)}>
              {tell(figure, rehearsal.metrics)}
            </Row>
          ))}
        </div>
      )}
      {rehearsal?.warning && (
        <Notice tone="warning" role="alert">
          {translate(rehearsal.warning)}
        </Notice>
      )}
      <div>
        <Button
          data-cy="cranioplasty-rehearse"
          variant="secondary"
          size="sm"
          disabled={disabled}
          onClick={onRehearse}
        >
          {say(rehearsal ? 'rehearsal.startAgain' : 'rehearsal.start')}
        </Button>
      </div>
    </div>
  );
}
