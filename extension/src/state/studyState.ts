import type { Alternative } from '../engine/prior/shapePrior.ts';
import type { CtSeries } from '../dicom/ct/ctSeries.ts';
import type { CranioplastyErrorCode } from '../engine/space/errors.ts';
import type { Said } from '../engine/words/sentence.ts';
import { defaultBoneOptions } from '../engine/bone/segmentBone.ts';
import type { Comparison } from '../engine/judge/comparison.ts';
import type { FitError } from '../engine/judge/fitError.ts';
import type { Rehearsal } from '../engine/rehearsal.ts';
import type { Progress } from '../engine/progress.ts';
import type { MethodName, ReconstructedShape, Reconstruction } from '../engine/reconstruction.ts';
import type { PatchPiece } from '../engine/shape/pieces.ts';
import type { ReconstructionWarning } from '../engine/warnings.ts';
import type { Mask } from '../engine/space/volume.ts';
import type { SkullSource } from '../viewer/skullSource.ts';
import type { CtReference, Layout, ShapeAppearance } from '../viewer/ViewerPort.ts';
import type { ImplantDesign, ProviderReport } from '../worker/protocol.ts';
import { initialImplantChoices, type ImplantChoices } from './implantChoices.ts';
import type { BareReconstruction, ComputedAlternative, RunOfSeveral } from './alternatives.ts';
import type { Durations, Timeline } from '../services/timeline.ts';
import { initialAppearance, type ResultShape, type ShapeName } from './shapes.ts';

/** What is being done. Only one thing at a time. */
export interface Activity {
  readonly kind:
    | 'segment-bone'
    | 'reconstruct'
    | 'alternatives'
    | 'take-alternative'
    | 'rehearse'
    | 'leave-out-piece'
    | 'bring-back-piece'
    | 'save'
    | 'reopen'
    | 'judge-fit'
    | 'compare';
  /** Milliseconds since the epoch; of one of several runs its own. */
  readonly startedAt: number;
  /** Which of several runs it is at. */
  readonly run?: RunOfSeveral;
  readonly progress?: Progress;
  /** When it reached its stages and windows. */
  readonly timeline?: Timeline;
  /** How long the last run like this one took, stage by stage. */
  readonly known?: Durations;
  readonly provider?: ProviderReport;
  /** Providers that were given up so far. */
  readonly fallBacks: readonly ReconstructionWarning[];
}

/** The stored segmentation, once it was read back and compared. */
export interface SavedObject {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  /** Names of what belongs to it and is not in the PACS: refused, or measured since. */
  readonly left: readonly string[];
}

/** What a result lacks that was opened again from the PACS. */
export interface Reopened {
  /** When it was stored, for people. */
  readonly made?: string;
  /** What is not as it was, and what that stands for, a sentence each. */
  readonly missing: readonly Said[];
  /** Whether its implant is a designed one, beside which the predicted one is not stored. */
  readonly lacksPrediction: boolean;
}

/** Bone that was segmented from the CT; kept so that it can be shown again on the next visit. */
export interface SegmentedBone {
  readonly mask: Mask;
  readonly ct: CtReference;
  /** Absent while the study is not open. */
  readonly segmentationId?: string;
  /** Whether the result is of it; told only while the study is not open. */
  readonly ofResult?: boolean;
}

/** A piece that was left out, with what brings it back: voxels by their index, not whole volumes. */
export interface LeftOutPiece {
  /** Volume, ml. */
  readonly volume: number;
  readonly lost: Readonly<Record<ResultShape, Uint32Array>>;
  /** What was said of the whole. */
  readonly before: BareReconstruction;
  readonly rehearsal?: Rehearsal;
}

export interface StudyResult {
  readonly reconstruction: Reconstruction;
  /** The shapes as they were computed: of the reconstruction, or the implant as it was designed. */
  readonly computed: Readonly<Record<ResultShape, ReconstructedShape>>;
  /** The implant that was designed last. */
  readonly design?: ImplantDesign;
  /** Whether thickness and gap on its surface cannot be had: it was stored, and would come out as another one. */
  readonly unmapped?: boolean;
  /** Whether patch or parameters changed since. */
  readonly undesigned: boolean;
  /** Why there is no design, or only that of before, in a sentence. */
  readonly designProblem?: Said;
  /** The shapes as they are: as computed, or measured again since the user edited them. */
  readonly shapes: Readonly<Record<ResultShape, ReconstructedShape>>;
  /** Shapes that were edited and not measured again yet: what is known of them is of before. */
  readonly unmeasured: readonly ResultShape[];
  /** Pieces of the patch as it is, largest first. */
  readonly pieces: readonly PatchPiece[];
  /** Shapes of which the reconstruction itself holds edits, since a piece was left out of the edited ones. */
  readonly editedBefore: readonly ResultShape[];
  /** What was left out and can be brought back, the latest last. */
  readonly leftOut: readonly LeftOutPiece[];
  readonly ct: CtReference;
  readonly series: CtSeries;
  /** The segment that was reconstructed. */
  readonly skullSource: SkullSource;
  /** Of that segment when it was read: a later one is an edit of the skull. */
  readonly skullRevision: number;
  /** Folder name of the model that was chosen for it, which mirroring leaves alone. */
  readonly modelFolder: string;
  /** Absent for the mirrored baseline, which runs no network. */
  readonly provider?: ProviderReport;
  /** Milliseconds, from the click to the end; absent where a stored result does not say. */
  readonly elapsed?: number;
  /** The segmentations that show the shapes; others on each visit of the study, none between. */
  readonly segmentationIds: Readonly<Partial<Record<ResultShape, string>>>;
  /** How the same method did on the intact side. */
  readonly rehearsal?: Rehearsal;
  /** All three shapes that go with the bone of this skull, once they were computed; this one among them. */
  readonly alternatives?: readonly ComputedAlternative[];
  /** Of a result that was opened again. */
  readonly reopened?: Reopened;
  /** Dropped as soon as the user edits a shape. */
  readonly saved?: SavedObject;
}

/** Whether the user changed a shape since it was computed. */
export function isEdited(
  { shapes, computed, unmeasured, editedBefore }: StudyResult,
  shape: ResultShape,
): boolean {
  return (
    shapes[shape] !== computed[shape] || unmeasured.includes(shape) || editedBefore.includes(shape)
  );
}

/** Whether the patch is not as it was computed: edited, or without a piece. */
export function isPatchChanged(result: StudyResult): boolean {
  return isEdited(result, 'patch') || result.leftOut.length > 0;
}

/** The design of which the implant is that is shown, perhaps edited; undefined for a predicted one. */
export function shownDesign({ design, computed }: StudyResult): ImplantDesign | undefined {
  return design?.shape === computed.implant ? design : undefined;
}

/** What the overlay can show. */
export const fitQuantities = ['distance', 'curvature', 'thickness'] as const;
export type FitQuantity = (typeof fitQuantities)[number];

/** Said of a patch that has no border to judge. */
export const noBorder = 'The patch does not touch the skull: there is no border to judge.';

/** How the patch was judged, and against what. */
export interface JudgedFit {
  readonly error: FitError;
  /** In words for the panel. */
  readonly reference: string;
  /** Edits of the shapes by then: a later one makes all this void. */
  readonly revision: number;
}

/** How the overlay looks. */
export interface FitOverlay {
  readonly shown: boolean;
  readonly quantity: FitQuantity;
  /** Value at which the scale ends: mm, of curvature 1/mm². */
  readonly range: Readonly<Record<FitQuantity, number>>;
}

/** Two shapes of the study, compared. */
export interface ComparedShapes {
  readonly comparison: Comparison;
  /** In words, as they are recorded: a shape of the result in English. */
  readonly labels: readonly [first: string, second: string];
  /** The same for the panel. */
  readonly shown: readonly [first: string, second: string];
  /** As with `JudgedFit`. */
  readonly revision: number;
}

/** What can be compared: a shape of the result, or another segment. */
export interface Comparable {
  readonly key: string;
  readonly label: string;
  /** How it is recorded, where that is not the label. */
  readonly recorded?: string;
}

/** An error as the panel shows it. */
export interface ShownError extends Said {
  readonly code: CranioplastyErrorCode;
}

/** Everything the panel knows about a study. It outlives the panel and the visit of the study. */
export interface StudyState {
  /** Key of the chosen skull source. */
  readonly skullKey?: string;
  /** Hounsfield units from which bone is segmented. */
  readonly threshold: number;
  readonly method: MethodName;
  /** Which of the shapes that go with the bone around. */
  readonly alternative: Alternative;
  /** Folder name of the chosen model; the configured one if absent. */
  readonly model?: string;
  readonly activity?: Activity;
  readonly error?: ShownError;
  readonly bone?: SegmentedBone;
  readonly result?: StudyResult;
  /** Key of the segment to judge by; the opposite side if absent. */
  readonly referenceKey?: string;
  readonly fit?: JudgedFit;
  readonly overlay: FitOverlay;
  /** Keys of the two shapes to compare. */
  readonly comparableKeys: readonly [first: string, second: string];
  readonly compared?: ComparedShapes;
  /** Whether shapes stand side by side in 3D, and which. */
  readonly layout: Layout;
  readonly appearance: Readonly<Record<ShapeName, ShapeAppearance>>;
  readonly implant: ImplantChoices;
  /** Whether an implant is being designed. */
  readonly designing: boolean;
  /** The shape that brush and eraser change. */
  readonly brush: ShapeName;
  /** Whether the patch shows in 3D where the network and the shape prior differ. */
  readonly showDisagreement: boolean;
}

/** What goes out with the results. */
export interface OutputSettings {
  /** Who reads the case; empty for whoever is logged in. */
  readonly reader: string;
  /** Leaves name, ID, birth date and accession number out of report and file names. */
  readonly withoutPerson: boolean;
}

/** Key of a shape of the result among what can be compared. */
export const resultKey = (shape: ResultShape): string => `result:${shape}`;

export const initialStudyState: StudyState = {
  threshold: defaultBoneOptions.threshold,
  method: 'network',
  alternative: 'expected',
  appearance: initialAppearance,
  implant: initialImplantChoices,
  designing: false,
  brush: 'patch',
  showDisagreement: false,
  comparableKeys: [resultKey('patch'), resultKey('implant')],
  layout: 'usual',
  overlay: {
    shown: true,
    quantity: 'distance',
    range: { distance: 3, curvature: 0.005, thickness: 8 },
  },
};
