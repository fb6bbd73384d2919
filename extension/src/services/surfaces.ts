import type { ComparedShape, Comparison } from '../engine/judge/comparison.ts';
import { meetsBone } from '../engine/judge/fitError.ts';
import type { Vec3 } from '../engine/space/grid.ts';
import { vertexNormals } from '../engine/surface/mesh.ts';
import type { Agreement } from '../engine/cascade/agreement.ts';
import { middleVertex, type Mesh } from '../engine/surface/mesh.ts';
import { arrowMesh } from '../viewer/drawing/arrowMesh.ts';
import type { ImplantDesign } from '../worker/protocol.ts';
import { colouredImplant } from './implantColours.ts';
import { axisColour, shapeNames, shapeStyles, type ShapeName } from '../state/shapes.ts';
import {
  shownDesign,
  type ComparedShapes,
  type FitOverlay,
  type JudgedFit,
  type StudyResult,
  type StudyState,
} from '../state/studyState.ts';
import { coloursOf, divergingColoursOf, pairColours } from '../viewer/drawing/colourScale.ts';
import { joinOutlines } from '../viewer/drawing/joinOutlines.ts';
import type { ContoursToShow, Mark, Scene, SurfaceToShow } from '../viewer/ViewerPort.ts';

/** Distance from which on the colour no longer changes, mm: of two opinions, and of two compared shapes. */
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

/** The judged surface with the colours of the overlay. */
export function fitSurface(
  fit: JudgedFit,
  overlay: FitOverlay,
): Pick<SurfaceToShow, 'mesh' | 'rgb' | 'colours'> {
  let mesh = liftedMeshes.get(fit);
  if (!mesh) {
    const { positions, triangles } = fit.error.mesh;
    const normals = vertexNormals(fit.error.mesh);
    mesh = { positions: positions.map((v, p) => v + overlayLift * normals[p]), triangles };
    liftedMeshes.set(fit, mesh);
  }
  return {
    // The implant's surface lies free once its shapes are hidden.
    mesh: overlay.quantity === 'thickness' ? fit.error.thickness.mesh : mesh,
    rgb: [255, 255, 255],
    colours: coloursOfFit(fit, overlay),
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

/** The same arrays for the same comparison. */
const comparedColours = new WeakMap<ComparedShape, Uint8Array>();
const comparedOutlines = new WeakMap<Comparison, ContoursToShow>();

/** The skull with one of two shapes in each of the 3D viewports, coloured by where it stands out of the other. */
function comparedSurfaces(
  { comparison }: ComparedShapes,
  skullMesh: Mesh,
  { skull }: StudyState['appearance'],
): SurfaceToShow[] {
  const sides = (['first', 'second'] as const).map((side): SurfaceToShow => {
    const shape = comparison[side];
    let colours = comparedColours.get(shape);
    if (!colours) {
      colours = divergingColoursOf(shape.beyond, farthestShown);
      comparedColours.set(shape, colours);
    }
    return {
      id: side,
      mesh: shape.mesh,
      rgb: [255, 255, 255],
      colours,
      appearance: { visible: true, opacity: 1 },
      side,
    };
  });
  return [
    { id: 'skull', mesh: skullMesh, rgb: shapeStyles.skull.rgb, appearance: skull },
    ...sides,
  ];
}

/** Both outlines on the planes, each in its colour. */
function outlines(comparison: Comparison): ContoursToShow {
  let contours = comparedOutlines.get(comparison);
  if (!contours) {
    const { first, second } = comparison;
    contours = joinOutlines([
      { mesh: first.mesh, rgb: pairColours[0] },
      { mesh: second.mesh, rgb: pairColours[1] },
    ]);
    comparedOutlines.set(comparison, contours);
  }
  return contours;
}

/** What is drawn on the planes: the outlines of what is compared, else the overlay of the fit. */
export function resultContours({
  fit,
  overlay,
  compared,
  layout,
}: Pick<StudyState, 'fit' | 'overlay' | 'compared' | 'layout'>): ContoursToShow | undefined {
  if (compared && layout === 'compared') return outlines(compared.comparison);
  if (!fit || !overlay.shown) return undefined;
  const { mesh, thickness } = fit.error;
  return {
    mesh: overlay.quantity === 'thickness' ? thickness.mesh : mesh,
    colours: coloursOfFit(fit, overlay),
  };
}

/** How far the arrow of the insertion axis stands out of the implant, mm. */
const axisLength = 45;

/** The same arrow for the same design. */
const axisMeshes = new WeakMap<ImplantDesign, Mesh>();

/** The insertion axis as an arrow out of the middle of the implant, as visible as the implant. */
function axisSurface(
  design: ImplantDesign,
  { appearance, implant }: Pick<StudyState, 'appearance' | 'implant'>,
): SurfaceToShow {
  let mesh = axisMeshes.get(design);
  if (!mesh) {
    mesh = arrowMesh(middleVertex(design.shape.mesh), design.implant.axis, axisLength);
    axisMeshes.set(design, mesh);
  }
  const visible = implant.showAxis && appearance.implant.visible;
  return { id: 'axis', mesh, rgb: axisColour, appearance: { visible, opacity: 1 } };
}

/** A designed implant is drawn this far out over the patch, whose outer surface it shares, mm. */
const overPatch = 0.6;

/**
 * How far along the insertion axis a designed implant is drawn out of its place.
 *
 * @param lift while it is being lowered in, mm
 */
function shiftOf(
  { implant }: ImplantDesign,
  { appearance }: Pick<StudyState, 'appearance'>,
  lift: number,
): Vec3 {
  const shift = Math.max(lift, appearance.patch.visible ? overPatch : 0);
  const [x, y, z] = implant.axis;
  return [shift * x, shift * y, shift * z];
}

/**
 * What a result shows in 3D: its shapes with the skull, or in the place of the shapes what is compared or
 * the overlay of the fit.
 *
 * @param lift how far out of its place a designed implant is drawn, mm
 */
export function resultSurfaces(
  result: StudyResult,
  state: Pick<
    StudyState,
    'appearance' | 'implant' | 'showDisagreement' | 'fit' | 'overlay' | 'compared' | 'layout'
  >,
  lift = 0,
): SurfaceToShow[] {
  const { reconstruction, shapes } = result;
  const { patch, implant } = shapes;
  const { appearance, showDisagreement, fit, overlay, compared, layout } = state;
  const { skullMesh } = reconstruction;
  // The agreement is that of the surface that was computed.
  const agreement = patch === reconstruction.patch ? reconstruction.agreement : undefined;
  if (compared && layout === 'compared') return comparedSurfaces(compared, skullMesh, appearance);
  const judged = overlay.shown ? fit : undefined;
  const meshes: Record<ShapeName, Mesh> = {
    skull: skullMesh,
    patch: patch.mesh,
    implant: implant.mesh,
  };
  const names = shapeNames.filter((id) => !judged || id === 'skull');
  const design = shownDesign(result);
  const { colours: chosen } = state.implant;
  const colours: Partial<Record<ShapeName, Uint8Array>> = {
    patch:
      showDisagreement && agreement && agreement.perVertex.length > 0
        ? coloursOfDisagreement(agreement)
        : undefined,
    // The maps are those of the surface that was designed.
    implant:
      design && chosen !== 'plain' && implant === design.shape
        ? colouredImplant(design.implant, chosen)?.colours
        : undefined,
  };
  const surfaces = names.map((id): SurfaceToShow => ({
    id,
    mesh: meshes[id],
    rgb: shapeStyles[id].rgb,
    colours: colours[id],
    appearance: appearance[id],
    shift: id === 'implant' && design ? shiftOf(design, state, lift) : undefined,
  }));
  if (judged) {
    const seen = { visible: true, opacity: 1 };
    return [...surfaces, { id: 'fit', ...fitSurface(judged, overlay), appearance: seen }];
  }
  return design ? [...surfaces, axisSurface(design, state)] : surfaces;
}

/**
 * All that is drawn of a result: its surfaces and contours, the worst places of the fit by their rank while its
 * overlay is on, and above two shapes side by side which is which.
 *
 * @param lift as with `resultSurfaces`
 */
export function resultScene(
  result: StudyResult,
  state: Parameters<typeof resultSurfaces>[1],
  lift = 0,
): Scene {
  const { compared, layout, fit, overlay } = state;
  const beside = layout === 'compared' ? compared : undefined;
  return {
    surfaces: resultSurfaces(result, state, lift),
    contours: resultContours(state),
    notes: beside && { first: beside.shown[0], second: beside.shown[1] },
    marks: beside || !overlay.shown ? [] : worstMarks(fit),
  };
}

function worstMarks(fit: JudgedFit | undefined): Mark[] {
  if (!fit || !meetsBone(fit.error.border)) return [];
  return fit.error.worst.map(({ position }, rank) => ({ position, text: String(rank + 1) }));
}
