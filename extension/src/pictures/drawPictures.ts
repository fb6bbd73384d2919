import type { Vec3 } from '../engine/space/grid.ts';
import { drawSurfaces, type SurfaceToDraw } from './drawSurfaces.ts';
import type { Raster } from './raster.ts';

/** A picture of surfaces in parallel projection, as `drawSurfaces` takes it. */
export interface PictureToDraw {
  readonly surfaces: readonly SurfaceToDraw[];
  /** Direction from the head to whoever looks, patient LPS, of length 1. */
  readonly towards: Vec3;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Length that fits into the shorter side, mm; as much as shows everything if absent. */
  readonly span?: number;
}

/** Draws pictures in their order. */
export const drawPictures = (pictures: readonly PictureToDraw[]): Raster[] =>
  pictures.map(({ surfaces, towards, width, height, span }) =>
    drawSurfaces(surfaces, towards, width, height, span),
  );
