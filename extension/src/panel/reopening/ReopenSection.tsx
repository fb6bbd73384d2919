import { Button } from '@ohif/ui-next';
import { useState } from 'react';
import type { Reopened } from '../../state/studyState.ts';
import type { StoredResult } from '../../viewer/storedResult.ts';
import { nameOfStored } from '../../services/reopening/nameOfStored.ts';
import { say, translate } from '../../words/say.ts';
import { Choice, Notice } from '../parts.tsx';

interface Props {
  /** The latest first. */
  readonly stored: readonly StoredResult[];
  /** Of the result that is shown. */
  readonly reopened: Reopened | undefined;
  readonly disabled: boolean;
  /** @param sopInstanceUID of its segmentation */
  readonly onReopen: (sopInstanceUID: string) => void;
}

/** Results that the study holds, to go on with; and what one lacks that was opened again. */
export function ReopenSection({ stored, reopened, disabled, onReopen }: Props) {
  const [chosen, setChosen] = useState<string>();
  const one = stored.find((result) => keyOf(result) === chosen) ?? stored.at(0);
  if (!one && !reopened) return null;
  return (
    <div data-cy="cranioplasty-reopening" className="flex flex-col gap-1 px-2 py-2 text-sm">
      {reopened && <WhatIsMissing {...reopened} />}
      {one && stored.length > 1 && (
        <Choice
          data-cy="cranioplasty-stored-results"
          label={say('reopen.choose')}
          items={stored.map((result) => ({ key: keyOf(result), label: nameOfStored(result) }))}
          value={keyOf(one)}
          disabled={disabled}
          onChoose={setChosen}
        />
      )}
      {one && (
        <div className="flex items-center justify-between gap-2">
          {stored.length === 1 && (
            <span data-cy="cranioplasty-stored-result" className="text-muted-foreground">
              {say('reopen.one', { name: nameOfStored(one) })}
            </span>
          )}
          <Button
            data-cy="cranioplasty-reopen"
            variant="secondary"
            size="sm"
            disabled={disabled}
            title={say('reopen.help')}
            onClick={() => onReopen(keyOf(one))}
          >
            {say('reopen.open')}
          </Button>
        </div>
      )}
    </div>
  );
}

const keyOf = ({ segmentation }: StoredResult): string => segmentation.sopInstanceUID;

function WhatIsMissing({ made, missing }: Reopened) {
  // Of the designed implant the surface is stored too.
  const what = `${made ? say('reopen.opened', { made }) : say('reopen.openedUnknown')} ${say('reopen.redrawn')}`;
  if (missing.length === 0) {
    return (
      <div data-cy="cranioplasty-reopened" role="status" className="text-muted-foreground">
        {what}
      </div>
    );
  }
  return (
    <Notice tone="warning" role="status" data-cy="cranioplasty-reopened">
      <div>
        {what} {say('reopen.missing')}
      </div>
      <ul className="list-disc pl-4">
        {missing.map((lack) => (
          <li key={lack.message}>{translate(lack)}</li>
        ))}
      </ul>
    </Notice>
  );
}
