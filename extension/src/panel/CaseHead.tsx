import type { CaseIdentity } from '../dicom/ct/caseIdentity.ts';
import { describeCt, warnOfThickness } from '../dicom/ct/ctSummary.ts';
import type { CtChoice, CtReference } from '../viewer/ViewerPort.ts';
import { Choice, Notice } from './parts.tsx';

interface Props {
  readonly ct: CtReference;
  readonly identity: CaseIdentity;
  /** The CT series of the study, the best one first. */
  readonly cts: readonly CtChoice[];
  readonly disabled: boolean;
  readonly onCt: (seriesInstanceUID: string) => void;
}

/** Whose images are worked on, and which series, with what one should know of it. */
export function CaseHead({ ct, identity, cts, disabled, onCt }: Props) {
  const { patientName, patientId, birthDate, studyDate, accession } = identity;
  const shown = cts.find((choice) => choice.ct.seriesInstanceUID === ct.seriesInstanceUID);
  const warning = shown && warnOfThickness(shown.summary);
  return (
    <div data-cy="cranioplasty-case" className="flex flex-col gap-1 px-2 pt-1">
      <div data-cy="cranioplasty-patient" className="text-foreground">
        <div className="font-semibold">{patientName ?? 'No name'}</div>
        <div>
          ID {patientId ?? '–'}, born {birthDate ?? '–'}
        </div>
        <div>
          Study of {studyDate ?? '–'}
          {accession ? `, accession ${accession}` : ''}
        </div>
      </div>
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
