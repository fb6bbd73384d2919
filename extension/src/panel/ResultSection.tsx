import { Button, Input, PanelSection } from '@ohif/ui-next';
import type { Vec3 } from '../engine/space/grid.ts';
import { termsOf } from '../models.ts';
import type { CranioplastyService } from '../services/CranioplastyService.ts';
import { countResults } from '../services/implantWords.ts';
import { currentWarnings } from '../services/shapes/resultParts.ts';
import { resultShapes, shapeNames, shapeStyles, type ResultShape } from '../state/shapes.ts';
import type { ShapeName } from '../state/shapes.ts';
import type { ShapeAppearance } from '../viewer/ViewerPort.ts';
import {
  isEdited,
  shownDesign,
  type OutputSettings,
  type StudyResult,
  type StudyState,
} from '../state/studyState.ts';
import { describeProvider, formatNumber, formatTime } from './format.ts';
import { Choice, Notice, Row, Toggle } from './parts.tsx';
import { ConfidenceSection } from './ConfidenceSection.tsx';
import { PiecesSection } from './PiecesSection.tsx';
import { RehearsalSection } from './RehearsalSection.tsx';
import { ShapeRow } from './ShapeRow.tsx';

interface Props {
  readonly result: StudyResult;
  readonly appearance: StudyState['appearance'];
  readonly showDisagreement: boolean;
  /** What brush and eraser change. */
  readonly brush: ReturnType<CranioplastyService['brush']>;
  readonly outputs: OutputSettings;
  /** Who is logged in. */
  readonly userName: string | undefined;
  readonly onOutputs: (change: Partial<OutputSettings>) => void;
  readonly disabled: boolean;
  readonly onAppearance: (shape: ShapeName, change: Partial<ShapeAppearance>) => void;
  readonly onShowDisagreement: (show: boolean) => void;
  readonly onLookAt: (position: Vec3) => void;
  /** Takes a piece of the patch, by its number, out of the result. */
  readonly onLeaveOut: (piece: number) => void;
  /** Brings back the piece that was left out last. */
  readonly onBringBack: () => void;
  readonly onBrush: (shape: ResultShape) => void;
  readonly onRehearse: () => void;
  readonly onSave: () => void;
  readonly onDownloadSeg: () => void;
  readonly onDownloadReport: () => void;
  readonly onDownloadStl: (shape: ResultShape) => void;
  readonly onDownload3mf: () => void;
}

/** The two shapes: how they look, what they measure, how they were made and where they go. */
export function ResultSection(props: Props) {
  const { result, appearance, onAppearance } = props;
  const { reconstruction, pieces, leftOut } = result;
  const warnings = currentWarnings(result);
  return (
    <PanelSection>
      <PanelSection.Header>Result</PanelSection.Header>
      <PanelSection.Content>
        <div data-cy="cranioplasty-result" className="flex flex-col gap-2 p-2 text-sm">
          {warnings.length > 0 && (
            <div data-cy="cranioplasty-warnings" role="alert">
              {warnings.map(({ code, message }) => (
                <Notice key={`${code} ${message}`} tone="warning">
                  {message}
                </Notice>
              ))}
            </div>
          )}
          {(pieces.length > 1 || leftOut.length > 0) && (
            <PiecesSection
              pieces={pieces}
              leftOut={leftOut}
              disabled={props.disabled}
              onLookAt={props.onLookAt}
              onLeaveOut={props.onLeaveOut}
              onBringBack={props.onBringBack}
            />
          )}
          <div>
            {shapeNames.map((shape) => (
              <ShapeRow
                key={shape}
                shape={shape}
                appearance={appearance[shape]}
                onChange={(change) => onAppearance(shape, change)}
              />
            ))}
          </div>
          <BrushChoice {...props} />
          <Measurements shape="patch" result={result} />
          <Measurements shape="implant" result={result} />
          {(reconstruction.agreement ?? reconstruction.deviation) && isEdited(result, 'patch') && (
            <div className="text-muted-foreground">Of the patch before it was edited:</div>
          )}
          <ConfidenceSection
            of={reconstruction}
            shown={props.showDisagreement}
            onShow={props.onShowDisagreement}
          />
          <RehearsalSection
            rehearsal={result.rehearsal}
            disabled={props.disabled}
            onRehearse={props.onRehearse}
          />
          <Provenance result={result} />
          <Outputs {...props} />
        </div>
      </PanelSection.Content>
    </PanelSection>
  );
}

/** The viewer's own tools edit; which shape is chosen here, for all planes. */
function BrushChoice({ brush: { shape, hidden }, disabled, onBrush }: Props) {
  return (
    <div>
      <Choice
        data-cy="cranioplasty-brush"
        label="Brush and eraser change"
        none={shape === undefined ? 'Another segmentation' : undefined}
        items={resultShapes.map((key) => ({ key, label: shapeStyles[key].label }))}
        value={shape ?? ''}
        disabled={disabled}
        onChoose={(key) => onBrush(key as ResultShape)}
      />
      {shape && hidden && (
        <span data-cy="cranioplasty-brush-hidden" className="text-muted-foreground">
          It is hidden: brush and eraser change nothing until it is shown.
        </span>
      )}
    </div>
  );
}

function Measurements({
  shape,
  result,
}: {
  readonly shape: ResultShape;
  readonly result: StudyResult;
}) {
  const values = result.shapes[shape].measurements;
  const design = shownDesign(result);
  return (
    <div data-cy={`cranioplasty-measurements-${shape}`}>
      <div className="text-foreground font-semibold">{shapeStyles[shape].label}</div>
      {isEdited(result, shape) && (
        <div data-cy={`cranioplasty-edited-${shape}`} role="status" style={{ color: '#fbbf24' }}>
          {result.unmeasured.includes(shape)
            ? 'Edited: being measured again, the figures are of before'
            : 'Edited by hand'}
        </div>
      )}
      {values.volume === 0 && (
        <Notice tone="warning">There is none: nothing of it is saved.</Notice>
      )}
      <Row name="Volume">{formatNumber(values.volume, 1)} ml</Row>
      <Row name="Outer area">{formatNumber(values.outerArea, 1)} cm²</Row>
      <Row name="Thickness, mean (max)">
        {formatNumber(values.meanThickness, 1)} ({formatNumber(values.maxThickness, 1)}) mm
      </Row>
      <Row name="Largest extent">{formatNumber(values.extent, 0)} mm</Row>
      {shape === 'implant' && (
        <Row
          name={design ? 'Checks of the design' : 'Design'}
          help={result.designProblem ?? 'What was checked is in the section Implant.'}
        >
          {design ? countResults(design.implant.checks) : 'none: as predicted'}
        </Row>
      )}
    </div>
  );
}

function Provenance({ result }: { readonly result: StudyResult }) {
  const { reconstruction, provider, elapsed, skullSource } = result;
  const { model, alignment } = reconstruction;
  const terms = termsOf(model);
  return (
    <div>
      <div className="text-foreground font-semibold">How it was made</div>
      <Row name="Skull">{skullSource.label}</Row>
      <Row name="Alignment residual">{formatNumber(alignment.residual, 2)} mm</Row>
      <Row name="Model">
        <span data-cy="cranioplasty-model" title={model.hash}>
          {model.name} {model.version}
        </span>
      </Row>
      {terms && (
        <Row name="Licence">
          <span data-cy="cranioplasty-model-terms">{terms}</span>
        </Row>
      )}
      <Row name="Ran on">
        <span data-cy="cranioplasty-provider">
          {provider
            ? describeProvider(provider)
            : reconstruction.method === 'network'
              ? 'not known'
              : 'no network'}
        </span>
      </Row>
      {elapsed !== undefined && <Row name="Time">{formatTime(elapsed)}</Row>}
    </div>
  );
}

function Outputs({
  result,
  outputs,
  userName,
  disabled,
  onOutputs,
  onSave,
  onDownloadSeg,
  onDownloadReport,
  onDownloadStl,
  onDownload3mf,
}: Props) {
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          data-cy="cranioplasty-save"
          size="sm"
          disabled={disabled || result.saved?.left.length === 0}
          onClick={onSave}
        >
          Save to PACS
        </Button>
        {result.saved && (
          <span
            data-cy="cranioplasty-saved"
            data-series={result.saved.seriesInstanceUID}
            data-instance={result.saved.sopInstanceUID}
            role="status"
            style={{ color: result.saved.left.length === 0 ? '#4ade80' : '#fbbf24' }}
          >
            {result.saved.left.length === 0
              ? 'Saved and read back'
              : `Saved and read back, but for the ${result.saved.left.join(', the ')}`}
          </span>
        )}
      </div>
      <label className="text-muted-foreground flex flex-col gap-1">
        Reader, for the report
        <Input
          data-cy="cranioplasty-reader"
          className="h-7"
          type="text"
          value={outputs.reader}
          placeholder={userName ?? ''}
          onChange={(event) => onOutputs({ reader: event.target.value })}
        />
      </label>
      <Toggle
        data-cy="cranioplasty-without-person"
        label="Leave the person out of report and file names"
        explanation="Leave the person out of report and file names; a SEG always names its patient"
        checked={outputs.withoutPerson}
        onChange={(withoutPerson) => onOutputs({ withoutPerson })}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          data-cy="cranioplasty-download-seg"
          variant="secondary"
          size="sm"
          onClick={onDownloadSeg}
        >
          Download SEG
        </Button>
        <Button
          data-cy="cranioplasty-download-stl-patch"
          variant="secondary"
          size="sm"
          disabled={isEmpty(result, 'patch')}
          onClick={() => onDownloadStl('patch')}
        >
          Patch STL
        </Button>
        <Button
          data-cy="cranioplasty-download-stl-implant"
          variant="secondary"
          size="sm"
          disabled={isEmpty(result, 'implant')}
          onClick={() => onDownloadStl('implant')}
        >
          Implant STL
        </Button>
        <Button
          data-cy="cranioplasty-download-3mf-implant"
          variant="secondary"
          size="sm"
          disabled={isEmpty(result, 'implant')}
          onClick={onDownload3mf}
        >
          Implant 3MF
        </Button>
        <Button
          data-cy="cranioplasty-download-report"
          variant="secondary"
          size="sm"
          onClick={onDownloadReport}
        >
          Report
        </Button>
      </div>
    </div>
  );
}

function isEmpty({ shapes }: StudyResult, shape: ResultShape): boolean {
  return shapes[shape].mesh.triangles.length === 0;
}
