import { Button, Input, PanelSection } from '@ohif/ui-next';
import type { SkullSource } from '../viewer/skullSource.ts';
import { Choice } from './parts.tsx';

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
                min={100}
                max={1000}
                step={10}
                value={threshold}
                disabled={disabled}
                onChange={(event) => onThreshold(Number(event.target.value))}
              />
            </label>
            <Button
              data-cy="cranioplasty-segment-bone"
              variant="secondary"
              size="sm"
              disabled={disabled}
              title="Bone above the threshold, largest connected piece, without head rest and table"
              onClick={onSegment}
            >
              Segment bone from CT
            </Button>
          </div>
        </div>
      </PanelSection.Content>
    </PanelSection>
  );
}
