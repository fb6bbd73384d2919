import { Button } from '@ohif/ui-next';
import { say } from '../../words/say.ts';
import { Notice } from '../parts.tsx';

interface Props {
  /** Whether the patch was changed by hand. */
  readonly patchEdited: boolean;
  readonly disabled: boolean;
  readonly onUpdate: (keepEdits: boolean) => void;
}

/** Offers to run again on a skull that was edited, and asks what is to become of the edits of the patch. */
export function UpdateOffer({ patchEdited, disabled, onUpdate }: Props) {
  const choices = patchEdited
    ? ([
        ['keep', say('update.keep'), true],
        ['drop', say('update.drop'), false],
      ] as const)
    : ([['start', say('update.start'), false]] as const);
  return (
    <Notice tone="warning" role="status" data-cy="cranioplasty-update">
      <div>{say('update.offer')}</div>
      <div className="flex flex-wrap gap-2 py-1">
        {choices.map(([name, label, keepEdits]) => (
          <Button
            key={name}
            data-cy={`cranioplasty-update-${name}`}
            size="sm"
            variant={name === 'drop' ? 'secondary' : undefined}
            disabled={disabled}
            onClick={() => onUpdate(keepEdits)}
          >
            {label}
          </Button>
        ))}
      </div>
      {patchEdited && <div>{say('update.dropped')}</div>}
    </Notice>
  );
}
