import type { Scene } from '../ViewerPort.ts';
import { Overlays } from './Overlays.ts';
import { SliceContours } from './SliceContours.ts';
import { SurfaceScene } from './SurfaceScene.ts';

/** All that this extension draws in the viewports. */
export class Drawing {
  private readonly surfaces = new SurfaceScene();
  private readonly contours = new SliceContours();
  private readonly overlays = new Overlays();

  show({ surfaces, contours, notes = {}, marks = [] }: Scene): void {
    this.surfaces.show(surfaces);
    this.contours.show(contours);
    this.overlays.show(notes, marks);
  }

  /** Draws in viewports that are new, and again in those that dropped it. */
  attach(): void {
    this.surfaces.attach();
    this.contours.attach();
    this.overlays.attach();
  }

  clear(): void {
    this.show({ surfaces: [] });
  }
}
