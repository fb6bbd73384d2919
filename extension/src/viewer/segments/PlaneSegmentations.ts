import { Enums, eventTarget } from '@cornerstonejs/core';
import {
  Enums as ToolEnums,
  segmentation as csSegmentation,
  utilities,
} from '@cornerstonejs/tools';
import type { Services } from '../../types/ohif.ts';
import { viewportOf } from '../ctSelection.ts';
import type { SegmentationToShow, ShapeAppearance } from '../ViewerPort.ts';

/** So long after the viewer last drew segmentations in a viewport it has worked off what it was asked for, ms. */
const quiet = 700;

interface Shown {
  readonly seriesInstanceUID: string;
  readonly rgb: SegmentationToShow['rgb'];
}

/** What this extension shows in the planes, in whichever viewports there are, and how it looks there. */
export class PlaneSegmentations {
  private readonly services: Services;
  private readonly appearances = new Map<string, ShapeAppearance>();
  private readonly shown = new Map<string, Shown>();
  /**
   * Representations that look as they shall, by viewport, segmentation and colour table: a viewport that sets its volumes
   * anew gets other ones, with tables of their own, and the viewer copies all of them at every change.
   */
  private readonly styled = new Set<string>();
  /** Viewports to draw again, by what will do so. */
  private readonly redraw = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly drawn = (event: Event): void => {
    const { viewportId } = (event as CustomEvent<{ readonly viewportId: string }>).detail;
    if (this.redraw.has(viewportId)) this.drawAgain(viewportId);
  };

  constructor(services: Services) {
    this.services = services;
  }

  /** Starts listening when the mode is entered. */
  enter(): void {
    eventTarget.addEventListener(ToolEnums.Events.SEGMENTATION_RENDERED, this.drawn);
  }

  leave(): void {
    eventTarget.removeEventListener(ToolEnums.Events.SEGMENTATION_RENDERED, this.drawn);
    this.appearances.clear();
    this.shown.clear();
    this.styled.clear();
    for (const drawing of this.redraw.values()) clearTimeout(drawing);
    this.redraw.clear();
  }

  /** Shows a segmentation in these viewports, as far as they are planes, and in those of layouts to come. */
  async show(segmentationId: string, shown: Shown, viewportIds: readonly string[]): Promise<void> {
    this.shown.set(segmentationId, shown);
    for (const viewportId of viewportIds) await this.represent(viewportId, segmentationId);
  }

  /** Whether this extension shows it. */
  has(segmentationId: string): boolean {
    return this.shown.has(segmentationId);
  }

  /** Whether it was made for a series and is in each of these viewports that is a plane, seen or hidden as it shall. */
  isIn(segmentationId: string, seriesInstanceUID: string, viewportIds: readonly string[]): boolean {
    if (this.shown.get(segmentationId)?.seriesInstanceUID !== seriesInstanceUID) return false;
    const planes = viewportIds.filter((viewportId) => this.isPlane(viewportId));
    const visible = this.appearances.get(segmentationId)?.visible ?? true;
    return (
      planes.length > 0 &&
      planes.every(
        (viewportId) =>
          this.isRepresented(viewportId, segmentationId) &&
          isVisible(viewportId, segmentationId) === visible,
      )
    );
  }

  forget(segmentationId: string): void {
    this.shown.delete(segmentationId);
    this.appearances.delete(segmentationId);
  }

  /** Shows a segmentation in a plane, unless it is there already. */
  private async represent(viewportId: string, segmentationId: string): Promise<void> {
    if (!this.isPlane(viewportId) || this.isRepresented(viewportId, segmentationId)) return;
    await this.services.segmentationService.addSegmentationRepresentation(viewportId, {
      segmentationId,
      type: 'Labelmap',
    });
    this.styleNew();
  }

  /** In another layout there may be planes that have not shown anything yet. */
  async showInNewViewport(viewportId: string): Promise<void> {
    const displayed = this.services.viewportGridService.getState().viewports.get(viewportId);
    for (const displaySet of this.services.displaySetService.getActiveDisplaySets()) {
      if (!displayed?.displaySetInstanceUIDs?.includes(displaySet.displaySetInstanceUID)) continue;
      for (const [segmentationId, { seriesInstanceUID }] of this.shown)
        if (seriesInstanceUID === displaySet.SeriesInstanceUID)
          await this.represent(viewportId, segmentationId);
    }
  }

  style(segmentationId: string, appearance: ShapeAppearance): void {
    const before = this.appearances.get(segmentationId);
    // Each change makes the viewer draw every plane once more.
    if (before?.visible === appearance.visible && before.opacity === appearance.opacity) return;
    this.appearances.set(segmentationId, appearance);
    const fillAlpha = 0.6 * appearance.opacity;
    this.services.segmentationService.setStyle(
      { segmentationId, type: 'Labelmap' },
      { fillAlpha, fillAlphaInactive: fillAlpha, outlineOpacity: appearance.opacity },
    );
    this.styleNew();
    // They are visible from the beginning.
    const was = before?.visible ?? true;
    this.eachRepresentation(segmentationId, (viewportId) => {
      if (appearance.visible !== was) this.setVisibility(viewportId, segmentationId, appearance);
      this.drawAgain(viewportId);
    });
  }

  /**
   * Gives colour and visibility to what a viewport shows since a moment ago, whoever added it there; what
   * the user toggled elsewhere stays.
   */
  styleNew(): void {
    const { segmentationService } = this.services;
    for (const [segmentationId, { rgb }] of this.shown)
      this.eachRepresentation(segmentationId, (viewportId, colourTable) => {
        const representation = `${viewportId} ${segmentationId} ${colourTable}`;
        if (this.styled.has(representation)) return;
        this.styled.add(representation);
        segmentationService.setSegmentColor(viewportId, segmentationId, 1, [...rgb, 255]);
        const appearance = this.appearances.get(segmentationId);
        if (appearance?.visible === false)
          this.setVisibility(viewportId, segmentationId, appearance);
        this.drawAgain(viewportId);
      });
  }

  private isPlane(viewportId: string): boolean {
    return viewportOf(this.services, viewportId)?.type === Enums.ViewportType.ORTHOGRAPHIC;
  }

  private isRepresented(viewportId: string, segmentationId: string): boolean {
    const { segmentationService } = this.services;
    return (
      segmentationService.getSegmentationRepresentations(viewportId, { segmentationId }).length > 0
    );
  }

  private eachRepresentation(
    segmentationId: string,
    visit: (viewportId: string, colourTable: number) => void,
  ): void {
    const type = ToolEnums.SegmentationRepresentations.Labelmap;
    for (const viewportId of this.services.viewportGridService.getState().viewports.keys())
      csSegmentation.state
        .getSegmentationRepresentations(viewportId, { segmentationId, type })
        .forEach(({ colorLUTIndex }) => visit(viewportId, colorLUTIndex));
  }

  private setVisibility(
    viewportId: string,
    segmentationId: string,
    { visible }: ShapeAppearance,
  ): void {
    const { segmentationService } = this.services;
    segmentationService.setSegmentVisibility(viewportId, segmentationId, 1, visible, 'Labelmap');
  }

  /**
   * The viewer puts every change in a queue, of which it draws one a frame, and a drawing that has to wait for something
   * can end with older looks after one with newer: once it rests, what there is by then is drawn once more.
   */
  private drawAgain(viewportId: string): void {
    clearTimeout(this.redraw.get(viewportId));
    const draw = () => {
      this.redraw.delete(viewportId);
      utilities.segmentation.triggerSegmentationRender(viewportId);
    };
    this.redraw.set(viewportId, setTimeout(draw, quiet));
  }
}

const isVisible = (viewportId: string, segmentationId: string): boolean =>
  csSegmentation.config.visibility.getSegmentIndexVisibility(
    viewportId,
    { segmentationId, type: ToolEnums.SegmentationRepresentations.Labelmap },
    1,
  );
