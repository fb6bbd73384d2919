import type { Agreement, Mesh } from '../engine/types.ts';
import { shapeNames, shapeStyles, type ShapeName } from '../state/shapes.ts';
import type { StudyResult, StudyState } from '../state/studyState.ts';
import { coloursOf } from '../viewer/colourScale.ts';
import type { SurfaceToShow } from '../viewer/ViewerPort.ts';

/** Disagreement from which on the colour no longer changes, mm. */
export const farthestShown = 3;

/** A surface is drawn anew when its colours are another array: the same agreement keeps its own. */
const disagreementColours = new WeakMap<Agreement, Uint8Array>();

function coloursOfDisagreement(agreement: Agreement): Uint8Array {
  let colours = disagreementColours.get(agreement);
  if (!colours) {
    colours = coloursOf(agreement.perVertex, farthestShown);
    disagreementColours.set(agreement, colours);
  }
  return colours;
}

/** What a result shows in 3D. */
export function resultSurfaces(
  { reconstruction: { skullMesh, patch, implant, agreement } }: StudyResult,
  { appearance, showDisagreement }: Pick<StudyState, 'appearance' | 'showDisagreement'>,
): SurfaceToShow[] {
  const meshes: Record<ShapeName, Mesh> = {
    skull: skullMesh,
    patch: patch.mesh,
    implant: implant.mesh,
  };
  return shapeNames.map((id) => ({
    id,
    mesh: meshes[id],
    rgb: shapeStyles[id].rgb,
    colours:
      id === 'patch' && showDisagreement && agreement
        ? coloursOfDisagreement(agreement)
        : undefined,
    appearance: appearance[id],
  }));
}
