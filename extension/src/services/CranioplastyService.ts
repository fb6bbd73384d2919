import { CranioplastyError } from '../engine/space/errors.ts';
import { writeStl } from '../engine/surface/stl.ts';
import type { Mesh } from '../engine/surface/mesh.ts';
import type { Mask } from '../engine/space/volume.ts';
import { product } from '../dicom/product.ts';
import type {
  Activity,
  Comparable,
  FitOverlay,
  SegmentedBone,
  StudyResult,
} from '../state/studyState.ts';
import { resultKey } from '../state/studyState.ts';
import { resultShapes, shapeStyles, type ResultShape } from '../state/shapes.ts';
import type { ShapeName } from '../state/shapes.ts';
import { StudyStore } from '../state/StudyStore.ts';
import type { Vec3 } from '../engine/space/grid.ts';
import { loadedKey, type SkullSource } from '../viewer/skullSource.ts';
import type { CtReference, ShapeAppearance, ViewerPort } from '../viewer/ViewerPort.ts';
import type { ReconstructRequest, WorkerClient } from '../worker/WorkerClient.ts';
import { caseReportHtml, describeCase } from './caseReport.ts';
import { encodeResult } from './encodeResult.ts';
import { saveReconstruction } from './saveReconstruction.ts';
import { SegmentSurfaces } from './SegmentSurfaces.ts';
import { resultContours, resultSurfaces } from './surfaces.ts';

export interface CranioplastyOptions {
  readonly viewer: ViewerPort;
  /** One for each visit of the mode: it is disposed of when the mode is left. */
  readonly createClient: () => WorkerClient;
  /** Folder name of the model. */
  readonly model: string;
}

/** The CT that is looked at, or why there is none. */
export type CurrentCt =
  | { readonly ct: CtReference; readonly error?: undefined }
  | { readonly ct?: undefined; readonly error: CranioplastyError };

/**
 * Everything the panel and the commands do. It keeps one state a study, runs one thing at a time,
 * and turns every failure into the one sentence that the panel shows.
 */
export class CranioplastyService {
  readonly store = new StudyStore();
  private readonly options: CranioplastyOptions;
  private client: WorkerClient | undefined;
  private segmentSurfaces: SegmentSurfaces | undefined;
  private stopListening: (() => void) | undefined;
  /** The study in which something runs. */
  private busyStudy: string | undefined;
  /** Studies whose shapes are shown, or being shown, on this visit. */
  private readonly shown = new Set<string>();
  private readonly revisions = new Map<string, number>();
  /** Series that this visit stored. */
  private readonly storedSeries = new Set<string>();
  /** Series whose geometry was found fit to work on. */
  private readonly soundCts = new Set<string>();

  constructor(options: CranioplastyOptions) {
    this.options = options;
  }

  private get viewer(): ViewerPort {
    return this.options.viewer;
  }

  enterMode(): void {
    this.client ??= this.options.createClient();
    this.segmentSurfaces ??= new SegmentSurfaces(this.options.createClient(), () =>
      this.showSurfaces(),
    );
    this.stopListening ??= this.viewer.subscribe(() => this.followViewer());
  }

  /** Stops what runs, frees the GPU, and keeps results and edits for the next visit. */
  leaveMode(): void {
    this.client?.dispose();
    this.client = undefined;
    this.segmentSurfaces?.dispose();
    this.segmentSurfaces = undefined;
    this.stopListening?.();
    this.stopListening = undefined;
    for (const study of this.shown) this.keepEdits(study);
    this.shown.clear();
    this.revisions.clear();
    this.storedSeries.clear();
  }

  currentCt(): CurrentCt {
    try {
      return { ct: this.viewer.findCt() };
    } catch (error) {
      return { error: asShown(error) };
    }
  }

  /** Why nothing can be done with a CT (a missing slice, a tilted gantry), before the user tries. */
  ctProblem(ct: CtReference): string | undefined {
    if (this.soundCts.has(ct.seriesInstanceUID)) return undefined;
    try {
      this.viewer.readSeries(ct);
      this.soundCts.add(ct.seriesInstanceUID);
      return undefined;
    } catch (error) {
      return asShown(error).message;
    }
  }

  skullSources(ct: CtReference): SkullSource[] {
    const { result } = this.store.get(ct.studyInstanceUID);
    return this.viewer.listSkullSources(ct, new Set(Object.values(result?.segmentationIds ?? {})));
  }

  /** The source that is reconstructed: the chosen one while it exists, else the most likely. */
  chosenSource(ct: CtReference): SkullSource | undefined {
    const sources = this.skullSources(ct);
    const { skullKey } = this.store.get(ct.studyInstanceUID);
    return sources.find(({ key }) => key === skullKey) ?? sources[0];
  }

  chooseSkull(skullKey: string): void {
    this.change({ skullKey, error: undefined });
  }

  setThreshold(threshold: number): void {
    if (Number.isFinite(threshold)) this.change({ threshold });
  }

  setMethod(method: 'network' | 'mirror'): void {
    this.change({ method });
  }

  dismissError(): void {
    this.change({ error: undefined });
  }

  /** Segments the skull from the CT, shows it as a segmentation and chooses it. */
  segmentBone(): Promise<void> {
    return this.run('segment-bone', async (ct, client) => {
      const study = ct.studyInstanceUID;
      const { threshold, bone } = this.store.get(study);
      const series = this.viewer.readSeries(ct);
      const mask = await client.segmentBone(await this.viewer.readVoxels(series), threshold);
      const segmentationId = await this.viewer.showSegmentation(ct, {
        label: `Skull from CT (≥ ${threshold} HU)`,
        rgb: shapeStyles.skull.rgb,
        mask,
      });
      // An edited segmentation is the user's work; one that was only computed is replaced.
      const before = bone?.segmentationId;
      if (before && this.viewer.revisionOf(before) === 0) this.viewer.removeSegmentation(before);
      this.shown.add(study);
      this.store.update(study, {
        bone: { mask, ct, segmentationId },
        skullKey: loadedKey(segmentationId, 1),
      });
    });
  }

  reconstruct(): Promise<void> {
    return this.run('reconstruct', async (ct, client) => {
      const study = ct.studyInstanceUID;
      const startedAt = Date.now();
      const source = this.chosenSource(ct);
      if (!source) {
        throw new CranioplastyError(
          'empty-skull',
          'There is no skull segment yet: segment bone from the CT first.',
        );
      }
      const series = this.viewer.readSeries(ct);
      const skull = await this.viewer.readSkull(source, series);
      const { method } = this.store.get(study);
      const reconstruction = await client.reconstruct({
        skull,
        model: this.options.model,
        method,
        ...this.following(study),
      });
      const { activity, result: previous } = this.store.get(study);
      const result: StudyResult = {
        reconstruction,
        masks: { patch: reconstruction.patch.mask, implant: reconstruction.implant.mask },
        ct,
        series,
        skullSource: source,
        provider: method === 'network' ? activity?.provider : undefined,
        elapsed: Date.now() - startedAt,
        segmentationIds: {},
      };
      // Only now: a run that fails leaves the previous result untouched.
      this.hidePrevious(previous);
      this.forgetJudgements(study);
      this.store.update(study, { result });
      await this.show(study);
      this.viewer.lookAt(middleVertex(reconstruction.patch.mesh));
    });
  }

  /** Repeats the reconstruction on the intact side of the skull, to know what to expect of the patch. */
  rehearse(): Promise<void> {
    return this.run('rehearse', async (ct, client) => {
      const study = ct.studyInstanceUID;
      const { series, skullSource, reconstruction } = this.requireResult(study);
      const rehearsal = await client.rehearse({
        skull: await this.viewer.readSkull(skullSource, series),
        patch: reconstruction.patch.mask,
        toCanonical: reconstruction.alignment.toCanonical,
        model: this.options.model,
        method: reconstruction.provider ? 'network' : 'mirror',
        ...this.following(study),
      });
      // The result may have been shown anew or stored meanwhile.
      this.store.update(study, { result: { ...this.requireResult(study), rehearsal } });
    });
  }

  /**
   * Takes a piece of the patch, and the implant in its place, out of the result; edits stay. What was said of
   * the whole patch is void.
   *
   * @param piece number in the reconstruction's pieces
   */
  leaveOutPiece(piece: number): Promise<void> {
    return this.run('leave-out-piece', async (ct, client) => {
      const study = ct.studyInstanceUID;
      const { reconstruction: before } = this.requireResult(study);
      const reconstruction = await client.leaveOutPiece(before, piece);
      const result = this.requireResult(study);
      const now = this.currentMasks(result);
      const masks = {
        patch: withoutLost(now.patch, before.patch.mask, reconstruction.patch.mask),
        implant: withoutLost(now.implant, before.implant.mask, reconstruction.implant.mask),
      };
      for (const id of Object.values(result.segmentationIds)) this.viewer.removeSegmentation(id);
      this.forgetJudgements(study);
      this.store.update(study, {
        result: {
          ...result,
          reconstruction,
          masks,
          segmentationIds: {},
          rehearsal: undefined,
          saved: undefined,
        },
      });
      await this.show(study);
    });
  }

  /** Segments that the patch can be judged by: all but the result and the skull that it closes. */
  references(ct: CtReference): SkullSource[] {
    const { result } = this.store.get(ct.studyInstanceUID);
    return this.skullSources(ct).filter(({ key }) => key !== result?.skullSource.key);
  }

  /** @param referenceKey key of a segment; the opposite side if undefined */
  chooseReference(referenceKey: string | undefined): void {
    this.change({ referenceKey, error: undefined });
  }

  /** Compares the patch, as it is now, with the chosen reference and shows where they differ. */
  judgeFit(): Promise<void> {
    return this.run('judge-fit', async (ct, client) => {
      const study = ct.studyInstanceUID;
      const result = this.requireResult(study);
      const { series, skullSource, reconstruction } = result;
      const { referenceKey, overlay } = this.store.get(study);
      const source = this.references(ct).find(({ key }) => key === referenceKey);
      const skull = await this.viewer.readSkull(skullSource, series);
      const error = await client.fitError({
        skull,
        ...this.currentMasks(result),
        reference: source && (await this.viewer.readSkull(source, series)),
        toCanonical: reconstruction.alignment.toCanonical,
      });
      const reference = source?.label ?? 'Opposite side, mirrored and fitted';
      this.store.update(study, {
        fit: { error, reference, revision: this.revision(result) },
        overlay: { ...overlay, shown: true },
      });
      this.showSurfaces();
    });
  }

  /** Shows or hides the overlay, or changes what it shows. */
  setFitOverlay(change: Partial<FitOverlay>): void {
    const study = this.currentCt().ct?.studyInstanceUID;
    if (study === undefined) return;
    this.store.update(study, { overlay: { ...this.store.get(study).overlay, ...change } });
    this.showSurfaces();
  }

  /** Brings all planes to a place, patient LPS mm. */
  lookAt(position: Vec3): void {
    this.viewer.lookAt(position);
  }

  /** What can be compared: both shapes of the result, and whatever the patch can be judged by. */
  comparables(ct: CtReference): Comparable[] {
    return [
      ...resultShapes.map((shape) => ({ key: resultKey(shape), label: resultLabel(shape) })),
      ...this.references(ct),
    ];
  }

  chooseComparables(comparableKeys: readonly [string, string]): void {
    this.change({ comparableKeys, error: undefined });
  }

  /** Compares the two chosen shapes, as they are now, and shows them side by side. */
  compare(): Promise<void> {
    return this.run('compare', async (ct, client) => {
      const study = ct.studyInstanceUID;
      const result = this.requireResult(study);
      const [first, second] = this.store
        .get(study)
        .comparableKeys.map((key) => this.comparable(ct, result, key));
      const comparison = await client.compare({
        first: await first.read(),
        second: await second.read(),
        toCanonical: result.reconstruction.alignment.toCanonical,
      });
      this.store.update(study, {
        compared: {
          comparison,
          labels: [first.label, second.label],
          revision: this.revision(result),
        },
      });
      this.showSideBySide(true);
    });
  }

  /** Switches between the compared shapes side by side and the result in the usual layout. */
  showSideBySide(sideBySide: boolean): void {
    const study = this.currentCt().ct?.studyInstanceUID;
    if (study === undefined) return;
    const before = this.store.get(study).sideBySide;
    this.store.update(study, { sideBySide });
    if (before !== sideBySide) this.viewer.showSideBySide(sideBySide);
    this.showSurfaces();
  }

  /** Stops what runs. Nothing else changes. */
  cancel(): void {
    this.client?.cancel();
  }

  /** Stores the result and calls it saved only after it was read back and compared. */
  save(): Promise<void> {
    return this.run('save', async (ct) => {
      const study = ct.studyInstanceUID;
      const result = this.requireResult(study);
      const masks = this.currentMasks(result);
      const { saved, dataset } = await saveReconstruction(
        encodeResult(result, masks),
        this.viewer.pacs,
      );
      this.rememberRevisions(result);
      this.storedSeries.add(saved.seriesInstanceUID);
      // The study may have been left and opened again meanwhile.
      const now = this.store.get(study).result ?? result;
      this.store.update(study, { result: { ...now, masks, saved } });
      this.viewer.announce(dataset);
    });
  }

  /**
   * Whether a stored series needs no showing: it is the result that the current study shows, or an earlier
   * state of it that was on the screen when this visit stored it.
   */
  isShownAsResult(seriesInstanceUID: string): boolean {
    if (this.storedSeries.has(seriesInstanceUID)) return true;
    const study = this.currentCt().ct?.studyInstanceUID;
    const saved = study === undefined ? undefined : this.store.get(study).result?.saved;
    return saved?.seriesInstanceUID === seriesInstanceUID;
  }

  downloadSeg(): Promise<void> {
    return this.attempt(async (study) => {
      const result = this.requireResult(study);
      const file = encodeResult(result, this.currentMasks(result));
      this.viewer.saveFile(file, 'cranioplasty-seg.dcm', 'application/dicom');
    });
  }

  downloadStl(shape: ResultShape): Promise<void> {
    return this.attempt(async (study) => {
      const result = this.requireResult(study);
      const stl = writeStl(
        await this.currentMesh(result, shape),
        `${product.researchUse}. ${shapeStyles[shape].label}, mm, LPS`,
      );
      const name = shape === 'patch' ? 'skull-patch.stl' : 'implant.stl';
      this.viewer.saveFile(stl as BlobPart, name, 'model/stl');
    });
  }

  /** The report of the current study, as a page to print and as JSON. */
  downloadReport(): Promise<void> {
    return this.attempt(async (study) => {
      const result = this.requireResult(study);
      const { patch, implant } = this.currentMasks(result);
      const { reconstruction } = result;
      const about = describeCase(
        result,
        this.store.get(study),
        {
          patch: !sameVoxels(patch, reconstruction.patch.mask),
          implant: !sameVoxels(implant, reconstruction.implant.mask),
        },
        new Date(),
      );
      const page = caseReportHtml(about, this.viewer.takePictures());
      this.viewer.saveFile(page, 'cranioplasty-report.html', 'text/html');
      const json = `${JSON.stringify(about, null, 2)}\n`;
      this.viewer.saveFile(json, 'cranioplasty-report.json', 'application/json');
    });
  }

  setAppearance(shape: ShapeName, change: Partial<ShapeAppearance>): void {
    const study = this.currentCt().ct?.studyInstanceUID;
    if (study === undefined) return;
    const { appearance } = this.store.get(study);
    this.store.update(study, {
      appearance: { ...appearance, [shape]: { ...appearance[shape], ...change } },
    });
    this.applyAppearance(study);
  }

  /** Colours the patch in 3D by how far the two runs of the network put its surface apart. */
  showDisagreement(showDisagreement: boolean): void {
    this.change({ showDisagreement });
    this.showSurfaces();
  }

  /** Does one thing, visible as activity, and shows its failure. */
  private async run(
    kind: Activity['kind'],
    work: (ct: CtReference, client: WorkerClient) => Promise<void>,
  ): Promise<void> {
    const { ct, error } = this.currentCt();
    if (!ct || this.busyStudy !== undefined || !this.client) {
      if (ct && this.busyStudy !== undefined) this.showError(ct.studyInstanceUID, busy());
      else if (error) throw error;
      return;
    }
    const study = ct.studyInstanceUID;
    this.busyStudy = study;
    this.store.update(study, {
      error: undefined,
      activity: { kind, startedAt: Date.now(), fallBacks: [] },
    });
    try {
      await work(ct, this.client);
    } catch (failure) {
      this.showError(study, asShown(failure));
    } finally {
      this.busyStudy = undefined;
      this.store.update(study, { activity: undefined });
    }
  }

  /** As `run`, for what takes no time. */
  private async attempt(work: (study: string) => Promise<void>): Promise<void> {
    const study = this.currentCt().ct?.studyInstanceUID;
    if (study === undefined) return;
    try {
      this.store.update(study, { error: undefined });
      await work(study);
    } catch (failure) {
      this.showError(study, asShown(failure));
    }
  }

  /** Shows in the panel where a job of the networks stands. */
  private following(
    study: string,
  ): Pick<ReconstructRequest, 'onProgress' | 'onProvider' | 'onFallBack'> {
    return {
      onProgress: (progress) => this.report(study, { progress }),
      onProvider: (provider) => this.report(study, { provider }),
      onFallBack: (warning) => {
        const { activity } = this.store.get(study);
        this.report(study, { fallBacks: [...(activity?.fallBacks ?? []), warning] });
      },
    };
  }

  private report(study: string, change: Partial<Activity>): void {
    const { activity } = this.store.get(study);
    if (activity) this.store.update(study, { activity: { ...activity, ...change } });
  }

  private showError(study: string, { code, message }: CranioplastyError): void {
    // The user asked for it: nothing to report.
    if (code !== 'cancelled') this.store.update(study, { error: { code, message } });
  }

  private change(change: Parameters<StudyStore['update']>[1]): void {
    const study = this.currentCt().ct?.studyInstanceUID;
    if (study !== undefined) this.store.update(study, change);
  }

  private requireResult(study: string): StudyResult {
    const { result } = this.store.get(study);
    if (result) return result;
    throw new CranioplastyError('bad-usage', 'There is no result yet: reconstruct first.');
  }

  /** Shows bone and result of a study on this visit. */
  private async show(study: string): Promise<void> {
    this.shown.add(study);
    const { bone, result, appearance } = this.store.get(study);
    if (bone && bone.segmentationId === undefined) {
      const { ct, mask } = bone;
      const label = 'Skull from CT';
      const segmentationId = await this.viewer.showSegmentation(ct, {
        label,
        rgb: shapeStyles.skull.rgb,
        mask,
      });
      this.store.update(study, {
        bone: { ...bone, segmentationId },
        skullKey: loadedKey(segmentationId, 1),
      });
    }
    if (!result) return;
    const segmentationIds: Partial<Record<ResultShape, string>> = {};
    for (const shape of resultShapes) {
      const { label, rgb } = shapeStyles[shape];
      const mask = result.masks[shape];
      const id = await this.viewer.showSegmentation(result.ct, { label, rgb, mask });
      segmentationIds[shape] = id;
      this.viewer.styleSegmentation(id, appearance[shape]);
    }
    const shownResult = { ...result, segmentationIds };
    this.rememberRevisions(shownResult);
    this.store.update(study, { result: shownResult });
    this.applyAppearance(study);
  }

  private applyAppearance(study: string): void {
    const { appearance, result } = this.store.get(study);
    if (!result) return;
    for (const shape of resultShapes) {
      const id = result.segmentationIds[shape];
      if (id) this.viewer.styleSegmentation(id, appearance[shape]);
    }
    this.showSurfaces();
  }

  /** In 3D: the result with its skull, or before there is one whatever the planes show. */
  private showSurfaces(): void {
    const { ct } = this.currentCt();
    if (!ct) return;
    const state = this.store.get(ct.studyInstanceUID);
    const surfaces = state.result
      ? resultSurfaces(state.result, state)
      : (this.segmentSurfaces?.of(this.viewer.listShownSegments(ct)) ?? []);
    this.viewer.showSurfaces(surfaces);
    this.viewer.showContours(resultContours(state));
  }

  /** A shape that the user edited stays in the viewer as an ordinary segmentation. */
  private hidePrevious(previous: StudyResult | undefined): void {
    for (const id of Object.values(previous?.segmentationIds ?? {})) {
      if (this.viewer.revisionOf(id) === 0) this.viewer.removeSegmentation(id);
    }
  }

  /** Follows the viewer: shows a study's shapes once it is open again, and notices edits. */
  private followViewer(): void {
    const { ct } = this.currentCt();
    if (!ct) return;
    const study = ct.studyInstanceUID;
    const { result, bone } = this.store.get(study);
    if (result?.saved && this.isEdited(result)) {
      this.store.update(study, { result: { ...result, saved: undefined } });
    }
    const { fit, compared } = this.store.get(study);
    const judged = fit ?? compared;
    if (result && judged && judged.revision !== this.revision(result)) {
      this.forgetJudgements(study);
      this.showSurfaces();
    }
    if (!this.viewer.isShown(ct)) return;
    if (!result) this.showSurfaces();
    if (this.shown.has(study) || !(result ?? bone)) return;
    this.shown.add(study);
    void this.show(study).catch((failure: unknown) => this.showError(study, asShown(failure)));
  }

  /** What was said of shapes that are no longer the same. */
  private forgetJudgements(study: string): void {
    const { sideBySide } = this.store.get(study);
    this.store.update(study, { fit: undefined, compared: undefined, sideBySide: false });
    if (sideBySide) this.viewer.showSideBySide(false);
  }

  /** @throws CranioplastyError `bad-segmentation` if the shape is gone */
  private comparable(
    ct: CtReference,
    result: StudyResult,
    wanted: string,
  ): { readonly label: string; readonly read: () => Promise<Mask> } {
    const shape = resultShapes.find((name) => resultKey(name) === wanted);
    if (shape)
      return { label: resultLabel(shape), read: async () => this.currentMasks(result)[shape] };
    const source = this.references(ct).find(({ key }) => key === wanted);
    if (source) {
      return { label: source.label, read: () => this.viewer.readSkull(source, result.series) };
    }
    throw new CranioplastyError(
      'bad-segmentation',
      'A shape to compare is no longer there: choose another one.',
    );
  }

  private rememberRevisions(result: StudyResult): void {
    for (const id of Object.values(result.segmentationIds)) {
      this.revisions.set(id, this.viewer.revisionOf(id));
    }
  }

  /** Grows with each edit of either shape. */
  private revision({ segmentationIds }: StudyResult): number {
    return Object.values(segmentationIds).reduce((sum, id) => sum + this.viewer.revisionOf(id), 0);
  }

  private isEdited(result: StudyResult): boolean {
    return Object.values(result.segmentationIds).some(
      (id) => this.viewer.revisionOf(id) !== (this.revisions.get(id) ?? 0),
    );
  }

  /** What is to be stored now: what the viewer shows, else what was kept. */
  private currentMasks(result: StudyResult): Record<ResultShape, Mask> {
    const mask = (shape: ResultShape): Mask => {
      const id = result.segmentationIds[shape];
      return (id && this.viewer.readSegmentation(id, result.series)) || result.masks[shape];
    };
    return { patch: mask('patch'), implant: mask('implant') };
  }

  /** The network's smooth surface, or that of the voxels once the user edited them. */
  private async currentMesh(result: StudyResult, shape: ResultShape): Promise<Mesh> {
    const mask = this.currentMasks(result)[shape];
    const computed = result.reconstruction[shape];
    if (sameVoxels(mask, computed.mask) || !this.client) return computed.mesh;
    return this.client.surface(mask);
  }

  private currentBone({ mask, ct, segmentationId }: SegmentedBone): Mask {
    const now =
      segmentationId && this.viewer.readSegmentation(segmentationId, this.viewer.readSeries(ct));
    return now || mask;
  }

  private keepEdits(study: string): void {
    const { result, bone } = this.store.get(study);
    this.store.update(study, {
      activity: undefined,
      fit: undefined,
      compared: undefined,
      sideBySide: false,
      bone: bone && { ...bone, mask: this.currentBone(bone), segmentationId: undefined },
      result: result && { ...result, masks: this.currentMasks(result), segmentationIds: {} },
    });
  }
}

/** The vertex nearest to the mean: unlike the mean, it lies on a curved patch. */
export function middleVertex({ positions }: Mesh): [number, number, number] {
  const mean = [0, 0, 0];
  for (let p = 0; p < positions.length; p++) mean[p % 3] += positions[p] / (positions.length / 3);
  let best = 0;
  let least = Infinity;
  for (let p = 0; p < positions.length; p += 3) {
    const distance = Math.hypot(
      positions[p] - mean[0],
      positions[p + 1] - mean[1],
      positions[p + 2] - mean[2],
    );
    if (distance < least) [best, least] = [p, distance];
  }
  return [positions[best], positions[best + 1], positions[best + 2]];
}

export function sameVoxels(a: Mask, b: Mask): boolean {
  return a === b || (a.data.length === b.data.length && a.data.every((v, i) => v === b.data[i]));
}

/** What is shown now without what the computed shape lost; that shape itself where nothing was edited. */
function withoutLost(now: Mask, before: Mask, after: Mask): Mask {
  if (sameVoxels(now, before)) return after;
  return { grid: now.grid, data: now.data.map((v, p) => (before.data[p] > after.data[p] ? 0 : v)) };
}

const resultLabel = (shape: ResultShape): string => `${shapeStyles[shape].label} of this result`;

function busy(): CranioplastyError {
  return new CranioplastyError(
    'bad-usage',
    'A computation is already running: wait for it or cancel it first.',
  );
}

function asShown(failure: unknown): CranioplastyError {
  if (failure instanceof CranioplastyError) return failure;
  return new CranioplastyError(
    'inference-failed',
    'Something went wrong that should not have: try again, and reload the page if it persists.',
    { cause: failure },
  );
}
