import { seriesOf } from '../../dicom/report/writeReport.ts';
import { product } from '../../dicom/product.ts';
import type { SegmentationObject } from '../../dicom/segmentation/readSegmentation.ts';
import { writeSolid } from '../../dicom/solid/writeSolid.ts';
import { writeStl } from '../../engine/surface/stl.ts';
import { writeThreeMf } from '../../engine/surface/threeMf.ts';
import type { Mesh } from '../../engine/surface/mesh.ts';
import { describeModel, termsOf } from '../../models.ts';
import { shapeStyles, type ResultShape } from '../../state/shapes.ts';
import { isEdited, shownDesign, type StudyResult } from '../../state/studyState.ts';
import { algorithmOf } from './encodeSegmentation.ts';
import type { Identity } from './WrittenObjects.ts';

/** The surfaces of a shape as it is: of a designed implant its pieces, which are printed one by one. */
export function meshesOf(result: StudyResult, shape: ResultShape): readonly Mesh[] {
  return designOf(result, shape)?.implant.meshes ?? [result.shapes[shape].mesh];
}

/** Whether that is a designed implant, and nobody changed it by hand. */
export const isDesigned = (result: StudyResult, shape: ResultShape): boolean =>
  designOf(result, shape) !== undefined;

const designOf = (result: StudyResult, shape: ResultShape) =>
  shape === 'implant' && !isEdited(result, 'implant') ? shownDesign(result) : undefined;

/** Surfaces of a shape as binary STL. */
export function stlsOf(meshes: readonly Mesh[], shape: ResultShape): Uint8Array[] {
  const header = `${product.researchUse}. ${shapeStyles[shape].label}, mm, LPS`;
  return meshes.map((mesh) => writeStl(mesh, header));
}

/** The implant as 3MF, its pieces in one file. */
export function threeMfOf(result: StudyResult, meshes: readonly Mesh[]): Uint8Array {
  const { model } = result.reconstruction;
  const made = shownDesign(result) ? 'Designed' : 'Predicted';
  return writeThreeMf(meshes, {
    title: `${made} cranial implant`,
    description: `${product.researchUse}. Made with the model ${describeModel(model)}.`,
    application: `${product.name} ${product.version}`,
    licence: termsOf(model),
  });
}

/**
 * The designed implant as Encapsulated STL, one object a piece in one series and one group; none where the implant is
 * a predicted one or empty.
 */
export function encodeSolids(
  result: StudyResult,
  segmentation: SegmentationObject,
  { now, newUid }: Identity,
): ArrayBuffer[] {
  const design = shownDesign(result);
  if (!design || meshesOf(result, 'implant').some(({ triangles }) => triangles.length === 0))
    return [];
  const edited = isEdited(result, 'implant') ? ', edited by hand' : '';
  const { model } = result.reconstruction;
  const common = {
    seriesDescription: `Cranial implant (research), ${model.name} ${model.version}`,
    segmentation: seriesOf(segmentation),
    seriesInstanceUID: newUid(),
    modelGroupUID: newUid(),
    now,
    newUid,
  };
  const stls = stlsOf(meshesOf(result, 'implant'), 'implant');
  return stls.map((stl, piece) => {
    const which = stls.length > 1 ? `, piece ${piece + 1} of ${stls.length}` : '';
    return writeSolid(
      {
        stl,
        title: `Designed cranial implant${edited}${which}, ${describeModel(model)}`,
        algorithm: {
          ...algorithmOf(result, true),
          parameters: JSON.stringify(design.implant.parameters),
        },
        mirrored: result.reconstruction.method === 'mirror',
      },
      { ct: result.series },
      { ...common, instanceNumber: piece + 1 },
    );
  });
}
