import type { CaseIdentity } from '../dicom/ct/caseIdentity.ts';
import { coarse, isCoarse } from '../dicom/ct/ctSummary.ts';
import type { CtChoice, CtReference } from '../viewer/ViewerPort.ts';
import { say } from '../words/say.ts';
import { describeCt, formatLength } from './format.ts';
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
  const { thickness } = shown?.summary ?? {};
  const date = studyDate ?? '–';
  return (
    <div data-cy="cranioplasty-case" className="flex flex-col gap-1 px-2 pt-1">
      <div data-cy="cranioplasty-patient" className="text-foreground">
        <div className="font-semibold">{patientName ?? say('case.noName')}</div>
        <div>{say('case.idAndBirth', { id: patientId ?? '–', born: birthDate ?? '–' })}</div>
        <div>
          {accession
            ? say('case.studyAndAccession', { date, accession })
            : say('case.study', { date })}
        </div>
      </div>
      <Choice
        data-cy="cranioplasty-ct"
        label={say('case.series')}
        items={cts.map((choice, rank) => {
          const series = `${choice.ct.label}: ${describeCt(choice.summary)}`;
          return {
            key: choice.ct.seriesInstanceUID,
            label: rank === 0 && cts.length > 1 ? say('case.best', { series }) : series,
          };
        })}
        value={ct.seriesInstanceUID}
        disabled={disabled || cts.length < 2}
        onChoose={onCt}
      />
      {thickness !== undefined && isCoarse({ thickness }) && (
        <Notice tone="warning" role="alert" data-cy="cranioplasty-ct-warning">
          {say('case.thick', { thickness: formatLength(thickness), most: coarse })}
        </Notice>
      )}
    </div>
  );
}
