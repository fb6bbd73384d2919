import { describeCt, warnOfThickness } from '../dicom/ct/ctSummary.ts';
import type { CtChoice, CtReference } from '../viewer/ViewerPort.ts';
import { Choice, Notice } from './parts.tsx';

interface Props {
  readonly ct: CtReference;
  /** The CT series of the study, the best one first. */
  readonly cts: readonly CtChoice[];
  readonly disabled: boolean;
  readonly onCt: (seriesInstanceUID: string) => void;
}

/** What is worked on: the series, with what one should know of it. */
export function CaseHead({ ct, cts, disabled, onCt }: Props) {
  const shown = cts.find((choice) => choice.ct.seriesInstanceUID === ct.seriesInstanceUID);
  const warning = shown && warnOfThickness(shown.summary);
  return (
    <div data-cy="cranioplasty-case" className="flex flex-col gap-1 px-2 pt-1">
      <Choice
        data-cy="cranioplasty-ct"
        label="CT series"
        items={cts.map((choice, rank) => ({
          key: choice.ct.seriesInstanceUID,
          label: `${choice.ct.label}: ${describeCt(choice.summary)}${rank === 0 && cts.length > 1 ? ' (best suited)' : ''}`,
        }))}
        value={ct.seriesInstanceUID}
        disabled={disabled || cts.length < 2}
        onChoose={onCt}
      />
      {warning && (
        <Notice tone="warning" role="alert" data-cy="cranioplasty-ct-warning">
          {warning}
        </Notice>
      )}
    </div>
  );
}
