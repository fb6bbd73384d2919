import { Button, PanelSection } from '@ohif/ui-next';
import type { Vec3 } from '../../engine/space/grid.ts';
import { describeAxis } from '../../services/implantWords.ts';
import type { ChosenParameters, ImplantKind } from '../../state/implantChoices.ts';
import {
  isEdited,
  shownDesign,
  type StudyResult,
  type StudyState,
} from '../../state/studyState.ts';
import type { ImplantDesign } from '../../worker/protocol.ts';
import { formatNumber } from '../format.ts';
import { Choice, Notice, Row, Toggle } from '../parts.tsx';
import { ImplantChecks } from './ImplantChecks.tsx';
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
  readonly onShowAxis: (show: boolean) => void;
  readonly onLookAt: (position: Vec3) => void;
}

/** The implant: designed by which parameters, and what is to be said of it. */
export function ImplantSection(props: Props) {
  const { result, choices, designing, disabled } = props;
  const edited = isEdited(result, 'implant');
  const design = shownDesign(result);
  return (
    <PanelSection>
      <PanelSection.Header>Implant</PanelSection.Header>
      <PanelSection.Content>
        <div
          data-cy="cranioplasty-implant"
          data-designing={designing || (result.undesigned && choices.kind === 'designed')}
          className="flex flex-col gap-2 p-2 text-sm"
        >
          <Choice
            data-cy="cranioplasty-implant-kind"
            label="Implant to show, measure and store"
            items={[
              { key: 'designed', label: 'Designed from the patch' },
              { key: 'predicted', label: 'As predicted by the network' },
            ]}
            value={choices.kind}
            disabled={disabled || edited}
            onChoose={(kind) => props.onKind(kind as ImplantKind)}
          />
          {edited && <TakeBack {...props} />}
          {choices.kind === 'predicted' ? (
            <div className="text-muted-foreground">
              Thickness, clearance and way in are as the network draws them, and are not checked.
            </div>
          ) : (
            <>
              <PieceChoice {...props} />
              {result.designProblem !== undefined && (
                <Notice tone="error" role="alert" data-cy="cranioplasty-implant-problem">
                  {result.designProblem}{' '}
                  {design
                    ? 'The implant is still that of before.'
                    : 'The implant is the predicted one.'}
                </Notice>
              )}
              <ImplantParameterList {...props} />
              {design && <Figures design={design} designing={designing} />}
              {design && (
                <Toggle
                  data-cy="cranioplasty-implant-show-axis"
                  label="Show the insertion axis in 3D"
                  explanation="Show the insertion axis in 3D"
                  checked={choices.showAxis}
                  onChange={props.onShowAxis}
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
                    Lower it into the defect in 3D
                  </Button>
                </div>
              )}
              {design && <ImplantChecks checks={design.implant.checks} onLookAt={props.onLookAt} />}
            </>
          )}
        </div>
      </PanelSection.Content>
    </PanelSection>
  );
}

function TakeBack({ choices, disabled, onTakeBackEdits }: Props) {
  return (
    <Notice tone="warning" role="status" data-cy="cranioplasty-implant-edited">
      <div>
        The implant was edited by hand
        {choices.kind === 'designed' &&
          ': it no longer follows patch and parameters, and the checks are of before'}
        .
      </div>
      <Button
        data-cy="cranioplasty-implant-take-back"
        variant="secondary"
        size="sm"
        disabled={disabled}
        onClick={onTakeBackEdits}
      >
        Take the edits back
      </Button>
    </Notice>
  );
}

/** Which of several defects the implant is for. */
function PieceChoice({ result: { pieces }, choices, disabled, onPiece }: Props) {
  if (pieces.length < 2) return null;
  return (
    <Choice
      data-cy="cranioplasty-implant-piece"
      label="Piece of the patch to design for"
      none={choices.piece === undefined ? 'None chosen' : undefined}
      items={pieces.map(({ volume }, piece) => ({
        key: String(piece + 1),
        label: `${piece + 1}: ${formatNumber(volume, 1)} ml`,
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
        {designing ? 'Designing: the figures are of before' : 'Design'}
      </div>
      <Row name="Volume">{formatNumber(volume, 1)} ml</Row>
      <Row name="Mass">{formatNumber(mass, 1)} g</Row>
      {meshes.length > 1 && <Row name="Pieces">{meshes.length}</Row>}
      <Row name="Undercut taken away" help="Of the implant that bone would block on its way in.">
        {formatNumber(undercut.volume, 2)} ml
      </Row>
      <Row name="Way out of the defect">{describeAxis(axis)}</Row>
      <Row name="Its angle to the mean normal">{formatNumber(tilt, 0)}°</Row>
    </div>
  );
}
