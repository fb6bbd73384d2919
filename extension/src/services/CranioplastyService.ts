import type { Alternative } from '../engine/prior/shapePrior.ts';
import type { CaseIdentity } from '../dicom/ct/caseIdentity.ts';
import { assertThreshold } from '../engine/bone/segmentBone.ts';
import type { Vec3 } from '../engine/space/grid.ts';
import type { ChosenParameters, ImplantColours, ImplantKind } from '../state/implantChoices.ts';
import { shapeNames, type ResultShape, type ShapeName } from '../state/shapes.ts';
import { StudyStore } from '../state/StudyStore.ts';
import type { Comparable, FitOverlay, StudyState } from '../state/studyState.ts';
import type { Leaving } from '../viewer/LeaveGuard.ts';
import type { SkullSource } from '../viewer/skullSource.ts';
import type { StoredResult } from '../viewer/storedResult.ts';
import type { CtChoice, CtReference, ShapeAppearance, ViewerPort } from '../viewer/ViewerPort.ts';
import type { WorkerClient } from '../worker/WorkerClient.ts';
import { computeAlternatives, showAlternatives, takeAlternative } from './actions/alternatives.ts';
import { comparables, compare, showSideBySide } from './actions/compare.ts';
import * as implant from './actions/designImplant.ts';
import { downloadReport, downloadSeg, downloadStl, downloadThreeMf } from './actions/files.ts';
import { judgeFit, setFitOverlay } from './actions/judge.ts';
import { bringBackPiece, leaveOutPiece } from './actions/leaveOutPiece.ts';
import { lowerImplant } from './actions/lowerImplant.ts';
import { lookAtPlace, setAppearance, showDisagreement } from './actions/look.ts';
import type { MethodName } from '../engine/reconstruction.ts';
import { saidOf, type Said } from '../engine/words/sentence.ts';
import { loadNetworksAhead, reconstruct, updateResult } from './actions/reconstruct.ts';
import { rehearse } from './actions/rehearse.ts';
import { reopen, storedResults } from './actions/reopen.ts';
import { save } from './actions/save.ts';
import { segmentBone } from './actions/segment.ts';
import { chosenSource, editedSkull, references, skullSources } from './actions/sources.ts';
import { atStake } from './atStake.ts';
import { currentCt, currentStudy, type CurrentCt } from './currentCt.ts';
import { Draftsman } from './Draftsman.ts';
import { Edits } from './shapes/Edits.ts';
import { asShown } from './failures.ts';
import { OneAtATime } from './OneAtATime.ts';
import type { InstalledModel } from './installedModels.ts';
import { chosenModel, type Parts } from './parts.ts';
import { ShownShapes } from './shapes/ShownShapes.ts';
import { WrittenObjects } from './storing/WrittenObjects.ts';

export interface CranioplastyOptions {
  readonly viewer: ViewerPort;
  /** One for each visit of the mode: it is disposed of when the mode is left. */
  readonly createClient: () => WorkerClient;
  /** Folder name of the model where the user chooses no other. */
  readonly model: string;
  /** Asks the site which models it serves. */
  readonly listModels: () => Promise<readonly InstalledModel[]>;
}

/**
 * Everything the panel and the commands can do, by name: what each does is in the folder `actions`. It keeps
 * one state a study, runs one thing at a time, and turns every failure into the one sentence that the panel
 * shows.
 */
export class CranioplastyService {
  readonly store = new StudyStore();
  private readonly createClient: () => WorkerClient;
  private readonly parts: Parts;
  private readonly listModels: () => Promise<readonly InstalledModel[]>;
  /** Series whose geometry was found fit to work on. */
  private readonly soundCts = new Set<string>();

  constructor({ viewer, createClient, model, listModels }: CranioplastyOptions) {
    const { store } = this;
    const edits = new Edits(viewer);
    const work = new OneAtATime(viewer, store);
    this.createClient = createClient;
    this.listModels = listModels;
    this.parts = {
      viewer,
      store,
      model,
      work,
      edits,
      shapes: new ShownShapes(viewer, store, edits, () => loadNetworksAhead(this.parts)),
      written: new WrittenObjects(),
      draftsman: new Draftsman(createClient),
    };
  }

  enterMode(): void {
    this.parts.work.enter(this.createClient);
    this.parts.shapes.enter(this.createClient);
  }

  /** Stops what runs, frees the GPU, and keeps results and edits for the next visit. */
  leaveMode(): void {
    this.parts.work.leave();
    this.parts.shapes.leave();
  }

  /** What would be lost, in sentences; undefined if nothing. */
  atStake(leaving: Leaving): string | undefined {
    return atStake(this.store, this.parts.viewer, leaving);
  }

  currentCt(): CurrentCt {
    return currentCt(this.parts.viewer);
  }

  /** Why nothing can be done with a CT (a missing slice, a tilted gantry), before the user tries. */
  ctProblem(ct: CtReference): Said | undefined {
    if (this.soundCts.has(ct.seriesInstanceUID)) return undefined;
    try {
      this.parts.viewer.readSeries(ct);
      this.soundCts.add(ct.seriesInstanceUID);
      return undefined;
    } catch (error) {
      return saidOf(asShown(error));
    }
  }

  /** The CT series of the study, the best one first. */
  cts(): CtChoice[] {
    return this.parts.viewer.listCts();
  }

  identity(ct: CtReference): CaseIdentity {
    return this.parts.viewer.readIdentity(ct);
  }

  /** Who reads the case unless somebody else is named. */
  userName(): string | undefined {
    return this.parts.viewer.userName();
  }

  /** Shows another CT series of the study. */
  chooseCt(seriesInstanceUID: string): void {
    this.parts.viewer.showCt(seriesInstanceUID);
  }

  skullSources(ct: CtReference): SkullSource[] {
    return skullSources(this.parts, ct);
  }

  chosenSource(ct: CtReference): SkullSource | undefined {
    return chosenSource(this.parts, ct);
  }

  references(ct: CtReference): SkullSource[] {
    return references(this.parts, ct);
  }

  comparables(ct: CtReference): Comparable[] {
    return comparables(this.parts, ct);
  }

  chooseSkull(skullKey: string): void {
    this.change({ skullKey, error: undefined });
  }

  /** @param referenceKey key of a segment; the opposite side if undefined */
  chooseReference(referenceKey: string | undefined): void {
    this.change({ referenceKey, error: undefined });
  }

  chooseComparables(comparableKeys: readonly [string, string]): void {
    this.change({ comparableKeys, error: undefined });
  }

  /** A threshold that is none of bone is refused with a sentence. */
  setThreshold(threshold: number): void {
    try {
      assertThreshold(threshold);
      this.change({ threshold, error: undefined });
    } catch (failure) {
      const shown = asShown(failure);
      this.change({ error: { code: shown.code, ...saidOf(shown) } });
    }
  }

  setMethod(method: MethodName): void {
    this.change({ method });
  }

  setAlternative(alternative: Alternative): void {
    this.change({ alternative });
  }

  /** Models that can be chosen. */
  installedModels(): Promise<readonly InstalledModel[]> {
    return this.listModels();
  }

  /** Folder name of the model that the next reconstruction runs. */
  chosenModel({ studyInstanceUID }: CtReference): string {
    return chosenModel(this.parts, studyInstanceUID);
  }

  /** @param model folder name */
  chooseModel(model: string): void {
    this.change({ model, error: undefined });
  }

  dismissError(): void {
    this.change({ error: undefined });
  }

  segmentBone(): Promise<void> {
    return segmentBone(this.parts);
  }

  reconstruct(): Promise<void> {
    return reconstruct(this.parts);
  }

  /** Whether the skull of the result was edited since it was reconstructed. */
  isSkullEdited(ct: CtReference): boolean {
    return editedSkull(this.parts, ct) !== undefined;
  }

  /** @param keepEdits whether what was changed of the patch by hand is done again to the new one */
  updateResult(keepEdits: boolean): Promise<void> {
    return updateResult(this.parts, keepEdits);
  }

  /** Computes the shapes beside that of the result, and shows all side by side. */
  computeAlternatives(): Promise<void> {
    return computeAlternatives(this.parts);
  }

  showAlternatives(show: boolean): void {
    showAlternatives(this.parts, show);
  }

  /** @param keepEdits as with `updateResult` */
  takeAlternative(alternative: Alternative, keepEdits: boolean): Promise<void> {
    return takeAlternative(this.parts, alternative, keepEdits);
  }

  rehearse(): Promise<void> {
    return rehearse(this.parts);
  }

  /** @param piece number in the result's pieces */
  leaveOutPiece(piece: number): Promise<void> {
    return leaveOutPiece(this.parts, piece);
  }

  bringBackPiece(): Promise<void> {
    return bringBackPiece(this.parts);
  }

  judgeFit(): Promise<void> {
    return judgeFit(this.parts);
  }

  compare(): Promise<void> {
    return compare(this.parts);
  }

  save(): Promise<void> {
    return save(this.parts);
  }

  /** Results of the study that can be opened again. */
  storedResults(ct: CtReference): StoredResult[] {
    return storedResults(this.parts, ct);
  }

  /** @param sopInstanceUID of the segmentation of a stored result */
  reopen(sopInstanceUID: string): Promise<void> {
    return reopen(this.parts, sopInstanceUID);
  }

  /** Stops what runs. Nothing else changes. */
  cancel(): void {
    this.parts.work.cancel();
  }

  downloadSeg(): Promise<void> {
    return downloadSeg(this.parts);
  }

  downloadStl(shape: ResultShape): Promise<void> {
    return downloadStl(this.parts, shape);
  }

  downloadThreeMf(): Promise<void> {
    return downloadThreeMf(this.parts);
  }

  downloadReport(): Promise<void> {
    return downloadReport(this.parts);
  }

  setImplantParameters(change: ChosenParameters): void {
    implant.setImplantParameters(this.parts, change);
  }

  resetImplantParameters(): void {
    implant.resetImplantParameters(this.parts);
  }

  undoImplantParameters(): void {
    implant.undoImplantParameters(this.parts);
  }

  redoImplantParameters(): void {
    implant.redoImplantParameters(this.parts);
  }

  takeImplantAxisFromView(): Promise<void> {
    return implant.takeImplantAxisFromView(this.parts);
  }

  takeBackImplantEdits(): Promise<void> {
    return implant.takeBackImplantEdits(this.parts);
  }

  chooseImplantKind(kind: ImplantKind): Promise<void> {
    return implant.chooseImplantKind(this.parts, kind);
  }

  /** @param piece of the patch, from 1 */
  chooseImplantPiece(piece: number): void {
    implant.chooseImplantPiece(this.parts, piece);
  }

  lowerImplant(): Promise<void> {
    return lowerImplant(this.parts);
  }

  setImplantColours(colours: ImplantColours): void {
    implant.setImplantColours(this.parts, colours);
  }

  showImplantAxis(show: boolean): void {
    implant.showImplantAxis(this.parts, show);
  }

  setFitOverlay(change: Partial<FitOverlay>): void {
    setFitOverlay(this.parts, change);
  }

  showSideBySide(sideBySide: boolean): void {
    showSideBySide(this.parts, sideBySide);
  }

  showDisagreement(show: boolean): void {
    showDisagreement(this.parts, show);
  }

  setAppearance(shape: ShapeName, change: Partial<ShapeAppearance>): void {
    setAppearance(this.parts, shape, change);
  }

  /**
   * What brush and eraser change: a shape, or undefined if it is another segmentation; and the shapes that they can
   * change, the skull only while it is in the viewer.
   */
  brush({ studyInstanceUID }: CtReference): {
    readonly shape: ShapeName | undefined;
    readonly hidden: boolean;
    readonly shapes: readonly ShapeName[];
  } {
    const { viewer, shapes } = this.parts;
    const target = viewer.brushTarget();
    const { result } = this.store.get(studyInstanceUID);
    const idOf = (name: ShapeName) => result && shapes.segmentationOf(result, name);
    return {
      shape: target && shapeNames.find((name) => idOf(name) === target.segmentationId),
      hidden: target?.hidden ?? false,
      shapes: shapeNames.filter((name) => name !== 'skull' || idOf(name) !== undefined),
    };
  }

  /** Brush and eraser change this shape from now on, in every plane. */
  chooseBrush(brush: ShapeName): void {
    const study = currentStudy(this.parts.viewer);
    if (study === undefined) return;
    this.change({ brush });
    this.parts.shapes.applyBrush(study);
  }

  /** Brings all planes to a place and turns 3D to it, patient LPS mm. */
  lookAt(position: Vec3): void {
    lookAtPlace(this.parts, position);
  }

  /** Whether a stored series needs no showing, as the result on the screen. */
  isShownAsResult(seriesInstanceUID: string): boolean {
    return this.parts.shapes.isShownAsResult(seriesInstanceUID);
  }

  private change(change: Partial<StudyState>): void {
    const study = currentStudy(this.parts.viewer);
    if (study !== undefined) this.store.update(study, change);
  }
}
