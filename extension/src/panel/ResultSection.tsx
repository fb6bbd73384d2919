import { Button, PanelSection } from '@ohif/ui-next';
import type { Vec3 } from '../engine/space/grid.ts';
import type { ShapeMeasurements } from '../engine/shape/measure.ts';
import { termsOf } from '../models.ts';
import { shapeNames, shapeStyles, type ResultShape } from '../state/shapes.ts';
import type { ShapeName } from '../state/shapes.ts';
import type { ShapeAppearance } from '../viewer/ViewerPort.ts';
import type { StudyResult, StudyState } from '../state/studyState.ts';
import { describeProvider, formatNumber, formatTime } from './format.ts';
import { Notice, Row } from './parts.tsx';
import { ConfidenceSection } from './ConfidenceSection.tsx';
import { PiecesSection } from './PiecesSection.tsx';
import { RehearsalSection } from './RehearsalSection.tsx';
import { ShapeRow } from './ShapeRow.tsx';

interface Props {
  readonly result: StudyResult;
  readonly appearance: StudyState['appearance'];
  readonly showDisagreement: boolean;
  readonly disabled: boolean;
  readonly onAppearance: (shape: ShapeName, change: Partial<ShapeAppearance>) => void;
  readonly onShowDisagreement: (show: boolean) => void;
  readonly onLookAt: (position: Vec3) => void;
  /** Takes a piece of the patch, by its number, out of the result. */
  readonly onLeaveOut: (piece: number) => void;
  readonly onRehearse: () => void;
  readonly onSave: () => void;
  readonly onDownloadSeg: () => void;
  readonly onDownloadReport: () => void;
  readonly onDownloadStl: (shape: ResultShape) => void;
}

/** The two shapes: how they look, what they measure, how they were made and where they go. */
export function ResultSection(props: Props) {
  const { result, appearance, onAppearance } = props;
  const { reconstruction } = result;
  return (
    <PanelSection>
      <PanelSection.Header>Result</PanelSection.Header>
      <PanelSection.Content>
        <div data-cy="cranioplasty-result" className="flex flex-col gap-2 p-2 text-sm">
          {reconstruction.warnings.length > 0 && (
            <div data-cy="cranioplasty-warnings" role="alert">
              {reconstruction.warnings.map(({ code, message }) => (
                <Notice key={`${code} ${message}`} tone="warning">
                  {message}
                </Notice>
              ))}
            </div>
          )}
          {reconstruction.pieces.length > 1 && (
            <PiecesSection
              pieces={reconstruction.pieces}
              disabled={props.disabled}
              onLookAt={props.onLookAt}
              onLeaveOut={props.onLeaveOut}
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
          <Measurements shape="patch" values={reconstruction.patch.measurements} />
          <Measurements shape="implant" values={reconstruction.implant.measurements} />
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

function Measurements({
  shape,
  values,
}: {
  readonly shape: ResultShape;
  readonly values: ShapeMeasurements;
}) {
  return (
    <div data-cy={`cranioplasty-measurements-${shape}`}>
      <div className="text-foreground font-semibold">{shapeStyles[shape].label}</div>
      {values.volume === 0 && (
        <Notice tone="warning">The model proposed none: nothing of it is saved.</Notice>
      )}
      <Row name="Volume">{formatNumber(values.volume, 1)} ml</Row>
      <Row name="Outer area">{formatNumber(values.outerArea, 1)} cm²</Row>
      <Row name="Thickness, mean (max)">
        {formatNumber(values.meanThickness, 1)} ({formatNumber(values.maxThickness, 1)}) mm
      </Row>
      <Row name="Largest extent">{formatNumber(values.extent, 0)} mm</Row>
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
          {provider ? describeProvider(provider) : 'no network'}
        </span>
      </Row>
      <Row name="Time">{formatTime(elapsed)}</Row>
    </div>
  );
}

function Outputs({
  result,
  disabled,
  onSave,
  onDownloadSeg,
  onDownloadReport,
  onDownloadStl,
}: Props) {
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          data-cy="cranioplasty-save"
          size="sm"
          disabled={disabled || result.saved !== undefined}
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
            style={{ color: '#4ade80' }}
          >
            Saved and read back
          </span>
        )}
      </div>
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

function isEmpty({ reconstruction }: StudyResult, shape: ResultShape): boolean {
  return reconstruction[shape].mesh.triangles.length === 0;
}
