import { Enums, getRenderingEngines } from '@cornerstonejs/core';
import type { Picture } from '../ViewerPort.ts';

/** What the viewports show now, with what is drawn over them. */
export function takePictures(): Picture[] {
  return (getRenderingEngines() ?? [])
    .flatMap((engine) => engine.getViewports())
    .filter(({ type }) =>
      [Enums.ViewportType.ORTHOGRAPHIC, Enums.ViewportType.VOLUME_3D].includes(type),
    )
    .map(({ id, canvas, element }) => {
      const copy = document.createElement('canvas');
      copy.width = canvas.width;
      copy.height = canvas.height;
      const context = copy.getContext('2d');
      context?.drawImage(canvas, 0, 0);
      for (const over of element.querySelectorAll<HTMLCanvasElement>(
        '[data-cy="cranioplasty-fit-contours"]',
      ))
        context?.drawImage(over, 0, 0, copy.width, copy.height);
      return { name: id, dataUrl: copy.toDataURL('image/jpeg', 0.9) };
    });
}
