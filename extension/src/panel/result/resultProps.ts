import type { Alternative } from '../../engine/prior/shapePrior.ts';
import type { Vec3 } from '../../engine/space/grid.ts';
import type { CranioplastyService } from '../../services/CranioplastyService.ts';
import type { ResultShape, ShapeName } from '../../state/shapes.ts';
import type { OutputSettings, StudyResult, StudyState } from '../../state/studyState.ts';
import type { ShapeAppearance } from '../../viewer/ViewerPort.ts';

/** What the parts of the section work with. */
export interface ResultProps {
  readonly result: StudyResult;
  readonly appearance: StudyState['appearance'];
  readonly showDisagreement: boolean;
  /** Whether an implant is being designed. */
  readonly designing: boolean;
  /** Whether the skull was edited since it was reconstructed. */
  readonly skullEdited: boolean;
  readonly onUpdate: (keepEdits: boolean) => void;
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
  readonly onBrush: (shape: ShapeName) => void;
  /** Whether the three shapes stand side by side. */
  readonly alternativesShown: boolean;
  readonly onAlternatives: () => void;
  readonly onShowAlternatives: (show: boolean) => void;
  readonly onTakeAlternative: (alternative: Alternative, keepEdits: boolean) => void;
  readonly onRehearse: () => void;
  readonly onSave: () => void;
  readonly onDownloadSeg: () => void;
  readonly onDownloadReport: () => void;
  readonly onDownloadStl: (shape: ResultShape) => void;
  readonly onDownload3mf: () => void;
}
