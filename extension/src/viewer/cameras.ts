import { Enums, type Types } from '@cornerstonejs/core';
import type { Vec3 } from '../engine/space/grid.ts';
import type { Services } from '../types/ohif.ts';
import { viewportOf } from './ctSelection.ts';

/** What volume viewports can do besides their declared interface. */
interface SliceJump {
  jumpToWorld(position: Types.Point3): boolean;
}

type Grid = Pick<Services, 'viewportGridService' | 'cornerstoneViewportService'>;

function viewportsOf(services: Grid, type: Enums.ViewportType): Types.IViewport[] {
  const { viewports } = services.viewportGridService.getState();
  return [...viewports.keys()]
    .map((viewportId) => viewportOf(services, viewportId))
    .filter((viewport): viewport is Types.IViewport => viewport?.type === type);
}

/** Brings all planes to a position, patient LPS mm. */
export function lookAt(services: Grid, position: Vec3): void {
  for (const viewport of viewportsOf(services, Enums.ViewportType.ORTHOGRAPHIC))
    (viewport as Types.IVolumeViewport & SliceJump).jumpToWorld([...position]);
}

/** Direction from the scene to the one who looks at it in 3D, if there is a 3D view. */
export function viewDirection(services: Grid): Vec3 | undefined {
  for (const viewport of viewportsOf(services, Enums.ViewportType.VOLUME_3D)) {
    const { viewPlaneNormal } = viewport.getCamera();
    if (viewPlaneNormal) return [viewPlaneNormal[0], viewPlaneNormal[1], viewPlaneNormal[2]];
  }
  return undefined;
}

/** Nearer to straight up or down than this (cosine), the front of the head is up on the screen. */
const steep = 0.95;

/** From where 3D looks. */
export interface Facing {
  /** From the middle of the head to the place that is in front, patient LPS. */
  readonly direction: Vec3;
  /** What is as high as the viewport, patient LPS mm; from as far as it is if absent. */
  readonly around?: { readonly position: Vec3; readonly radius: number };
}

/**
 * Turns the 3D viewports to look at a place of the head from outside, upright.
 *
 * @param only the one viewport to turn
 */
export function turnTo(services: Grid, { direction, around }: Facing, only?: string): void {
  const size = Math.hypot(...direction);
  if (!(size > 0)) return;
  const normal = direction.map((v) => v / size) as Types.Point3;
  const up: Types.Point3 = Math.abs(normal[2]) > steep ? [0, -1, 0] : [0, 0, 1];
  const along = up.reduce((sum, v, a) => sum + v * normal[a], 0);
  const viewUp = up.map((v, a) => v - along * normal[a]);
  const length = Math.hypot(...viewUp);
  for (const viewport of viewportsOf(services, Enums.ViewportType.VOLUME_3D)) {
    const camera = viewport.getCamera();
    if (!camera.focalPoint || !camera.position) continue;
    if (only !== undefined && viewport.id !== only) continue;
    const before = Math.hypot(...camera.position.map((v, a) => v - (camera.focalPoint?.[a] ?? 0)));
    // A viewport that is only given the direction would move what it looks at.
    const focalPoint: Types.Point3 = around ? [...around.position] : camera.focalPoint;
    const { distance = before, parallelScale = camera.parallelScale } = around
      ? framing(around.radius, camera)
      : {};
    viewport.setCamera({
      focalPoint,
      position: focalPoint.map((v, a) => v + distance * normal[a]) as Types.Point3,
      viewUp: viewUp.map((v) => v / length) as Types.Point3,
      parallelScale,
    });
    viewport.render();
  }
}

/** Vertical angle of view where a camera says none, degrees. */
const usualAngle = 30;

/** From how far, or at which scale, a ball of this radius (mm) is as high as the viewport. */
export function framing(
  radius: number,
  {
    parallelProjection,
    viewAngle = usualAngle,
  }: Pick<Types.ICamera, 'parallelProjection' | 'viewAngle'>,
): { readonly distance?: number; readonly parallelScale?: number } {
  // The width is not asked for: a viewport that was just mounted has not yet its own.
  if (parallelProjection) return { parallelScale: radius };
  return { distance: radius / Math.sin((viewAngle * Math.PI) / 360) };
}
