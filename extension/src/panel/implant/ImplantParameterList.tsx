import { Button } from '@ohif/ui-next';
import {
  defaultParameters,
  parameterTable,
  type ImplantParameters,
} from '../../engine/implant/parameters.ts';
import { isInUse } from '../../services/implantWords.ts';
import type { ChosenParameters, ImplantChoices } from '../../state/implantChoices.ts';
import { say } from '../../words/say.ts';
import { Fold } from '../parts.tsx';
import { ParameterField } from './ParameterField.tsx';

interface Props {
  readonly choices: ImplantChoices;
  readonly disabled: boolean;
  readonly onChange: (change: ChosenParameters) => void;
  readonly onAxisFromView: () => void;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onReset: () => void;
}

/** What matters first; the rest is under "More". */
const first: ReadonlySet<keyof ImplantParameters> = new Set([
  'material',
  'density',
  'thickness',
  'clearance',
  'axis',
]);

/** All parameters of the implant that change anything, and the ways back. */
export function ImplantParameterList(props: Props) {
  const { choices, disabled, onChange, onAxisFromView } = props;
  const given = Object.fromEntries(
    Object.entries(choices.parameters).filter(([, value]) => value !== undefined),
  );
  const parameters: ImplantParameters = { ...defaultParameters, ...given };
  const fields = (isFirst: boolean) =>
    parameterTable
      .filter(({ name }) => first.has(name) === isFirst && isInUse(name, parameters))
      .map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={parameters[parameter.name]}
          disabled={disabled}
          onChange={onChange}
          onAxisFromView={onAxisFromView}
        />
      ));
  const ways = [
    ['undo', say('implant.undo'), choices.past.length > 0, props.onUndo],
    ['redo', say('implant.redo'), choices.future.length > 0, props.onRedo],
    ['reset', say('implant.reset'), Object.keys(given).length > 0, props.onReset],
  ] as const;
  return (
    <div className="flex flex-col gap-2">
      {fields(true)}
      <Fold level="part" title={say('implant.more')} data-cy="cranioplasty-implant-more">
        <div className="flex flex-col gap-2 py-1">{fields(false)}</div>
      </Fold>
      <div className="flex flex-wrap gap-2">
        {ways.map(([name, label, possible, onClick]) => (
          <Button
            key={name}
            data-cy={`cranioplasty-implant-${name}`}
            variant="secondary"
            size="sm"
            disabled={disabled || !possible}
            onClick={onClick}
          >
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}
