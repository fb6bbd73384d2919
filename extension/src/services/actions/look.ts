import { middleOfHead } from '../../engine/shape/site.ts';
import type { Vec3 } from '../../engine/space/grid.ts';
import type { ShapeName } from '../../state/shapes.ts';
import type { ShapeAppearance } from '../../viewer/ViewerPort.ts';
import { currentStudy } from '../currentCt.ts';
import type { Parts } from '../parts.ts';

/** Shows or hides a shape, or makes it more or less transparent. */
export function setAppearance(
  { viewer, store, shapes }: Parts,
  shape: ShapeName,
  change: Partial<ShapeAppearance>,
): void {
  const study = currentStudy(viewer);
  if (study === undefined) return;
  const { appearance } = store.get(study);
  store.update(study, {
    appearance: { ...appearance, [shape]: { ...appearance[shape], ...change } },
  });
  shapes.applyAppearance(study);
}

/** Brings all planes to a place and, where it is known which way the head lies, turns 3D to it; patient LPS mm. */
export function lookAtPlace({ viewer, store }: Parts, position: Vec3): void {
  viewer.lookAt(position);
  const study = currentStudy(viewer);
  const result = study === undefined ? undefined : store.get(study).result;
  if (result) viewer.turnTo(position, middleOfHead(result.reconstruction.alignment.toCanonical));
}

/** Colours the patch in 3D by how far the network and the shape prior put its surface apart. */
export function showDisagreement({ viewer, store, shapes }: Parts, show: boolean): void {
  const study = currentStudy(viewer);
  if (study !== undefined) store.update(study, { showDisagreement: show });
  shapes.showSurfaces();
}
