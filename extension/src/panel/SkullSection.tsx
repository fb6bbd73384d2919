import { Button, Input } from '@ohif/ui-next';
import { useId, useState, type ReactNode } from 'react';
import { thresholdLimits } from '../engine/bone/segmentBone.ts';
import type { SkullSource } from '../viewer/skullSource.ts';
import { say } from '../words/say.ts';
import { Choice, Fold, Notice } from './parts.tsx';

interface Props {
  readonly sources: readonly SkullSource[];
  readonly chosenKey: string | undefined;
  readonly threshold: number;
  readonly disabled: boolean;
  readonly onChoose: (key: string) => void;
  readonly onThreshold: (threshold: number) => void;
  readonly onSegment: () => void;
  /** What else can be done with the CT. */
  readonly children?: ReactNode;
}

/** Which segment is the defective skull, or how to get one from the CT. */
export function SkullSection(props: Props) {
  const { sources, chosenKey, disabled, onChoose } = props;
  return (
    <div className="flex flex-col gap-2 p-2 text-sm">
      <Choice
        data-cy="cranioplasty-skull-source"
        label={say('skull.segment')}
        none={sources.length === 0 ? say('skull.none') : undefined}
        items={sources}
        value={chosenKey ?? ''}
        disabled={disabled || sources.length === 0}
        onChoose={onChoose}
      />
      <Fold level="part" title={say('skull.fromCt')} open={sources.length === 0}>
        <FromCt {...props} />
        {props.children}
      </Fold>
    </div>
  );
}

function FromCt({ threshold, disabled, onThreshold, onSegment }: Props) {
  const { least, most } = thresholdLimits;
  const id = useId();
  // What is typed is a threshold only once it is whole: 25 on the way to 250 is none.
  const [wrong, setWrong] = useState<string>();
  const type = (typed: string): void => {
    const value = typed.trim() ? Number(typed) : NaN;
    const fits = value >= least && value <= most;
    setWrong(fits ? undefined : typed);
    if (fits) onThreshold(value);
  };
  return (
    <>
      <div className="flex items-end gap-2">
        <div className="text-muted-foreground flex flex-col gap-1">
          <label htmlFor={id}>{say('skull.threshold')}</label>
          <Input
            data-cy="cranioplasty-threshold"
            id={id}
            className="h-7 w-20"
            type="number"
            min={least}
            max={most}
            step={10}
            value={wrong ?? threshold}
            aria-invalid={String(wrong !== undefined)}
            disabled={disabled}
            onChange={(event) => type(event.target.value)}
          />
        </div>
        <Button
          data-cy="cranioplasty-segment-bone"
          variant="secondary"
          size="sm"
          disabled={disabled || wrong !== undefined}
          title={say('skull.segmentBone.help')}
          onClick={onSegment}
        >
          {say('skull.segmentBone')}
        </Button>
      </div>
      {wrong !== undefined && (
        <Notice tone="error" role="alert" data-cy="cranioplasty-threshold-wrong">
          {say('skull.thresholdWrong', { least, most })}
        </Notice>
      )}
    </>
  );
}
