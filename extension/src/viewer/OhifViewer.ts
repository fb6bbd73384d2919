import { Enums, eventTarget, utilities, type Types } from '@cornerstonejs/core';
import { Enums as ToolEnums, segmentation as csSegmentation } from '@cornerstonejs/tools';
import { DicomMetadataStore } from '@ohif/core';
import type { NaturalDataset } from '../dicom/attributes.ts';
import { readCtSeries, type CtSeries } from '../dicom/ctSeries.ts';
import { readSegmentation, readSkull } from '../dicom/readSegmentation.ts';
import { CranioplastyError } from '../engine/space/errors.ts';
import type { Vec3 } from '../engine/space/grid.ts';
import { countSet, type CtVolume, type Mask } from '../engine/space/volume.ts';
import type { ShapeAppearance } from '../state/shapes.ts';
import { cranioplastyProtocol, stageIds } from '../hangingProtocol.ts';
import type {
  CommandsManager,
  DisplaySet,
  ExtensionManager,
  Services,
  Subscription,
} from '../types/ohif.ts';
import { EditTracker } from './EditTracker.ts';
import { findCtDisplaySet, viewportsShowing } from './ctSelection.ts';
import { readCtVoxels } from './ctVoxels.ts';
import {
  fingerprint,
  readHeld,
  readLabelmap,
  writeLabelmap,
  type HeldSlices,
} from './labelmaps.ts';
import { listShownSegments } from './listShownSegments.ts';
import { listSkullSources } from './listSkullSources.ts';
import { createPacs } from './pacs.ts';
import { takePictures } from './pictures.ts';
import { saveFile } from './saveFile.ts';
import type { SkullSource } from './skullSource.ts';
import { SliceContours } from './SliceContours.ts';
import { SurfaceScene } from './SurfaceScene.ts';
import type {
  ContoursToShow,
  CtReference,
  Pacs,
  SegmentationToShow,
  ShownSegment,
  SurfaceToShow,
  ViewerPort,
} from './ViewerPort.ts';

/** What volume viewports can do besides their declared interface. */
interface SliceJump {
  jumpToWorld(position: Types.Point3): boolean;
}

/** OHIF as the extension sees it. */
export class OhifViewer implements ViewerPort {
  readonly pacs: Pacs;
  readonly saveFile = saveFile;
  readonly takePictures = takePictures;
  private readonly services: Services;
  private readonly extensionManager: ExtensionManager;
  private readonly commandsManager: CommandsManager;
  private readonly scene = new SurfaceScene();
  private readonly sliceContours = new SliceContours();
  private readonly listeners = new Set<() => void>();
  private readonly edits = new EditTracker(fingerprint);
  /** Voxels of what this extension shows: OHIF drops segmentations before it tells that a mode is left. */
  private readonly held = new Map<string, HeldSlices>();
  private readonly appearances = new Map<string, ShapeAppearance>();
  /** What this extension shows in the planes. */
  private readonly shown = new Map<
    string,
    { readonly seriesInstanceUID: string; readonly rgb: SegmentationToShow['rgb'] }
  >();
  /** Representations that look as they shall: a viewport that sets its volumes anew gets other ones. */
  private readonly styled = new WeakSet<object>();
  /** Viewports to draw once more when a change of looks has reached their actors. */
  private readonly redraw = new Set<string>();
  /** Set while a change of voxels waits to be told. */
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
    this.pacs = createPacs(() => this.dataSource(), services);
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
      segmentationService.subscribe(
        segmentations.SEGMENTATION_ADDED,
        ({ segmentationId }: { segmentationId: string }) => {
          this.edits.start(segmentationId);
          changed();
        },
      ),
      segmentationService.subscribe(segmentations.SEGMENTATION_MODIFIED, changed),
      segmentationService.subscribe(segmentations.SEGMENTATION_REMOVED, changed),
      segmentationService.subscribe(segmentations.SEGMENTATION_REPRESENTATION_MODIFIED, () => {
        this.styleNewRepresentations();
        changed();
      }),
      segmentationService.subscribe(
        segmentations.SEGMENTATION_DATA_MODIFIED,
        ({ segmentationId }: { segmentationId: string }) => {
          this.edits.question(segmentationId);
          // A brush sends one event a stroke segment; looking at all voxels each time would stall it.
          this.telling ??= setTimeout(() => {
            this.telling = undefined;
            changed();
          }, 500);
        },
      ),
      viewportGridService.subscribe(viewportGridService.EVENTS.GRID_STATE_CHANGED, changed),
      // The viewer drops all actors of a viewport when it sets its volumes.
      cornerstoneViewportService.subscribe(
        cornerstoneViewportService.EVENTS.VIEWPORT_VOLUMES_CHANGED,
        ({ viewportInfo }: { viewportInfo: { getViewportId(): string } }) => {
          void this.showInNewViewport(viewportInfo.getViewportId());
          this.scene.attach();
          this.sliceContours.attach();
          this.styleNewRepresentations();
          changed();
        },
      ),
    ];
    eventTarget.addEventListener(ToolEnums.Events.SEGMENTATION_RENDERED, this.drawOnceMore);
  }

  /** Lets go of everything that belongs to this visit when the mode is left. */
  leave(): void {
    this.subscriptions.forEach((subscription) => subscription.unsubscribe());
    this.subscriptions = [];
    eventTarget.removeEventListener(ToolEnums.Events.SEGMENTATION_RENDERED, this.drawOnceMore);
    this.appearances.clear();
    this.shown.clear();
    this.redraw.clear();
    this.scene.show([]);
    this.sliceContours.show(undefined);
    this.edits.clear();
    this.held.clear();
    clearTimeout(this.telling);
    this.telling = undefined;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  findCt(): CtReference {
    const { StudyInstanceUID, SeriesInstanceUID, SeriesDescription, SeriesNumber } =
      findCtDisplaySet(this.services);
    return {
      studyInstanceUID: StudyInstanceUID,
      seriesInstanceUID: SeriesInstanceUID,
      label: SeriesDescription || `Series ${SeriesNumber ?? '?'}`,
    };
  }

  readSeries(ct: CtReference): CtSeries {
    const series = DicomMetadataStore.getSeries(ct.studyInstanceUID, ct.seriesInstanceUID);
    return readCtSeries(series?.instances ?? []);
  }

  readVoxels(series: CtSeries): Promise<CtVolume> {
    return readCtVoxels(series, this.displaySetOf(series).imageIds ?? []);
  }

  listSkullSources(ct: CtReference, except: ReadonlySet<string>): SkullSource[] {
    return listSkullSources(this.services, this.displaySetOf(ct), {
      except,
      isEdited: (segmentationId) => this.edits.revisionOf(segmentationId) > 0,
    });
  }

  async readSkull(source: SkullSource, series: CtSeries): Promise<Mask> {
    if (source.kind === 'stored') {
      const file = await this.pacs.retrieve(source.instance);
      const { segments } = readSegmentation(file, { onto: series });
      const segment = segments.find(({ number }) => number === source.segment);
      if (!segment) throw gone();
      return readSkull(segment);
    }
    const mask = readLabelmap(source.segmentationId, source.segment, series);
    if (!mask) throw gone();
    if (countSet(mask.data) === 0) {
      throw new CranioplastyError(
        'empty-skull',
        `The segment "${source.label}" is empty: choose a segment that holds the skull.`,
      );
    }
    return mask;
  }

  isShown(ct: CtReference): boolean {
    const displaySet = this.services.displaySetService
      .getActiveDisplaySets()
      .find(({ SeriesInstanceUID }) => SeriesInstanceUID === ct.seriesInstanceUID);
    const viewportIds = displaySet ? viewportsShowing(this.services, displaySet) : [];
    return (
      viewportIds.length > 0 &&
      viewportIds.every((viewportId) => (this.viewport(viewportId)?.getActors().length ?? 0) > 0)
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
    this.shown.set(segmentationId, { seriesInstanceUID: ct.seriesInstanceUID, rgb: shown.rgb });
    for (const viewportId of viewportsShowing(this.services, displaySet))
      await this.represent(viewportId, segmentationId);
    return segmentationId;
  }

  /** Shows a segmentation in a plane, unless it is there already. */
  private async represent(viewportId: string, segmentationId: string): Promise<void> {
    const { segmentationService } = this.services;
    if (this.viewport(viewportId)?.type !== Enums.ViewportType.ORTHOGRAPHIC) return;
    const there = segmentationService.getSegmentationRepresentations(viewportId, {
      segmentationId,
    });
    if (there.length > 0) return;
    await segmentationService.addSegmentationRepresentation(viewportId, {
      segmentationId,
      type: 'Labelmap',
    });
    this.styleNewRepresentations();
  }

  /** In another layout there may be planes that have not shown anything yet. */
  private async showInNewViewport(viewportId: string): Promise<void> {
    const displayed = this.services.viewportGridService.getState().viewports.get(viewportId);
    for (const displaySet of this.services.displaySetService.getActiveDisplaySets()) {
      if (!displayed?.displaySetInstanceUIDs?.includes(displaySet.displaySetInstanceUID)) continue;
      for (const [segmentationId, { seriesInstanceUID }] of this.shown)
        if (seriesInstanceUID === displaySet.SeriesInstanceUID)
          await this.represent(viewportId, segmentationId);
    }
  }

  readSegmentation(segmentationId: string, series: CtSeries): Mask | undefined {
    const live = readLabelmap(segmentationId, 1, series);
    if (live) return live;
    const held = this.held.get(segmentationId);
    return held && readHeld(held, series);
  }

  revisionOf(segmentationId: string): number {
    return this.edits.revisionOf(segmentationId);
  }

  removeSegmentation(segmentationId: string): void {
    this.held.delete(segmentationId);
    this.shown.delete(segmentationId);
    this.appearances.delete(segmentationId);
    this.services.segmentationService.remove(segmentationId);
  }

  styleSegmentation(segmentationId: string, appearance: ShapeAppearance): void {
    this.appearances.set(segmentationId, appearance);
    const fillAlpha = 0.6 * appearance.opacity;
    this.services.segmentationService.setStyle(
      { segmentationId, type: 'Labelmap' },
      { fillAlpha, fillAlphaInactive: fillAlpha, outlineOpacity: appearance.opacity },
    );
    this.styleNewRepresentations();
    this.eachRepresentation(segmentationId, (viewportId) =>
      this.setVisibility(viewportId, segmentationId, appearance),
    );
  }

  /**
   * Gives colour and visibility to what a viewport shows since a moment ago, whoever added it there; what
   * the user toggled elsewhere stays.
   */
  private styleNewRepresentations(): void {
    const { segmentationService } = this.services;
    for (const [segmentationId, { rgb }] of this.shown)
      this.eachRepresentation(segmentationId, (viewportId, representation) => {
        if (this.styled.has(representation)) return;
        this.styled.add(representation);
        segmentationService.setSegmentColor(viewportId, segmentationId, 1, [...rgb, 255]);
        const appearance = this.appearances.get(segmentationId);
        if (appearance) this.setVisibility(viewportId, segmentationId, appearance);
      });
  }

  private eachRepresentation(
    segmentationId: string,
    visit: (viewportId: string, representation: object) => void,
  ): void {
    const type = ToolEnums.SegmentationRepresentations.Labelmap;
    for (const viewportId of this.services.viewportGridService.getState().viewports.keys())
      csSegmentation.state
        .getSegmentationRepresentations(viewportId, { segmentationId, type })
        .forEach((representation) => visit(viewportId, representation));
  }

  private setVisibility(
    viewportId: string,
    segmentationId: string,
    { visible }: ShapeAppearance,
  ): void {
    const { segmentationService } = this.services;
    this.redraw.add(viewportId);
    segmentationService.setSegmentVisibility(viewportId, segmentationId, 1, visible, 'Labelmap');
  }

  /** The viewer may draw a viewport between a change of looks and its arrival at the actors, and then not again. */
  private readonly drawOnceMore = (event: Event): void => {
    const { viewportId } = (event as CustomEvent<{ readonly viewportId: string }>).detail;
    if (this.redraw.delete(viewportId)) this.viewport(viewportId)?.render();
  };

  listShownSegments(ct: CtReference): ShownSegment[] {
    const displaySet = this.displaySetOf(ct);
    return listShownSegments(
      this.services,
      displaySet,
      this.readSeries(ct),
      viewportsShowing(this.services, displaySet),
      (segmentationId) => this.edits.revisionOf(segmentationId),
    );
  }

  lookAt(position: Vec3): void {
    const { viewports } = this.services.viewportGridService.getState();
    for (const viewportId of viewports.keys()) {
      const viewport = this.viewport(viewportId);
      if (viewport?.type !== Enums.ViewportType.ORTHOGRAPHIC) continue;
      (viewport as Types.IVolumeViewport & SliceJump).jumpToWorld([...position]);
    }
  }

  showSideBySide(sideBySide: boolean): void {
    this.commandsManager.runCommand('setHangingProtocol', {
      protocolId: cranioplastyProtocol.id,
      stageId: sideBySide ? stageIds.sideBySide : stageIds.usual,
    });
  }

  showSurfaces(surfaces: readonly SurfaceToShow[]): void {
    this.scene.show(surfaces);
  }

  showContours(contours: ContoursToShow | undefined): void {
    this.sliceContours.show(contours);
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

  private viewport(viewportId: string): Types.IViewport | null {
    const service = this.services.cornerstoneViewportService;
    return service.getCornerstoneViewport(viewportId) as Types.IViewport | null;
  }

  private displaySetOf({ seriesInstanceUID }: { readonly seriesInstanceUID: string }): DisplaySet {
    const found = this.services.displaySetService
      .getActiveDisplaySets()
      .find((displaySet) => displaySet.SeriesInstanceUID === seriesInstanceUID);
    if (found) return found;
    throw new CranioplastyError('no-ct', 'The CT is no longer open: open its study again.');
  }
}

function gone(): CranioplastyError {
  return new CranioplastyError(
    'bad-segmentation',
    'The chosen segment is no longer there: choose another skull segment.',
  );
}
