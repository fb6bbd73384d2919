import { vertexNormals } from '../engine/surface.ts';
import type { Agreement, Mesh } from '../engine/types.ts';
import { shapeNames, shapeStyles, type ShapeName } from '../state/shapes.ts';
import type { FitOverlay, JudgedFit, StudyResult, StudyState } from '../state/studyState.ts';
import { coloursOf, divergingColoursOf } from '../viewer/colourScale.ts';
import type { ContoursToShow, SurfaceToShow } from '../viewer/ViewerPort.ts';

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

/** How far the overlay lies above the surfaces that it covers, so that they do not shine through, mm. */
const overlayLift = 0.6;

/** The same mesh and the same colours as long as they are those of the same judgement and look. */
const liftedMeshes = new WeakMap<JudgedFit, Mesh>();
const overlayColours = new WeakMap<
  JudgedFit,
  { readonly key: string; readonly colours: Uint8Array }
>();

function overlaySurface(fit: JudgedFit, overlay: FitOverlay): SurfaceToShow {
  let mesh = liftedMeshes.get(fit);
  if (!mesh) {
    const { positions, triangles } = fit.error.mesh;
    const normals = vertexNormals(fit.error.mesh);
    mesh = { positions: positions.map((v, p) => v + overlayLift * normals[p]), triangles };
    liftedMeshes.set(fit, mesh);
  }
  return {
    id: 'fit',
    // The implant's surface lies free once its shapes are hidden.
    mesh: overlay.quantity === 'thickness' ? fit.error.thickness.mesh : mesh,
    rgb: [255, 255, 255],
    colours: coloursOfFit(fit, overlay),
    appearance: { visible: true, opacity: 1 },
  };
}

function coloursOfFit(fit: JudgedFit, { quantity, range }: FitOverlay): Uint8Array {
  const key = `${quantity} ${range[quantity]}`;
  let held = overlayColours.get(fit);
  if (held?.key !== key) {
    const colours =
      quantity === 'thickness'
        ? coloursOf(fit.error.thickness.perVertex, range.thickness)
        : divergingColoursOf(fit.error[quantity], range[quantity]);
    held = { key, colours };
    overlayColours.set(fit, held);
  }
  return held.colours;
}

/** What the overlay draws on the planes. */
export function fitContours({
  fit,
  overlay,
}: Pick<StudyState, 'fit' | 'overlay'>): ContoursToShow | undefined {
  if (!fit || !overlay.shown) return undefined;
  const { mesh, thickness } = fit.error;
  return {
    mesh: overlay.quantity === 'thickness' ? thickness.mesh : mesh,
    colours: coloursOfFit(fit, overlay),
  };
}

/** What a result shows in 3D: its shapes with the skull, or the overlay in the place of the shapes. */
export function resultSurfaces(
  { reconstruction: { skullMesh, patch, implant, agreement } }: StudyResult,
  {
    appearance,
    showDisagreement,
    fit,
    overlay,
  }: Pick<StudyState, 'appearance' | 'showDisagreement' | 'fit' | 'overlay'>,
): SurfaceToShow[] {
  const judged = overlay.shown ? fit : undefined;
  const meshes: Record<ShapeName, Mesh> = {
    skull: skullMesh,
    patch: patch.mesh,
    implant: implant.mesh,
  };
  const shapes = shapeNames.filter((id) => !judged || id === 'skull');
  const surfaces = shapes.map((id) => ({
    id,
    mesh: meshes[id],
    rgb: shapeStyles[id].rgb,
    colours:
      id === 'patch' && showDisagreement && agreement
        ? coloursOfDisagreement(agreement)
        : undefined,
    appearance: appearance[id],
  }));
  return judged ? [...surfaces, overlaySurface(judged, overlay)] : surfaces;
}
