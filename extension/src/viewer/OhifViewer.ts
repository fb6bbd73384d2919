import { utilities } from '@cornerstonejs/core';
import { DicomMetadataStore } from '@ohif/core';
import type { NaturalDataset } from '../dicom/part10/attributes.ts';
import { caseIdentity, type CaseIdentity } from '../dicom/ct/caseIdentity.ts';
import { readCtSeries, type CtSeries } from '../dicom/ct/ctSeries.ts';
import { assertRegular } from '../dicom/ct/irregularSlices.ts';
import { CranioplastyError } from '../engine/space/errors.ts';
import type { Vec3 } from '../engine/space/grid.ts';
import type { CtVolume, Mask } from '../engine/space/volume.ts';
import { cranioplastyProtocol, stageIds } from './layout/hangingProtocol.ts';
import type {
  CommandsManager,
  DisplaySet,
  ExtensionManager,
  Services,
  Subscription,
} from '../types/ohif.ts';
import { BrushSegment } from './segments/BrushSegment.ts';
import { EditTracker } from './segments/EditTracker.ts';
import {
  ctDisplaySets,
  findCtDisplaySet,
  referenceOf,
  summaryOf,
  viewportOf,
  viewportsShowing,
} from './ctSelection.ts';
import { readCoarseCt, readCtPlanes, readCtVoxels } from './ctVoxels.ts';
import { lookAt, turnTo, viewDirection, type Facing } from './cameras.ts';
import {
  fingerprints,
  readHeld,
  readLabelmap,
  writeLabelmap,
  type HeldSlices,
} from './segments/labelmaps.ts';
import { hideStored, instancesOf, isStored } from './segments/storedObjects.ts';
import { displaySetOfLayer } from './layout/separateLayers.ts';
import { listShownSegments } from './segments/listShownSegments.ts';
import { listSkullSources } from './segments/listSkullSources.ts';
import { listStoredResults } from './segments/listStoredResults.ts';
import { PlaneSegmentations } from './segments/PlaneSegmentations.ts';
import { voxelsToRelease } from './segments/releaseVoxels.ts';
import { SkullReader, segmentationOfSkull } from './segments/skullOfSource.ts';
import { StrokeGuard } from './segments/StrokeGuard.ts';
import { createPacs, type Pacs } from './pacs.ts';
import { encodePicture } from './drawing/encodePicture.ts';
import { saveFile } from './saveFile.ts';
import type { SkullSource } from './skullSource.ts';
import { Drawing } from './drawing/Drawing.ts';
import type { StoredResult } from './storedResult.ts';
import type {
  BrushTarget,
  CtChoice,
  CtReference,
  Layout,
  Scene,
  SegmentationToShow,
  ShapeAppearance,
  ShownSegment,
  ViewerPort,
} from './ViewerPort.ts';
import { why } from '../words/errorSentences.ts';

/** OHIF as the extension sees it. */
export class OhifViewer implements ViewerPort {
  readonly pacs: Pacs;
  readonly saveFile = saveFile;
  readonly encodePicture = encodePicture;
  private readonly services: Services;
  private readonly extensionManager: ExtensionManager;
  private readonly commandsManager: CommandsManager;
  private readonly planes: PlaneSegmentations;
  private readonly brush: BrushSegment;
  private readonly guard: StrokeGuard;
  private readonly skulls: SkullReader;
  private readonly drawing = new Drawing();
  /** Also of 3D viewports to come. */
  private facing: Facing | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly edits = new EditTracker(fingerprints);
  /** Voxels of what this extension shows: OHIF drops segmentations before it tells that a mode is left. */
  private readonly held = new Map<string, HeldSlices>();
  /** Tells of changed voxels once they rest. */
  private telling: ReturnType<typeof setTimeout> | undefined;
  private subscriptions: Subscription[] = [];

  constructor(
    services: Services,
    extensionManager: ExtensionManager,
    commandsManager: CommandsManager,
  ) {
    this.services = services;
    this.extensionManager = extensionManager;
    this.commandsManager = commandsManager;
    this.planes = new PlaneSegmentations(services);
    this.brush = new BrushSegment(
      services,
      (segmentationId) =>
        this.planes.has(segmentationId) || isStored(services, displaySetOfLayer(segmentationId)),
    );
    this.guard = new StrokeGuard((viewportId) => this.brush.isResting(viewportId));
    this.pacs = createPacs(() => this.dataSource(), services);
    this.skulls = new SkullReader(this.pacs);
  }

  /** Starts listening when the mode is entered. */
  enter(): void {
    const { displaySetService, segmentationService, viewportGridService } = this.services;
    const { cornerstoneViewportService } = this.services;
    const changed = () => this.listeners.forEach((listener) => listener());
    const displaySets = displaySetService.EVENTS;
    const segmentations = segmentationService.EVENTS;
    this.subscriptions = [
      displaySetService.subscribe(displaySets.DISPLAY_SETS_ADDED, changed),
      displaySetService.subscribe(displaySets.DISPLAY_SETS_CHANGED, changed),
      displaySetService.subscribe(displaySets.DISPLAY_SETS_REMOVED, changed),
      // Of some SEG objects there is no display set to be told of.
      DicomMetadataStore.subscribe(DicomMetadataStore.EVENTS.INSTANCES_ADDED, changed),
      segmentationService.subscribe(
        segmentations.SEGMENTATION_ADDED,
        ({ segmentationId }: { segmentationId: string }) => {
          this.edits.start(segmentationId);
          changed();
        },
      ),
      segmentationService.subscribe(segmentations.SEGMENTATION_MODIFIED, () => {
        this.brush.follow();
        changed();
      }),
      segmentationService.subscribe(segmentations.SEGMENTATION_REMOVED, changed),
      segmentationService.subscribe(segmentations.SEGMENTATION_REPRESENTATION_MODIFIED, () => {
        this.planes.styleNew();
        this.brush.follow();
        changed();
      }),
      segmentationService.subscribe(
        segmentations.SEGMENTATION_DATA_MODIFIED,
        ({ segmentationId }: { segmentationId: string }) => {
          this.edits.question(segmentationId);
          // A brush sends one event a stroke segment: all voxels are looked at once it rests.
          clearTimeout(this.telling);
          this.telling = setTimeout(changed, 300);
        },
      ),
      viewportGridService.subscribe(viewportGridService.EVENTS.GRID_STATE_CHANGED, changed),
      // The viewer drops all actors of a viewport when it sets its volumes.
      cornerstoneViewportService.subscribe(
        cornerstoneViewportService.EVENTS.VIEWPORT_VOLUMES_CHANGED,
        ({ viewportInfo }: { viewportInfo: { getViewportId(): string } }) => {
          const viewportId = viewportInfo.getViewportId();
          void this.planes.showInNewViewport(viewportId);
          this.drawing.attach();
          if (this.facing) turnTo(this.services, this.facing, viewportId);
          this.planes.styleNew();
          changed();
        },
      ),
    ];
    this.planes.enter();
    this.guard.enter();
  }

  /** Lets go of everything that belongs to this visit when the mode is left. */
  leave(): void {
    this.subscriptions.forEach((subscription) => subscription.unsubscribe());
    this.subscriptions = [];
    this.planes.leave();
    this.brush.leave();
    this.guard.leave();
    this.drawing.clear();
    this.facing = undefined;
    this.edits.clear();
    this.held.clear();
    this.skulls.forget();
    clearTimeout(this.telling);
    this.telling = undefined;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  findCt(): CtReference {
    return referenceOf(findCtDisplaySet(this.services));
  }

  listCts(): CtChoice[] {
    return ctDisplaySets(this.services).map((displaySet) => ({
      ct: referenceOf(displaySet),
      summary: summaryOf(displaySet),
    }));
  }

  showCt(seriesInstanceUID: string): void {
    const { hangingProtocolService, viewportGridService } = this.services;
    const { displaySetInstanceUID } = this.displaySetOf({ seriesInstanceUID });
    const [viewportId] = viewportsShowing(this.services, findCtDisplaySet(this.services));
    if (viewportId === undefined) return;
    viewportGridService.setDisplaySetsForViewports(
      hangingProtocolService.getViewportsRequireUpdate(viewportId, displaySetInstanceUID),
    );
  }

  readSeries(ct: CtReference): CtSeries {
    const series = DicomMetadataStore.getSeries(ct.studyInstanceUID, ct.seriesInstanceUID);
    const read = readCtSeries(series?.instances ?? []);
    assertRegular(read);
    return read;
  }

  readVoxels(series: CtSeries): Promise<CtVolume> {
    return readCtVoxels(series, this.displaySetOf(series).imageIds ?? []);
  }

  readCoarseVoxels(series: CtSeries): Promise<CtVolume> {
    return readCoarseCt(series, this.displaySetOf(series).imageIds ?? []);
  }

  readPlanes(series: CtSeries, voxel: Vec3): Promise<[Int16Array, Int16Array, Int16Array]> {
    return readCtPlanes(series, this.displaySetOf(series).imageIds ?? [], voxel);
  }

  readIdentity(ct: CtReference): CaseIdentity {
    const series = DicomMetadataStore.getSeries(ct.studyInstanceUID, ct.seriesInstanceUID);
    return caseIdentity(series?.instances?.[0] ?? {});
  }

  userName(): string | undefined {
    const { profile } = this.services.userAuthenticationService.getUser?.() ?? {};
    return profile?.name || profile?.preferred_username || undefined;
  }

  listSkullSources(ct: CtReference, except: ReadonlySet<string>): SkullSource[] {
    return listSkullSources(this.services, this.displaySetOf(ct), {
      except,
      isEdited: (segmentationId, segment) => this.edits.revisionOf(segmentationId, segment) > 0,
      instances: instancesOf(ct),
    });
  }

  listStoredResults(ct: CtReference): StoredResult[] {
    return listStoredResults(instancesOf(ct));
  }

  hideStored(seriesInstanceUID: string): void {
    hideStored(this.services, seriesInstanceUID, (id) => this.edits.revisionOf(id) > 0);
  }

  readSkull(source: SkullSource, series: CtSeries): Promise<Mask> {
    return this.skulls.read(source, series);
  }

  segmentationOf(source: SkullSource): string | undefined {
    return segmentationOfSkull(this.services, source);
  }

  isShown(ct: CtReference): boolean {
    const displaySet = this.services.displaySetService
      .getActiveDisplaySets()
      .find(({ SeriesInstanceUID }) => SeriesInstanceUID === ct.seriesInstanceUID);
    const viewportIds = displaySet ? viewportsShowing(this.services, displaySet) : [];
    return (
      viewportIds.length > 0 &&
      viewportIds.every(
        (viewportId) => (viewportOf(this.services, viewportId)?.getActors().length ?? 0) > 0,
      )
    );
  }

  async showSegmentation(ct: CtReference, shown: SegmentationToShow): Promise<string> {
    const { segmentationService } = this.services;
    const displaySet = this.displaySetOf(ct);
    const segmentationId = await segmentationService.createLabelmapForDisplaySet(displaySet, {
      segmentationId: utilities.uuidv4(),
      label: shown.label,
      segments: {
        1: { segmentIndex: 1, label: shown.label, active: true, locked: false, cachedStats: {} },
      },
    });
    this.held.set(segmentationId, writeLabelmap(segmentationId, shown.mask, this.readSeries(ct)));
    this.edits.start(segmentationId);
    await this.planes.show(
      segmentationId,
      { seriesInstanceUID: ct.seriesInstanceUID, rgb: shown.rgb },
      viewportsShowing(this.services, displaySet),
    );
    return segmentationId;
  }

  readSegmentation(segmentationId: string, series: CtSeries): Mask | undefined {
    const live = readLabelmap(segmentationId, 1, series);
    if (live) return live;
    const held = this.held.get(segmentationId);
    return held && readHeld(held, series);
  }

  replaceVoxels(segmentationId: string, mask: Mask, series: CtSeries): void {
    this.takeBackEdits(segmentationId, mask, series);
    this.edits.accept(segmentationId);
  }

  takeBackEdits(segmentationId: string, mask: Mask, series: CtSeries): void {
    this.held.set(segmentationId, writeLabelmap(segmentationId, mask, series));
  }

  revisionOf(segmentationId: string, segment?: number): number {
    return this.edits.revisionOf(segmentationId, segment);
  }

  isInPlanes(segmentationId: string, ct: CtReference): boolean {
    const viewportIds = viewportsShowing(this.services, this.displaySetOf(ct));
    return this.planes.isIn(segmentationId, ct.seriesInstanceUID, viewportIds);
  }

  removeSegmentation(segmentationId: string): void {
    this.held.delete(segmentationId);
    this.planes.forget(segmentationId);
    const release = voxelsToRelease(segmentationId);
    this.services.segmentationService.remove(segmentationId);
    release();
  }

  styleSegmentation(segmentationId: string, appearance: ShapeAppearance): void {
    this.planes.style(segmentationId, appearance);
  }

  chooseForBrush(segmentationId: string, segment: number): void {
    this.brush.choose(segmentationId, segment);
  }

  brushTarget(): BrushTarget | undefined {
    return this.brush.target();
  }

  listShownSegments(ct: CtReference): ShownSegment[] {
    const displaySet = this.displaySetOf(ct);
    return listShownSegments(
      this.services,
      displaySet,
      this.readSeries(ct),
      viewportsShowing(this.services, displaySet),
      (segmentationId, segment) => this.edits.revisionOf(segmentationId, segment),
    );
  }

  lookAt(position: Vec3): void {
    lookAt(this.services, position);
  }

  turnTo(position: Vec3, middleOfHead: Vec3, radius?: number): void {
    const [x, y, z] = position.map((v, a) => v - middleOfHead[a]);
    const around = radius === undefined ? undefined : { position, radius };
    this.facing = { direction: [x, y, z], around };
    // From near by only what comes is looked at: what there is makes room for it.
    if (!around) turnTo(this.services, this.facing);
  }

  viewDirection(): Vec3 | undefined {
    return viewDirection(this.services);
  }

  showLayout(layout: Layout): void {
    this.commandsManager.runCommand('setHangingProtocol', {
      protocolId: cranioplastyProtocol.id,
      stageId: stageIds[layout],
    });
  }

  showScene(scene: Scene): void {
    this.drawing.show(scene);
  }

  announce(dataset: NaturalDataset): void {
    const wadoRoot = this.dataSource().getConfig?.()?.wadoRoot;
    const instance = { ...dataset };
    // As the data source does it: not an attribute of the object.
    Object.defineProperty(instance, 'wadoRoot', { value: wadoRoot, enumerable: false });
    DicomMetadataStore.addInstances([instance], true);
    this.dataSource().deleteStudyMetadataPromise?.(String(dataset['StudyInstanceUID']));
  }

  private dataSource() {
    return this.extensionManager.getActiveDataSource()[0];
  }

  private displaySetOf({ seriesInstanceUID }: { readonly seriesInstanceUID: string }): DisplaySet {
    const found = this.services.displaySetService
      .getActiveDisplaySets()
      .find((displaySet) => displaySet.SeriesInstanceUID === seriesInstanceUID);
    if (found) return found;
    throw new CranioplastyError('no-ct', why('error.ct-closed'));
  }
}
