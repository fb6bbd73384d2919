import type { LoadedCt } from '../../../extension/src/dicom/ct/ctPixels.ts';
import type { Algorithm } from '../../../extension/src/dicom/ct/derivedObject.ts';
import { product } from '../../../extension/src/dicom/product.ts';
import { implantMeasurements } from '../../../extension/src/dicom/report/caseMeasurements.ts';
import { recordOfDesign } from '../../../extension/src/dicom/report/recordOf.ts';
import { writeReport } from '../../../extension/src/dicom/report/writeReport.ts';
import { readSegmentation } from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import type { DesignedImplant } from '../../../extension/src/engine/implant/design.ts';
import type { Files } from '../io/completeFiles.ts';
import { writeNifti } from '../io/nifti.ts';
import type { SkullInput } from '../io/skullInput.ts';
import { describeBody, encapsulatedFiles } from './solidFiles.ts';

/** What the objects say beside the design. */
export interface ImplantFacts {
  readonly skull: SkullInput;
  readonly ct?: LoadedCt;
  /** Which of the patch's pieces it is for, where that was chosen. */
  readonly piece?: number;
  /** Licence of the model that made the patch, where the patch says so. */
  readonly terms?: string;
  /** Surfaces of the pieces, with the names of their files. */
  readonly stls: Files;
}

/**
 * A designed implant in the form in which its skull came: voxels as NIfTI, or as DICOM objects the segmentation, each
 * surface as Encapsulated STL, and the measurements as structured report.
 */
export function implantObjects(design: DesignedImplant, facts: ImplantFacts): Files {
  const { skull, ct, piece, terms, stls } = facts;
  if (!skull.segmentation) return [['implant.nii.gz', writeNifti(design.mask)]];
  const source = ct ? { ct: ct.series } : { instance: skull.segmentation.dataset };
  const algorithm: Algorithm = {
    name: `${product.name} implant design`,
    version: product.version,
    terms,
    parameters: JSON.stringify(design.parameters),
  };
  const segmentationFile = writeSegmentation(
    [
      {
        kind: 'implant',
        label: 'Designed implant',
        description: describeBody(design),
        mask: design.mask,
        algorithm: { ...algorithm, type: 'AUTOMATIC' },
      },
    ],
    source,
    { seriesDescription: 'Designed implant' },
  );
  const segmentation = readSegmentation(segmentationFile);
  const record = {
    format: 1,
    shapes: {},
    design: recordOfDesign(design, { patchPiece: piece }),
  } as const;
  const report = writeReport(
    { record, groups: [{ kind: 'implant', algorithm, ...implantMeasurements(record) }] },
    source,
    { seriesDescription: 'Designed implant, measurements (research)', segmentation },
  );
  return [
    ['implant.dcm', new Uint8Array(segmentationFile)],
    ...encapsulatedFiles(stls, algorithm, source, segmentation),
    ['implant-report.dcm', new Uint8Array(report)],
  ];
}
