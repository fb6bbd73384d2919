import { Button } from '@ohif/ui-next';
import { alternatives } from '../engine/prior/shapePrior.ts';
import { methods } from '../engine/reconstruction.ts';
import { termsOf } from '../models.ts';
import type { InstalledModel } from '../services/installedModels.ts';
import type { Activity, StudyState } from '../state/studyState.ts';
import { say } from '../words/say.ts';
import { modelChoices } from './format.ts';
import { Choice, Fold } from './parts.tsx';

interface Props {
  readonly activity: Activity | undefined;
  readonly method: StudyState['method'];
  /** Folder of the chosen model, and those that the site has once it answered. */
  readonly model: string;
  readonly installed: readonly InstalledModel[] | undefined;
  readonly ready: boolean;
  readonly again: boolean;
  readonly alternative: StudyState['alternative'];
  readonly onAlternative: (alternative: StudyState['alternative']) => void;
  readonly onMethod: (method: StudyState['method']) => void;
  readonly onModel: (folder: string) => void;
  readonly onReconstruct: () => void;
}

/** By which method and model to reconstruct, and starting it. */
export function RunSection(props: Props) {
  const { activity, method, ready, again, onMethod, onReconstruct } = props;
  return (
    <div className="flex flex-col gap-2 p-2 text-sm">
      <Fold level="part" title={say('run.method')}>
        <Choice
          data-cy="cranioplasty-method"
          label={say('run.method')}
          items={methods.map((key) => ({ key, label: say(`run.method.${key}`) }))}
          value={method}
          disabled={activity !== undefined}
          onChoose={(key) => onMethod(key as StudyState['method'])}
        />
        {method !== 'mirror' && <ModelChoice {...props} />}
        {method !== 'mirror' && (
          <Choice
            data-cy="cranioplasty-alternative"
            label={say('run.alternative')}
            items={alternatives.map((key) => ({ key, label: say(`run.alternative.${key}`) }))}
            value={props.alternative}
            disabled={activity !== undefined}
            onChoose={(key) => props.onAlternative(key as StudyState['alternative'])}
          />
        )}
      </Fold>
      {method !== 'mirror' && <Terms {...props} />}
      <div>
        <Button
          data-cy="cranioplasty-reconstruct"
          size="sm"
          disabled={!ready || activity !== undefined}
          onClick={onReconstruct}
        >
          {say(again ? 'run.startAgain' : 'run.start')}
        </Button>
      </div>
    </div>
  );
}

function ModelChoice({ model, installed, activity, onModel }: Props) {
  return (
    <Choice
      label={say('run.model')}
      data-cy="cranioplasty-model-choice"
      value={model}
      items={modelChoices(installed, model)}
      disabled={activity !== undefined}
      onChoose={onModel}
    />
  );
}

/** What the licence of the chosen model allows, before anything is made with it. */
function Terms({ model, installed }: Props) {
  const chosen = installed?.find(({ folder }) => folder === model);
  const terms = chosen && termsOf(chosen);
  if (!terms) return null;
  return (
    <div data-cy="cranioplasty-model-choice-terms" style={{ color: '#fbbf24' }}>
      {terms}
    </div>
  );
}
