import { Button } from '@ohif/ui-next';
import type { Activity } from '../state/studyState.ts';
import { say, translate } from '../words/say.ts';
import { describeActivity, describeProvider, shareDone } from './format.ts';
import { Notice } from './parts.tsx';
import { useClock } from './useService.ts';

interface Props {
  readonly activity: Activity;
  readonly onCancel: () => void;
}

/** What is being done, how far it is, and stopping it: in sight whatever is folded away. */
export function ActivityBar({ activity, onCancel }: Props) {
  const now = useClock(true);
  const { fallBacks, progress, provider } = activity;
  return (
    <div className="flex flex-col gap-1 p-2 text-sm">
      <div data-cy="cranioplasty-stage" role="status" className="text-foreground">
        {describeActivity(activity, now)}
      </div>
      {progress && (
        <progress
          className="w-full"
          max={1}
          // Without an estimate it moves without telling how far.
          value={shareDone(activity, now)}
          aria-label={say('run.progress')}
        />
      )}
      {provider && (
        <div data-cy="cranioplasty-provider" className="text-muted-foreground">
          {describeProvider(provider)}
        </div>
      )}
      {fallBacks.map((warning) => (
        <Notice key={warning.message} tone="warning">
          {translate(warning)}
        </Notice>
      ))}
      {activity.kind !== 'save' && (
        <div>
          <Button data-cy="cranioplasty-cancel" variant="secondary" size="sm" onClick={onCancel}>
            {say('run.cancel')}
          </Button>
        </div>
      )}
    </div>
  );
}
