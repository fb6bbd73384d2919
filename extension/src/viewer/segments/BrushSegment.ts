import { Enums } from '@cornerstonejs/core';
import { segmentation as csSegmentation } from '@cornerstonejs/tools';
import type { Services } from '../../types/ohif.ts';
import { viewportOf } from '../ctSelection.ts';
import type { BrushTarget } from '../ViewerPort.ts';

/** What a plane showed when it was looked at last. */
interface Left {
  readonly active: string | undefined;
  readonly present: ReadonlySet<string>;
}

/**
 * Which segmentation brush and eraser change: the chosen one in every plane, and none while it is hidden. The
 * viewer keeps an active segmentation for each viewport, makes whatever was added last the active one, and
 * paints on what is hidden.
 */
export class BrushSegment {
  private readonly services: Services;
  private chosen: string | undefined;
  private readonly left = new Map<string, Left>();
  /** Segments that are kept from the brush because they are hidden, by segmentation. */
  private readonly resting = new Map<string, number>();
  /** Segmentations that any plane has shown. */
  private readonly known = new Set<string>();
  private readonly isAutomatic: (segmentationId: string) => boolean;
  private following = false;

  /** @param isAutomatic whether a segmentation was shown without the user's making it just now */
  constructor(services: Services, isAutomatic: (segmentationId: string) => boolean) {
    this.services = services;
    this.isAutomatic = isAutomatic;
  }

  choose(segmentationId: string, segment: number): void {
    this.chosen = segmentationId;
    const segments = csSegmentation.state.getSegmentation(segmentationId)?.segments;
    // The other segments of it are not meant; one that is kept from the brush stays so until it is shown.
    if (this.resting.has(segmentationId)) this.resting.set(segmentationId, segment);
    else if (segments?.[segment] && !segments[segment].active)
      csSegmentation.segmentIndex.setActiveSegmentIndex(segmentationId, segment);
    this.spread();
  }

  target(): BrushTarget | undefined {
    const segmentationId = this.chosen;
    if (segmentationId === undefined) return undefined;
    return { segmentationId, hidden: this.resting.has(segmentationId) };
  }

  /** Whether what is active in a viewport is hidden, and kept from the brush. */
  isResting(viewportId: string): boolean {
    const active = representations(viewportId).find((shown) => shown.active);
    return active !== undefined && this.resting.has(active.segmentationId);
  }

  /** Looks at the planes again: another segmentation may have been chosen, added, hidden or shown. */
  follow(): void {
    if (this.following) return;
    this.adopt();
    this.spread();
  }

  leave(): void {
    this.chosen = undefined;
    this.left.clear();
    this.known.clear();
    this.resting.clear();
  }

  /** Takes over what the user made the active one in a plane with the viewer's own panel. */
  private adopt(): void {
    for (const viewportId of this.planes()) {
      const before = this.left.get(viewportId);
      const shown = representations(viewportId);
      const active = shown.find((representation) => representation.active)?.segmentationId;
      const isThere = (id: string) => shown.some(({ segmentationId }) => segmentationId === id);
      if (active === undefined || before?.active === undefined || active === before.active)
        continue;
      // One that was only just added, or took the place of one that went, was not chosen; one that the user
      // only just made was.
      const wasChosen = before.present.has(active)
        ? isThere(before.active)
        : !this.known.has(active) && !this.isAutomatic(active);
      if (wasChosen) this.chosen = active;
    }
  }

  private spread(): void {
    this.following = true;
    try {
      const { chosen } = this;
      const planes = this.planes();
      for (const viewportId of planes) {
        const shown = representations(viewportId);
        const there = shown.find(({ segmentationId }) => segmentationId === chosen);
        if (chosen !== undefined && there && !there.active)
          csSegmentation.activeSegmentation.setActiveSegmentation(viewportId, chosen);
        this.left.set(viewportId, {
          active: representations(viewportId).find(({ active }) => active)?.segmentationId,
          present: new Set(shown.map(({ segmentationId }) => segmentationId)),
        });
        for (const { segmentationId } of shown) this.known.add(segmentationId);
      }
      for (const viewportId of this.left.keys())
        if (!planes.includes(viewportId)) this.left.delete(viewportId);
      for (const id of new Set([...this.left.values()].map(({ active }) => active)))
        if (id !== undefined) this.restWhileHidden(id, planes);
    } finally {
      this.following = false;
    }
  }

  /** Without an active segment the tools change nothing. */
  private restWhileHidden(segmentationId: string, planes: readonly string[]): void {
    const segments = csSegmentation.state.getSegmentation(segmentationId)?.segments;
    if (!segments) return;
    const active = Object.values(segments).find((segment) => segment.active)?.segmentIndex;
    const segment = active ?? this.resting.get(segmentationId);
    if (segment === undefined) return;
    const hidden = planes.some((viewportId) =>
      representations(viewportId).some(
        (shown) =>
          shown.segmentationId === segmentationId &&
          (!shown.visible || shown.segments[segment]?.visible === false),
      ),
    );
    if (hidden) {
      if (active !== undefined) segments[active].active = false;
      this.resting.set(segmentationId, segment);
    } else if (this.resting.delete(segmentationId) && active === undefined) {
      csSegmentation.segmentIndex.setActiveSegmentIndex(segmentationId, segment);
    }
  }

  private planes(): string[] {
    return [...this.services.viewportGridService.getState().viewports.keys()].filter(
      (viewportId) =>
        viewportOf(this.services, viewportId)?.type === Enums.ViewportType.ORTHOGRAPHIC,
    );
  }
}

const representations = (viewportId: string) =>
  csSegmentation.state
    .getSegmentationRepresentations(viewportId)
    .filter(({ type }) => type === 'Labelmap');
