import { termsOf } from '../../models.ts';
import { currentWarnings } from '../../services/shapes/resultParts.ts';
import { shapeNames, shapeStyles } from '../../state/shapes.ts';
import { isPatchChanged, type StudyResult } from '../../state/studyState.ts';
import { say, translate } from '../../words/say.ts';
import { Fold, FoldedWarning, Swatch, Toggle } from '../parts.tsx';
import { AlternativesSection } from './AlternativesSection.tsx';
import { ConfidenceSection } from './ConfidenceSection.tsx';
import { FiguresSection } from './FiguresSection.tsx';
import { FilesSection } from './FilesSection.tsx';
import { LookSection } from './LookSection.tsx';
import { PiecesSection } from './PiecesSection.tsx';
import { RehearsalSection } from './RehearsalSection.tsx';
import { Summary } from './Summary.tsx';
import { UpdateOffer } from './UpdateOffer.tsx';
import type { ResultProps } from './resultProps.ts';

/** The result: what it is, saving it, what one must know of it; the rest is folded. */
export function ResultSection(props: ResultProps) {
  const { result } = props;
  const { reconstruction } = result;
  const terms = termsOf(reconstruction.model);
  return (
    <div data-cy="cranioplasty-result" className="flex flex-col gap-1 p-2 text-sm">
      {props.skullEdited && (
        <UpdateOffer
          patchEdited={isPatchChanged(result)}
          disabled={props.disabled}
          onUpdate={props.onUpdate}
        />
      )}
      <Summary {...props} />
      <Warnings result={result} />
      {terms && (
        <div data-cy="cranioplasty-model-terms" style={{ color: '#fbbf24' }}>
          {terms}
        </div>
      )}
      <Visibility {...props} />
      <Pieces {...props} />
      <Fold title={say('figures.title')}>
        <FiguresSection result={result} />
      </Fold>
      <Fold title={say('confidence.title')}>
        <ConfidenceSection
          result={result}
          shown={props.showDisagreement}
          onShow={props.onShowDisagreement}
        />
        <AlternativesSection {...props} />
        <RehearsalSection
          rehearsal={result.rehearsal}
          disabled={props.disabled}
          onRehearse={props.onRehearse}
        />
      </Fold>
      <Fold title={say('look.title')}>
        <LookSection {...props} />
      </Fold>
      <Fold title={say('files.title')}>
        <FilesSection {...props} />
      </Fold>
    </div>
  );
}

function Warnings({ result }: { readonly result: StudyResult }) {
  // What it ran on changes nothing of the shapes: last.
  const warnings = [...currentWarnings(result)].sort(
    (a, b) => Number(a.code === 'fell-back') - Number(b.code === 'fell-back'),
  );
  if (warnings.length === 0) return null;
  return (
    <div data-cy="cranioplasty-warnings" role="alert">
      {warnings.map((warning) => (
        <FoldedWarning
          key={`${warning.code} ${warning.message}`}
          title={say(`warning.${warning.code}`)}
        >
          {translate(warning)}
        </FoldedWarning>
      ))}
    </div>
  );
}

/** Which shapes are to be seen, in the planes and in 3D. */
function Visibility({ appearance, onAppearance }: ResultProps) {
  return (
    <div>
      {shapeNames.map((shape) => (
        <Toggle
          key={shape}
          data-cy={`cranioplasty-visible-${shape}`}
          label={say(`shape.${shape}`)}
          before={<Swatch rgb={shapeStyles[shape].rgb} />}
          checked={appearance[shape].visible}
          onChange={(visible) => onAppearance(shape, { visible })}
        />
      ))}
    </div>
  );
}

function Pieces({ result, disabled, onLookAt, onLeaveOut, onBringBack }: ResultProps) {
  const { pieces, leftOut, reconstruction } = result;
  if (pieces.length < 2 && leftOut.length === 0) return null;
  return (
    <Fold title={say('pieces.title')} open>
      <PiecesSection
        pieces={pieces}
        toCanonical={reconstruction.alignment.toCanonical}
        leftOut={leftOut}
        disabled={disabled}
        onLookAt={onLookAt}
        onLeaveOut={onLeaveOut}
        onBringBack={onBringBack}
      />
    </Fold>
  );
}
