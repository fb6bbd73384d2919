import { middleOfHead } from '../../engine/shape/site.ts';
import { sameVoxels } from '../../engine/space/voxels.ts';
import { middleVertex } from '../../engine/surface/mesh.ts';
import { nextTask } from '../../nextTask.ts';
import {
  resultShapes,
  shapeNames,
  shapeStyles,
  type ResultShape,
  type ShapeName,
} from '../../state/shapes.ts';
import type { StudyStore } from '../../state/StudyStore.ts';
import type { StudyResult, StudyState } from '../../state/studyState.ts';
import { loadedKey, type LoadedSource, type SkullSource } from '../../viewer/skullSource.ts';
import type { CtReference, Layout, Scene, ViewerPort } from '../../viewer/ViewerPort.ts';
import type { WorkerClient } from '../../worker/WorkerClient.ts';
import { say } from '../../words/say.ts';
import { BonePreview } from './BonePreview.ts';
import { chosenSource } from '../actions/sources.ts';
import { currentCt, currentStudy } from '../currentCt.ts';
import type { Edits } from './Edits.ts';
import { showFailure } from '../failures.ts';
import { Designing } from './Designing.ts';
import { Remeasuring } from './Remeasuring.ts';
import { SegmentSurfaces } from './SegmentSurfaces.ts';
import { alternativesScene } from '../alternativesScene.ts';
import { SkullPreview } from './SkullPreview.ts';
import { resultScene } from '../surfaces.ts';

/** What is at least to be seen around a patch, mm. */
const leastRadius = 90;

/** The revision of a skull that was edited on another visit is any but this. */
const editedBefore = -1;

/** Keeps the shapes of the studies on the screen: on each visit anew, and no longer than they hold. */
export class ShownShapes {
  readonly viewer: ViewerPort;
  readonly store: StudyStore;
  private readonly edits: Edits;
  private readonly onRest: () => void;
  /** Keeps the designed implant true to the patch. */
  readonly designing: Designing;
  private readonly remeasuring: Remeasuring;
  /** How far out of its place the implant is drawn, mm. */
  private lift = 0;
  private segmentSurfaces: SegmentSurfaces | undefined;
  private skullPreview: SkullPreview | undefined;
  private bonePreview: BonePreview | undefined;
  /** The bone of the CT or the stored skull, which stays until there is the surface of a segment. */
  private drawnBone: Scene['surfaces'] = [];
  private stopListening: (() => void) | undefined;
  /** Studies whose shapes are shown, or being shown, on this visit. */
  private readonly shown = new Set<string>();
  /** Series that this visit stored. */
  private readonly storedSeries = new Set<string>();

  /** @param onRest called when all segments are drawn that the planes show */
  constructor(viewer: ViewerPort, store: StudyStore, edits: Edits, onRest: () => void) {
    this.viewer = viewer;
    this.store = store;
    this.edits = edits;
    this.onRest = onRest;
    this.remeasuring = new Remeasuring(viewer, store, edits, (study) => {
      this.showSurfaces();
      // An edit of the implant may have been undone.
      this.designing.follow(study);
    });
    this.designing = new Designing(
      viewer,
      store,
      edits,
      (study) => this.implantReplaced(study),
      () => this.showSurfaces(),
    );
  }

  enter(createClient: () => WorkerClient): void {
    const changed = () => this.showSurfaces();
    this.segmentSurfaces ??= new SegmentSurfaces(createClient(), changed, this.onRest);
    this.skullPreview ??= new SkullPreview(this.viewer, createClient(), changed);
    this.bonePreview ??= new BonePreview(
      this.viewer,
      createClient(),
      (ct) => this.isBoneNeeded(ct),
      changed,
    );
    this.drawnBone = [];
    this.remeasuring.enter(createClient);
    this.designing.enter(createClient);
    this.stopListening ??= this.viewer.subscribe(() => this.followViewer());
  }

  /** Keeps results and edits for the next visit. */
  leave(): void {
    this.segmentSurfaces?.dispose();
    this.segmentSurfaces = undefined;
    this.skullPreview?.dispose();
    this.skullPreview = undefined;
    this.bonePreview?.dispose();
    this.bonePreview = undefined;
    this.stopListening?.();
    this.stopListening = undefined;
    for (const study of this.shown) this.keepEdits(study);
    this.remeasuring.leave();
    this.designing.leave();
    this.shown.clear();
    this.edits.forgetAll();
    this.storedSeries.clear();
  }

  /**
   * Waits until figures and surfaces of a study are those of the shapes as they are.
   * @throws CranioplastyError as `Remeasuring.settled`
   */
  async settled(study: string): Promise<void> {
    await this.remeasuring.settled(study);
    await this.designing.settled(study);
  }

  /** Another implant is in the place of the one before, of which what was judged is void. */
  implantReplaced(study: string): void {
    this.forgetJudgements(study);
    this.showSurfaces();
  }

  /** Something of the study is on the screen: it is not shown again on this visit. */
  markShown(study: string): void {
    this.shown.add(study);
  }

  /** This visit stored what is on the screen. */
  markStored(seriesInstanceUID: string): void {
    this.storedSeries.add(seriesInstanceUID);
  }

  /**
   * Whether a stored series needs no showing: it is the result that the current study shows, or an earlier
   * state of it that was on the screen when this visit stored it.
   */
  isShownAsResult(seriesInstanceUID: string): boolean {
    if (this.storedSeries.has(seriesInstanceUID)) return true;
    const study = currentStudy(this.viewer);
    const saved = study === undefined ? undefined : this.store.get(study).result?.saved;
    return saved?.seriesInstanceUID === seriesInstanceUID;
  }

  /**
   * Shows bone and result of a study on this visit.
   * @param free segmentations that take the voxels of shapes
   */
  async show(study: string, free: StudyResult['segmentationIds'] = {}): Promise<void> {
    this.shown.add(study);
    const { bone, appearance } = this.store.get(study);
    let { result } = this.store.get(study);
    if (bone && bone.segmentationId === undefined) {
      const { ct, mask } = bone;
      const label = say('skull.segmented');
      const segmentationId = await this.viewer.showSegmentation(ct, {
        label,
        rgb: shapeStyles.skull.rgb,
        mask,
      });
      const key = loadedKey(segmentationId, 1);
      this.store.update(study, { bone: { ...bone, segmentationId }, skullKey: key });
      if (result && bone.ofResult) result = this.withSkull(result, { segmentationId, key });
    }
    if (!result) return;
    const segmentationIds: Partial<Record<ResultShape, string>> = {};
    for (const shape of resultShapes) {
      const { rgb } = shapeStyles[shape];
      const label = say(`shape.${shape}`);
      const { mask } = result.shapes[shape];
      await nextTask();
      const taken = free[shape];
      if (taken !== undefined) this.viewer.replaceVoxels(taken, mask, result.series);
      const id = taken ?? (await this.viewer.showSegmentation(result.ct, { label, rgb, mask }));
      segmentationIds[shape] = id;
      this.viewer.styleSegmentation(id, appearance[shape]);
    }
    const shownResult = { ...result, segmentationIds };
    this.edits.remember(shownResult);
    this.store.update(study, { result: shownResult });
    await nextTask();
    this.applyAppearance(study);
    this.applyBrush(study);
    this.remeasuring.follow(study);
    this.designing.follow(study);
    this.turnToDefect(shownResult);
  }

  /** A result whose skull is in the viewer again, under another id; edits of it are still edits. */
  private withSkull(
    result: StudyResult,
    shown: Pick<LoadedSource, 'segmentationId' | 'key'>,
  ): StudyResult {
    const { skullSource } = result;
    const again: SkullSource = { ...skullSource, kind: 'loaded', ...shown };
    this.designing.keepSkullOf(skullSource, again);
    return { ...result, skullSource: again };
  }

  /** One looks at the patch first, and from near by where small differences matter. */
  private turnToDefect({ shapes, reconstruction }: StudyResult, layout: Layout = 'usual'): void {
    const { mesh, measurements } = shapes.patch;
    if (mesh.triangles.length === 0) return;
    this.viewer.turnTo(
      middleVertex(mesh),
      middleOfHead(reconstruction.alignment.toCanonical),
      layout === 'alternatives' ? Math.max(leastRadius, measurements.extent) : undefined,
    );
  }

  /** The segmentation in which a shape can be edited; of the skull only while it is in the viewer. */
  segmentationOf({ segmentationIds, skullSource }: StudyResult, shape: ShapeName) {
    return shape === 'skull' ? this.viewer.segmentationOf(skullSource) : segmentationIds[shape];
  }

  /** Brush and eraser change the chosen shape, in every plane. */
  applyBrush(study: string): void {
    const { brush, result } = this.store.get(study);
    if (!result) return;
    const id = this.segmentationOf(result, brush);
    if (id) this.viewer.chooseForBrush(id, brush === 'skull' ? result.skullSource.segment : 1);
  }

  applyAppearance(study: string): void {
    const { appearance, result } = this.store.get(study);
    if (!result) return;
    for (const shape of resultShapes) {
      const id = result.segmentationIds[shape];
      if (id) this.viewer.styleSegmentation(id, appearance[shape]);
    }
    this.showSurfaces();
  }

  /**
   * In 3D: the result with its skull; before there is one the segments that the planes show, and before those the
   * bone of the CT, with what it waits for.
   */
  showSurfaces(): void {
    const { ct } = currentCt(this.viewer);
    if (!ct) return;
    const state = this.store.get(ct.studyInstanceUID);
    this.viewer.showScene(this.sceneOf(ct, state));
  }

  private sceneOf(ct: CtReference, state: StudyState): Scene {
    const { result, layout, appearance } = state;
    if (!result) return this.sceneBefore(ct, state);
    const { alternatives } = result;
    return layout === 'alternatives' && alternatives
      ? alternativesScene(alternatives, appearance)
      : resultScene(result, state, this.lift);
  }

  /** Whether 3D has nothing better to show than the bone of the CT, and the machine nothing better to do. */
  private isBoneNeeded(ct: CtReference): boolean {
    const { activity, result } = this.store.get(ct.studyInstanceUID);
    return !activity && !result && this.viewer.listShownSegments(ct).length === 0;
  }

  private sceneBefore(
    ct: CtReference,
    { threshold, activity }: Pick<StudyState, 'threshold' | 'activity'>,
  ): Scene {
    const { segmentSurfaces, skullPreview, bonePreview, viewer } = this;
    const waiting = (usual: string, surfaces: Scene['surfaces'] = []) => ({
      surfaces,
      notes: { usual },
    });
    if (!segmentSurfaces || !skullPreview || !bonePreview || !viewer.isShown(ct))
      return waiting(say('3d.waitsForCt'));
    const segments = viewer.listShownSegments(ct);
    const drawn = segmentSurfaces.of(segments);
    if (drawn.length === 0 && segmentSurfaces.isWorking) {
      return waiting(say('3d.drawsSkull'), this.drawnBone);
    }
    if (segments.length > 0) return { surfaces: drawn };
    const stored = skullPreview.of(ct, chosenSource(this, ct), !activity);
    if (stored) {
      this.drawnBone = stored.surfaces;
      return stored.working ? waiting(say('3d.drawsSkull')) : { surfaces: stored.surfaces };
    }
    const { surfaces, working } = bonePreview.of(ct, threshold);
    this.drawnBone = surfaces;
    if (working) return waiting(say('3d.drawsBone'), surfaces);
    const next = say('3d.waitsForSkull');
    return waiting(surfaces.length > 0 ? say('3d.coarseBone', { next }) : next, surfaces);
  }

  /** Draws the designed implant this far out of its place along the insertion axis, mm. */
  liftImplant(lift: number): void {
    this.lift = lift;
    this.showSurfaces();
  }

  /** What was said of shapes that are no longer the same. */
  forgetJudgements(study: string): void {
    this.store.update(study, { fit: undefined, compared: undefined });
    if (this.store.get(study).layout === 'compared') this.showLayout(study, 'usual');
  }

  /** Puts shapes side by side in 3D, or the result back in the usual layout. */
  showLayout(study: string, layout: Layout): void {
    const before = this.store.get(study).layout;
    this.store.update(study, { layout });
    if (before !== layout) {
      const { result } = this.store.get(study);
      if (result && [before, layout].includes('alternatives')) this.turnToDefect(result, layout);
      this.viewer.showLayout(layout);
    }
    this.showSurfaces();
  }

  /** Follows the viewer: shows a study's shapes once it is open again, and notices edits. */
  private followViewer(): void {
    const { ct } = currentCt(this.viewer);
    if (!ct) return;
    const study = ct.studyInstanceUID;
    const { result, bone } = this.store.get(study);
    if (result?.saved && this.edits.isEdited(result)) {
      this.store.update(study, { result: { ...result, saved: undefined } });
    }
    this.remeasuring.follow(study);
    this.designing.follow(study);
    this.followBrush(study);
    const { fit, compared } = this.store.get(study);
    const judged = fit ?? compared;
    if (result && judged && judged.revision !== this.edits.revision(result)) {
      this.forgetJudgements(study);
      this.showSurfaces();
    }
    if (!result) this.showSurfaces();
    if (!this.viewer.isShown(ct)) return;
    if (this.shown.has(study) || !(result ?? bone)) return;
    this.shown.add(study);
    void this.show(study).catch((failure: unknown) => showFailure(this.store, study, failure));
  }

  /** In the viewer's own panel, too, one can choose what the brush changes. */
  private followBrush(study: string): void {
    const { brush, result } = this.store.get(study);
    const chosen = this.viewer.brushTarget()?.segmentationId;
    if (!result || chosen === undefined) return;
    const shape = shapeNames.find((name) => this.segmentationOf(result, name) === chosen);
    if (shape && shape !== brush) this.store.update(study, { brush: shape });
  }

  private keepEdits(study: string): void {
    const { result, bone } = this.store.get(study);
    const { skullSource: skull } = result ?? {};
    const ofResult =
      skull?.kind === 'loaded' &&
      bone !== undefined &&
      skull.segmentationId === bone.segmentationId;
    const isSkullEdited =
      skull?.kind === 'loaded' &&
      this.viewer.revisionOf(skull.segmentationId, skull.segment) !== result?.skullRevision;
    this.store.update(study, {
      activity: undefined,
      fit: undefined,
      compared: undefined,
      layout: 'usual',
      bone: bone && {
        ...bone,
        mask: this.edits.currentBone(bone),
        segmentationId: undefined,
        ofResult,
      },
      result: result && {
        ...this.withEdits(result),
        segmentationIds: {},
        // On the next visit revisions begin anew.
        skullRevision: isSkullEdited ? editedBefore : 0,
      },
    });
  }

  /** A result with the voxels of its shapes as the viewer has them; what changed is measured on the next visit. */
  private withEdits(result: StudyResult): StudyResult {
    let { shapes, unmeasured } = result;
    for (const shape of resultShapes) {
      const mask = this.edits.currentMask(result, shape);
      if (sameVoxels(mask.data, shapes[shape].mask.data)) continue;
      shapes = { ...shapes, [shape]: { ...shapes[shape], mask } };
      if (!unmeasured.includes(shape)) unmeasured = [...unmeasured, shape];
    }
    return { ...result, shapes, unmeasured };
  }
}
