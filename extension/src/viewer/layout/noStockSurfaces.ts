import { eventTarget } from '@cornerstonejs/core';
import { Enums, segmentation } from '@cornerstonejs/tools';
import { is3dViewport } from './hangingProtocol.ts';

/**
 * When the layout changes, OHIF gives every viewport of a CT the segmentations of the others, and in 3D it
 * converts each to a surface of its own: half a minute on two cores, and over the surfaces that this
 * extension shows there. So they are taken out again before they are drawn.
 */
function onRepresentation(event: Event): void {
  const { viewportId, segmentationId, type } = (
    event as CustomEvent<{ viewportId: string; segmentationId: string; type?: string }>
  ).detail;
  if (type !== Enums.SegmentationRepresentations.Surface || !is3dViewport(viewportId)) return;
  // Not in the middle of adding it; drawing waits for the next frame.
  queueMicrotask(() => segmentation.removeSurfaceRepresentation(viewportId, segmentationId));
}

/** Starts keeping stock surfaces out of the 3D viewports. Returns a function that stops it. */
export function keepOutStockSurfaces(): () => void {
  const event = Enums.Events.SEGMENTATION_REPRESENTATION_MODIFIED;
  eventTarget.addEventListener(event, onRepresentation);
  return () => eventTarget.removeEventListener(event, onRepresentation);
}
