/**
 * Makes the demonstration study again:
 *
 *     npx tsx scripts/make-demo-study.ts FOLDER
 *
 * FOLDER holds `cranium_ct_hu.nii.gz`. Writes `viewer/demo/ct/*.dcm` and `viewer/demo/skull.dcm`. The
 * result depends on nothing but the input and the sources: UIDs and dates are fixed.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ctOf } from '../cli/src/io/volumeFile.ts';
import { readNifti } from '../cli/src/io/nifti.ts';
import { readCtFiles } from '../extension/src/dicom/ct/ctPixels.ts';
import { product } from '../extension/src/dicom/product.ts';
import { uidFromBytes } from '../extension/src/dicom/part10/uid.ts';
import { writeSegmentation } from '../extension/src/dicom/segmentation/writeSegmentation.ts';
import { defaultBoneOptions, segmentBone } from '../extension/src/engine/bone/segmentBone.ts';
import { identityAxes, type Vec3 } from '../extension/src/engine/space/grid.ts';
import type { CtVolume } from '../extension/src/engine/space/volume.ts';
import { ctFiles } from './ct-files.ts';

/** A UID that is always the same for a name (a name-based UUID, version 5). */
function uidOf(name: string): string {
  const bytes = createHash('sha1').update(`ohif-cranioplasty/demo/${name}`).digest();
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return uidFromBytes(bytes);
}

const note = `${product.researchUse}. Left and right were not verified against the scanner.`;

const attributes = {
  ImageType: ['DERIVED', 'SECONDARY', 'AXIAL'],
  PatientName: 'Cranium^Demonstration',
  PatientID: 'CRANIUM-DEMO',
  PatientComments: `Made-up identity. ${note}`,
  PatientIdentityRemoved: 'YES',
  DeidentificationMethod: 'Public data set ProMED CT 0051; identity made up',
  StudyID: 'CRANIUM',
  StudyDescription: 'Head CT with frontal bone defect',
  SeriesDescription: 'Head CT, left and right not verified',
  BodyPartExamined: 'HEAD',
  PatientPosition: null,
  ImageComments: note,
  DerivationDescription: 'From cranium_ct_hu.nii.gz (InVesalius example Cranium.inv3)',
  WindowCenter: 500,
  WindowWidth: 2000,
  WindowCenterWidthExplanation: 'BONE',
};

/**
 * Turns the volume the way that DICOM stores axial slices. The file's header says that j runs to
 * posterior, but the face looks towards high j and the head rest is at low j: rows are stored from
 * bottom to top, as the Visualization Toolkit under InVesalius does. So the rows are reversed; what
 * is left and what is right stays as the header says. The origin is made up: the middle of the first
 * slice.
 */
function reorient({ grid, data }: CtVolume): CtVolume {
  const [columns, rows, slices] = grid.size;
  const reversed = new Int16Array(data.length);
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      const from = columns * (k * rows + j);
      reversed.set(data.subarray(from, from + columns), columns * (k * rows + rows - 1 - j));
    }
  }
  const { spacing } = grid;
  const origin: Vec3 = [(-(columns - 1) / 2) * spacing[0], (-(rows - 1) / 2) * spacing[1], 0];
  return { grid: { size: grid.size, spacing, origin, axes: identityAxes }, data: reversed };
}

const folder = process.argv[2];
if (!folder) {
  console.error('Give the folder that holds cranium_ct_hu.nii.gz.');
  process.exit(2);
}
const out = fileURLToPath(new URL('../viewer/demo/', import.meta.url));
const volume = reorient(ctOf(readNifti(readFileSync(join(folder, 'cranium_ct_hu.nii.gz')))));

const files = ctFiles(volume, {
  studyInstanceUID: uidOf('study'),
  seriesInstanceUID: uidOf('ct'),
  frameOfReferenceUID: uidOf('frame of reference'),
  sopInstanceUID: (k) => uidOf(`ct ${k}`),
  attributes,
});
rmSync(join(out, 'ct'), { recursive: true, force: true });
mkdirSync(join(out, 'ct'), { recursive: true });
files.forEach((file, k) =>
  writeFileSync(join(out, 'ct', `${String(k + 1).padStart(3, '0')}.dcm`), new Uint8Array(file)),
);

// The skull is segmented from what was written, as a user would do it.
const ct = readCtFiles(files);
let uids = 0;
const segmentation = writeSegmentation(
  [
    {
      kind: 'skull',
      label: 'Skull',
      description: 'Defective skull, segmented from CT',
      mask: segmentBone(ct.volume),
      algorithm: {
        type: 'AUTOMATIC',
        name: 'Bone threshold',
        version: product.version,
        parameters: `threshold=${defaultBoneOptions.threshold} HU`,
      },
    },
  ],
  { ct: ct.series },
  {
    seriesDescription: 'Skull',
    contentLabel: 'SKULL',
    seriesNumber: 2,
    now: new Date('2026-01-01T12:00:00Z'),
    newUid: () => uidOf(`segmentation ${uids++}`),
  },
);
writeFileSync(join(out, 'skull.dcm'), new Uint8Array(segmentation));
console.log(`${files.length} CT slices and a segmentation written to viewer/demo.`);
