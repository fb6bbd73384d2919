import { Button, Input } from '@ohif/ui-next';
import { useId, useState, type ReactNode } from 'react';
import type { ImplantParameters, ParameterDescription } from '../../engine/implant/parameters.ts';
import { describeAxis } from '../../services/implantWords.ts';
import type { ChosenParameters } from '../../state/implantChoices.ts';
import { say } from '../../words/say.ts';
import { describeRange } from '../format.ts';
import { Choice, Toggle } from '../parts.tsx';

interface Props<Kind extends ParameterDescription['kind']> {
  readonly parameter: Extract<ParameterDescription, { kind: Kind }>;
  readonly value: ImplantParameters[keyof ImplantParameters];
  readonly disabled: boolean;
  readonly onChange: (change: ChosenParameters) => void;
  readonly onAxisFromView: () => void;
}

/** One parameter of the implant, of whichever kind, with its unit, its range and what it does. */
export function ParameterField(props: Props<ParameterDescription['kind']>) {
  const { parameter, value, disabled, onChange } = props;
  const id = `cranioplasty-implant-${parameter.name}`;
  const { label, help } = wordsOf(parameter);
  switch (parameter.kind) {
    case 'number':
      return <NumberField {...props} parameter={parameter} />;
    case 'axis':
      return <AxisField {...props} parameter={parameter} />;
    case 'choice':
      return (
        <div>
          <Choice
            data-cy={id}
            label={label}
            items={parameter.choices.map((key) => ({ key, label: say(`material.${key}`) }))}
            value={String(value)}
            disabled={disabled}
            onChoose={(key) => onChange({ [parameter.name]: key })}
          />
          <Help>{help}</Help>
        </div>
      );
    case 'flag':
      return (
        <div>
          <Toggle
            data-cy={id}
            label={label}
            checked={value === true}
            onChange={(on) => onChange({ [parameter.name]: on })}
          />
          <Help>{help}</Help>
        </div>
      );
  }
}

const wordsOf = ({ name }: ParameterDescription) => ({
  label: say(`parameter.${name}.label`),
  help: say(`parameter.${name}.help`),
});

function Help({ id, children }: { readonly id?: string; readonly children: ReactNode }) {
  return (
    <div id={id} className="text-muted-foreground text-xs">
      {children}
    </div>
  );
}

function NumberField({ parameter, value, disabled, onChange }: Props<'number'>) {
  const { name, unit, least, most, whole } = parameter;
  const { label, help } = wordsOf(parameter);
  const word = parameter.word && say(`parameter.word.${parameter.word}`);
  // What is being typed: it need not be a number yet.
  const [typed, setTyped] = useState<string>();
  const helpId = useId();
  const isWord = parameter.word !== undefined && value === parameter.word;
  const span = most - least;
  const step = whole ? 1 : span > 20 ? 5 : span > 5 ? 0.5 : 0.1;
  return (
    <div>
      <label className="flex items-center justify-between gap-2">
        <span className="text-muted-foreground">
          {unit ? say('implant.withUnit', { label, unit }) : label}
        </span>
        <Input
          data-cy={`cranioplasty-implant-${name}`}
          className="h-7 w-20"
          type="number"
          aria-describedby={helpId}
          min={least}
          max={most}
          step={step}
          value={typed ?? (isWord ? '' : String(value))}
          placeholder={isWord && word ? say('implant.likeWord', { word }) : undefined}
          disabled={disabled || isWord}
          onChange={({ target }) => {
            setTyped(target.value);
            const number = Number.parseFloat(target.value);
            if (Number.isFinite(number)) onChange({ [name]: number });
          }}
          onBlur={() => setTyped(undefined)}
        />
      </label>
      {word && (
        <label className="text-muted-foreground flex items-center justify-end gap-2">
          {say('implant.asWord', { word })}
          <input
            type="checkbox"
            data-cy={`cranioplasty-implant-${name}-${parameter.word}`}
            checked={isWord}
            disabled={disabled}
            onChange={({ target }) =>
              onChange({ [name]: target.checked ? parameter.word : undefined })
            }
          />
        </label>
      )}
      <Help id={helpId}>{say('implant.range', { range: describeRange(parameter), help })}</Help>
    </div>
  );
}

function AxisField({ parameter, value, disabled, onChange, onAxisFromView }: Props<'axis'>) {
  const { name, word } = parameter;
  const { label, help } = wordsOf(parameter);
  const automatic = !Array.isArray(value);
  return (
    <div>
      <div className="flex items-baseline justify-between gap-2">
        <span className="text-muted-foreground">{label}</span>
        <span data-cy={`cranioplasty-implant-${name}`} className="text-right">
          {automatic
            ? say(`parameter.word.${word}`)
            : describeAxis([value[0], value[1], value[2]], say)}
        </span>
      </div>
      <div className="flex flex-wrap gap-2 py-1">
        <Button
          data-cy="cranioplasty-implant-axis-from-view"
          variant="secondary"
          size="sm"
          disabled={disabled}
          onClick={onAxisFromView}
        >
          {say('implant.axis.fromView')}
        </Button>
        <Button
          data-cy="cranioplasty-implant-axis-automatic"
          variant="secondary"
          size="sm"
          disabled={disabled || automatic}
          onClick={() => onChange({ [name]: undefined })}
        >
          {say('implant.axis.automatic')}
        </Button>
      </div>
      <Help>{help}</Help>
    </div>
  );
}
