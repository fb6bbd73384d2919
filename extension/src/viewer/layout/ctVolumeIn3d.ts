import type { Types } from '@cornerstonejs/core';
import { Enums, eventTarget, getEnabledElement, getRenderingEngines } from '@cornerstonejs/core';

/**
 * Volume rendering of a CT takes seconds a frame without a fast GPU and stalls everything beside it, and what
 * matters in 3D are the surfaces of skull, patch and implant. So the volume is hidden until it is asked for.
 */
let shown = false;

function isVolume(entry: Types.ActorEntry): boolean {
  return entry.actor.isA('vtkVolume');
}

function apply(viewport: Pick<Types.IViewport, 'type' | 'getActors'>): void {
  if (viewport.type !== Enums.ViewportType.VOLUME_3D) return;
  for (const entry of viewport.getActors().filter(isVolume)) entry.actor.setVisibility(shown);
}

function onNewVolume(event: Event): void {
  const viewport = getEnabledElement(event.currentTarget as HTMLDivElement)?.viewport;
  if (viewport) apply(viewport);
}

/** The event is not sent to the global target, and one frame later the volume would be rendered. */
function onElementEnabled(event: Event): void {
  const { element } = (event as CustomEvent<{ element: HTMLDivElement }>).detail;
  element.addEventListener(Enums.Events.VOLUME_VIEWPORT_NEW_VOLUME, onNewVolume);
}

/** Starts hiding the CT volume in 3D viewports. Returns a function that stops it. */
export function hideCtVolumeIn3d(): () => void {
  shown = false;
  eventTarget.addEventListener(Enums.Events.ELEMENT_ENABLED, onElementEnabled);
  return () => eventTarget.removeEventListener(Enums.Events.ELEMENT_ENABLED, onElementEnabled);
}

export function isCtVolumeShownIn3d(): boolean {
  return shown;
}

/** Shows or hides the CT volume in all 3D viewports, now and from now on. */
export function showCtVolumeIn3d(show: boolean): void {
  shown = show;
  const viewports = (getRenderingEngines() ?? []).flatMap((engine) => engine.getViewports());
  for (const viewport of viewports) {
    if (viewport.type !== Enums.ViewportType.VOLUME_3D) continue;
    apply(viewport);
    viewport.render();
  }
}
