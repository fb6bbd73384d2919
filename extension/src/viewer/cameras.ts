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
