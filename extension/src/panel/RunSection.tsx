import { Button, PanelSection } from '@ohif/ui-next';
import { methods, type MethodName } from '../engine/reconstruction.ts';
import { termsOf } from '../models.ts';
import type { InstalledModel } from '../services/installedModels.ts';
import type { Activity, StudyState } from '../state/studyState.ts';
import { describeActivity, describeProvider, modelChoices, timeLeft } from './format.ts';
import { Choice, Notice } from './parts.tsx';
import { useClock } from './useService.ts';

interface Props {
  readonly activity: Activity | undefined;
  readonly method: StudyState['method'];
  /** Folder of the chosen model, and those that the site has once it answered. */
  readonly model: string;
  readonly installed: readonly InstalledModel[] | undefined;
  readonly ready: boolean;
  readonly again: boolean;
  readonly onMethod: (method: StudyState['method']) => void;
  readonly onModel: (folder: string) => void;
  readonly onReconstruct: () => void;
  readonly onCancel: () => void;
}

const methodLabels: Readonly<Record<MethodName, string>> = {
  network: 'Neural networks',
  continuation: 'Shape prior, without networks (seconds)',
  mirror: 'Mirrored opposite side (baseline)',
};

/** Starting, following and stopping a computation. */
export function RunSection(props: Props) {
  const { activity, method, ready, again, onMethod, onReconstruct, onCancel } = props;
  return (
    <PanelSection>
      <PanelSection.Header>Reconstruction</PanelSection.Header>
      <PanelSection.Content>
        <div className="flex flex-col gap-2 p-2 text-sm">
          <label className="text-muted-foreground flex flex-col gap-1">
            Method
            <select
              data-cy="cranioplasty-method"
              className="text-foreground bg-background border-input w-full rounded border px-1 py-1"
              value={method}
              disabled={activity !== undefined}
              onChange={(event) => onMethod(event.target.value as StudyState['method'])}
            >
              {methods.map((name) => (
                <option key={name} value={name}>
                  {methodLabels[name]}
                </option>
              ))}
            </select>
          </label>
          {method !== 'mirror' && <ModelChoice {...props} />}
          <div className="flex gap-2">
            <Button
              data-cy="cranioplasty-reconstruct"
              size="sm"
              disabled={!ready || activity !== undefined}
              onClick={onReconstruct}
            >
              {again ? 'Reconstruct again' : 'Reconstruct'}
            </Button>
            {activity && activity.kind !== 'save' && (
              <Button
                data-cy="cranioplasty-cancel"
                variant="secondary"
                size="sm"
                onClick={onCancel}
              >
                Cancel
              </Button>
            )}
          </div>
          {activity && <Progress activity={activity} />}
        </div>
      </PanelSection.Content>
    </PanelSection>
  );
}

/** With what the licence of the chosen model allows, before anything is made with it. */
function ModelChoice({ model, installed, activity, onModel }: Props) {
  const chosen = installed?.find(({ folder }) => folder === model);
  const terms = chosen && termsOf(chosen);
  return (
    <div>
      <Choice
        label="Model"
        data-cy="cranioplasty-model-choice"
        value={model}
        items={modelChoices(installed, model)}
        disabled={activity !== undefined}
        onChoose={onModel}
      />
      {terms && (
        <div data-cy="cranioplasty-model-choice-terms" style={{ color: '#fbbf24' }}>
          {terms}
        </div>
      )}
    </div>
  );
}

function Progress({ activity }: { readonly activity: Activity }) {
  const now = useClock(true);
  const { fallBacks, progress, provider, startedAt } = activity;
  const left = timeLeft(activity, now);
  const elapsed = Math.max(0, now - startedAt);
  return (
    <div>
      <div data-cy="cranioplasty-stage" role="status" className="text-foreground">
        {describeActivity(activity, now)}
      </div>
      {progress && (
        <progress
          className="w-full"
          max={1}
          // Without an estimate it moves without telling how far.
          value={left === undefined ? undefined : elapsed / (elapsed + left)}
          aria-label="Progress"
        />
      )}
      {provider && (
        <div data-cy="cranioplasty-provider" className="text-muted-foreground">
          {describeProvider(provider)}
        </div>
      )}
      {fallBacks.map(({ message }) => (
        <Notice key={message} tone="warning">
          {message}
        </Notice>
      ))}
    </div>
  );
}
