import { Button, Input, PanelSection } from '@ohif/ui-next';
import { useState } from 'react';
import { thresholdLimits } from '../engine/bone/segmentBone.ts';
import type { SkullSource } from '../viewer/skullSource.ts';
import { Choice, Notice } from './parts.tsx';

interface Props {
  readonly sources: readonly SkullSource[];
  readonly chosenKey: string | undefined;
  readonly threshold: number;
  readonly disabled: boolean;
  readonly onChoose: (key: string) => void;
  readonly onThreshold: (threshold: number) => void;
  readonly onSegment: () => void;
}

/** Which segment is the defective skull, or how to get one from the CT. */
export function SkullSection(props: Props) {
  const { sources, chosenKey, threshold, disabled, onChoose, onThreshold, onSegment } = props;
  const { least, most } = thresholdLimits;
  // What is typed is a threshold only once it is whole: 25 on the way to 250 is none.
  const [wrong, setWrong] = useState<string>();
  const type = (typed: string): void => {
    const value = typed.trim() ? Number(typed) : NaN;
    const fits = value >= least && value <= most;
    setWrong(fits ? undefined : typed);
    if (fits) onThreshold(value);
  };
  return (
    <PanelSection>
      <PanelSection.Header>Skull</PanelSection.Header>
      <PanelSection.Content>
        <div className="flex flex-col gap-2 p-2 text-sm">
          <Choice
            data-cy="cranioplasty-skull-source"
            label="Segment of the defective skull"
            none={sources.length === 0 ? 'None yet: segment bone below' : undefined}
            items={sources}
            value={chosenKey ?? ''}
            disabled={disabled || sources.length === 0}
            onChoose={onChoose}
          />
          <div className="flex items-end gap-2">
            <label className="text-muted-foreground flex flex-col gap-1">
              Threshold, HU
              <Input
                data-cy="cranioplasty-threshold"
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
            </label>
            <Button
              data-cy="cranioplasty-segment-bone"
              variant="secondary"
              size="sm"
              disabled={disabled || wrong !== undefined}
              title="Bone above the threshold, largest connected piece, without head rest and table"
              onClick={onSegment}
            >
              Segment bone from CT
            </Button>
          </div>
          {wrong !== undefined && (
            <Notice tone="error" role="alert" data-cy="cranioplasty-threshold-wrong">
              Give a threshold from {least} to {most} HU; 200 to 300 is usual in an adult.
            </Notice>
          )}
        </div>
      </PanelSection.Content>
    </PanelSection>
  );
}
