import { Button } from '@ohif/ui-next';
import { siteOf } from '../../engine/shape/site.ts';
import type { Vec3 } from '../../engine/space/grid.ts';
import { describeAxis } from '../../services/implantWords.ts';
import {
  implantKinds,
  type ChosenParameters,
  type ImplantColours,
  type ImplantKind,
} from '../../state/implantChoices.ts';
import {
  isEdited,
  shownDesign,
  type StudyResult,
  type StudyState,
} from '../../state/studyState.ts';
import type { ImplantDesign } from '../../worker/protocol.ts';
import { say, translate } from '../../words/say.ts';
import { describeSite, formatNumber } from '../format.ts';
import { Choice, Fold, Notice, Row, Toggle } from '../parts.tsx';
import { ImplantChecks } from './ImplantChecks.tsx';
import { ImplantColourChoice } from './ImplantColourChoice.tsx';
import { ImplantParameterList } from './ImplantParameterList.tsx';

interface Props {
  readonly result: StudyResult;
  readonly choices: StudyState['implant'];
  readonly designing: boolean;
  readonly disabled: boolean;
  readonly onKind: (kind: ImplantKind) => void;
  readonly onPiece: (piece: number) => void;
  readonly onChange: (change: ChosenParameters) => void;
  readonly onAxisFromView: () => void;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onReset: () => void;
  readonly onTakeBackEdits: () => void;
  readonly onLower: () => void;
  readonly onColours: (colours: ImplantColours) => void;
  readonly onShowAxis: (show: boolean) => void;
  readonly onLookAt: (position: Vec3) => void;
}

/** The implant: designed by which parameters, and what is to be said of it. */
export function ImplantSection(props: Props) {
  const { result, choices, designing, disabled } = props;
  const edited = isEdited(result, 'implant');
  const design = shownDesign(result);
  return (
    <Fold title={say('implant.title')}>
      <div
        data-cy="cranioplasty-implant"
        data-designing={designing || (result.undesigned && choices.kind === 'designed')}
        className="flex flex-col gap-2 p-2 text-sm"
      >
        <Choice
          data-cy="cranioplasty-implant-kind"
          label={say('implant.kind')}
          items={implantKinds.map((key) => ({ key, label: say(`implant.kind.${key}`) }))}
          value={choices.kind}
          disabled={disabled || edited}
          onChoose={(kind) => props.onKind(kind as ImplantKind)}
        />
        {edited && <TakeBack {...props} />}
        {choices.kind === 'predicted' ? (
          <div className="text-muted-foreground">{say('implant.predicted')}</div>
        ) : (
          <>
            <PieceChoice {...props} />
            {result.designProblem && (
              <Notice tone="error" role="alert" data-cy="cranioplasty-implant-problem">
                {translate(result.designProblem)}{' '}
                {say(design ? 'implant.ofBefore' : 'implant.isPredicted')}
              </Notice>
            )}
            <ImplantParameterList {...props} />
            {design && <Figures design={design} designing={designing} />}
            {design && (
              <Toggle
                data-cy="cranioplasty-implant-show-axis"
                label={say('implant.showAxis')}
                checked={choices.showAxis}
                onChange={props.onShowAxis}
              />
            )}
            {design && !edited && (
              <ImplantColourChoice
                design={design.implant}
                unmapped={result.unmapped === true}
                colours={choices.colours}
                onColours={props.onColours}
              />
            )}
            {design && (
              <div>
                <Button
                  data-cy="cranioplasty-implant-lower"
                  variant="secondary"
                  size="sm"
                  onClick={props.onLower}
                >
                  {say('implant.lower')}
                </Button>
              </div>
            )}
            {design && <ImplantChecks checks={design.implant.checks} onLookAt={props.onLookAt} />}
          </>
        )}
      </div>
    </Fold>
  );
}

function TakeBack({ choices, disabled, onTakeBackEdits }: Props) {
  return (
    <Notice tone="warning" role="status" data-cy="cranioplasty-implant-edited">
      <div>{say(choices.kind === 'designed' ? 'implant.editedDesign' : 'implant.edited')}</div>
      <Button
        data-cy="cranioplasty-implant-take-back"
        variant="secondary"
        size="sm"
        disabled={disabled}
        onClick={onTakeBackEdits}
      >
        {say('implant.takeBack')}
      </Button>
    </Notice>
  );
}

/** Which of several defects the implant is for. */
function PieceChoice({ result: { pieces, reconstruction }, choices, disabled, onPiece }: Props) {
  if (pieces.length < 2) return null;
  return (
    <Choice
      data-cy="cranioplasty-implant-piece"
      label={say('implant.piece')}
      none={choices.piece === undefined ? say('implant.piece.none') : undefined}
      items={pieces.map(({ volume, middle }, piece) => ({
        key: String(piece + 1),
        label: say('pieces.piece', {
          number: piece + 1,
          site: describeSite(siteOf(middle, reconstruction.alignment.toCanonical)),
          volume: formatNumber(volume, 1),
        }),
      }))}
      value={choices.piece === undefined ? '' : String(choices.piece)}
      disabled={disabled}
      onChoose={(key) => key && onPiece(Number(key))}
    />
  );
}

function Figures({
  design: { implant },
  designing,
}: {
  readonly design: ImplantDesign;
  readonly designing: boolean;
}) {
  const { volume, mass, axis, tilt, undercut, meshes } = implant;
  return (
    <div data-cy="cranioplasty-implant-figures">
      <div className="text-foreground font-semibold" role="status">
        {say(designing ? 'implant.designing' : 'implant.design')}
      </div>
      <Row name={say('figure.volume')} help={say('figure.volume.help')}>
        {formatNumber(volume, 1)} ml
      </Row>
      <Row name={say('implant.mass')}>{formatNumber(mass, 1)} g</Row>
      {meshes.length > 1 && <Row name={say('implant.pieces')}>{meshes.length}</Row>}
      <Row name={say('implant.undercut')} help={say('implant.undercut.help')}>
        {formatNumber(undercut.volume, 2)} ml
      </Row>
      <Row name={say('implant.axis')}>{describeAxis(axis, say)}</Row>
      <Row name={say('implant.tilt')}>{formatNumber(tilt, 0)}°</Row>
    </div>
  );
}
