import type { Algorithm, ObjectSource } from '../../../extension/src/dicom/ct/derivedObject.ts';
import { newUid } from '../../../extension/src/dicom/part10/uid.ts';
import { product } from '../../../extension/src/dicom/product.ts';
import { seriesOf } from '../../../extension/src/dicom/report/writeReport.ts';
import type { SegmentationObject } from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSolid } from '../../../extension/src/dicom/solid/writeSolid.ts';
import type { DesignedImplant } from '../../../extension/src/engine/implant/design.ts';
import { writeStl } from '../../../extension/src/engine/surface/stl.ts';
import { writeThreeMf } from '../../../extension/src/engine/surface/threeMf.ts';
import type { Files } from '../io/completeFiles.ts';

/** Thickness and material in words. */
export function describeBody({ parameters: { thickness, material } }: DesignedImplant): string {
  return `${thickness === 'bone' ? 'As thick as bone' : `${thickness} mm thick`}, ${material}`;
}

/** The surface of each piece as STL. */
export function stlFiles({ meshes }: DesignedImplant): Files {
  const header = `${product.name} ${product.version} designed implant, mm, LPS, research use`;
  return meshes.map((mesh, piece) => [
    meshes.length === 1 ? 'implant.stl' : `implant-${piece + 1}.stl`,
    writeStl(mesh, header),
  ]);
}

/**
 * All pieces in one 3MF, with unit and words.
 * @param licence of the model that made the patch, where it restricts its use
 */
export function threeMfFile(design: DesignedImplant, licence: string | undefined): Files[number] {
  const file = writeThreeMf(design.meshes, {
    title: 'Designed cranial implant',
    description: `${product.researchUse}. ${describeBody(design)}.`,
    application: `${product.name} ${product.version}`,
    licence,
  });
  return ['implant.3mf', file];
}

/**
 * Each surface as Encapsulated STL, in one series.
 * @param segmentation with the same implant as voxels
 */
export function encapsulatedFiles(
  stls: Files,
  algorithm: Algorithm,
  source: ObjectSource,
  segmentation: SegmentationObject,
): Files {
  const common = { seriesInstanceUID: newUid(), modelGroupUID: newUid() };
  return stls.map(([name, stl], n) => {
    const which = stls.length > 1 ? `, piece ${n + 1} of ${stls.length}` : '';
    const file = writeSolid({ stl, title: `Designed cranial implant${which}`, algorithm }, source, {
      ...common,
      seriesDescription: 'Designed implant (research)',
      segmentation: seriesOf(segmentation),
      instanceNumber: n + 1,
    });
    return [`${name}.dcm`, new Uint8Array(file)];
  });
}
