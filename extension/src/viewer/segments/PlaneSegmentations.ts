import { Enums } from '@cornerstonejs/core';
import {
  Enums as ToolEnums,
  segmentation as csSegmentation,
  utilities,
} from '@cornerstonejs/tools';
import type { Services } from '../../types/ohif.ts';
import { viewportOf } from '../ctSelection.ts';
import type { SegmentationToShow, ShapeAppearance } from '../ViewerPort.ts';

/** When a viewport is drawn again after the last change of looks, ms: the viewer may have given it older ones meanwhile. */
const drawnAgain = [300, 1000, 3000, 10_000];

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
  private readonly redraw = new Map<string, readonly ReturnType<typeof setTimeout>[]>();

  constructor(services: Services) {
    this.services = services;
  }

  leave(): void {
    this.appearances.clear();
    this.shown.clear();
    this.styled.clear();
    for (const drawings of this.redraw.values()) drawings.forEach(clearTimeout);
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

  forget(segmentationId: string): void {
    this.shown.delete(segmentationId);
    this.appearances.delete(segmentationId);
  }

  /** Shows a segmentation in a plane, unless it is there already. */
  private async represent(viewportId: string, segmentationId: string): Promise<void> {
    const { segmentationService } = this.services;
    if (viewportOf(this.services, viewportId)?.type !== Enums.ViewportType.ORTHOGRAPHIC) return;
    const there = segmentationService.getSegmentationRepresentations(viewportId, {
      segmentationId,
    });
    if (there.length > 0) return;
    await segmentationService.addSegmentationRepresentation(viewportId, {
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
    this.eachRepresentation(segmentationId, (viewportId) =>
      this.setVisibility(viewportId, segmentationId, appearance),
    );
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
        if (appearance) this.setVisibility(viewportId, segmentationId, appearance);
      });
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
    this.drawAgain(viewportId);
    segmentationService.setSegmentVisibility(viewportId, segmentationId, 1, visible, 'Labelmap');
  }

  /**
   * The viewer draws between a change of looks and its arrival at the actors, and works off older requests after newer
   * ones, so that what was hidden can stay in the picture: the looks as they are then are drawn a few times more.
   */
  private drawAgain(viewportId: string): void {
    this.redraw.get(viewportId)?.forEach(clearTimeout);
    const draw = () => utilities.segmentation.triggerSegmentationRender(viewportId);
    this.redraw.set(
      viewportId,
      drawnAgain.map((after) => setTimeout(draw, after)),
    );
  }
}
