import { imagePixels } from '../extension/src/dicom/frames/imagePixels.ts';
import { decimalString } from '../extension/src/dicom/part10/decimalString.ts';
import { encodePart10 } from '../extension/src/dicom/part10/part10.ts';
import { sopClass } from '../extension/src/dicom/part10/sopClasses.ts';
import { cross, dot, indexToPatient } from '../extension/src/engine/space/grid.ts';
import type { CtVolume } from '../extension/src/engine/space/volume.ts';

/** What identifies a CT series that is written, and everything else that its slices share. */
export interface CtIdentity {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly frameOfReferenceUID: string;
  /** SOP instance UID of slice k. */
  readonly sopInstanceUID: (k: number) => string;
  /** Added to each slice, by keyword. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

const intercept = -1024;

/** Stored values: HU + 1024, 16 bits unsigned. */
function storedValues(hu: Int16Array): ArrayBuffer {
  const stored = new Uint16Array(hu.length);
  for (let i = 0; i < hu.length; i++) stored[i] = Math.max(0, hu[i] - intercept);
  return stored.buffer;
}

/**
 * Attributes of slice k of a volume as a CT image (PS3.3, A.3), pixel data left out.
 * Instance numbers count from the first slice of the volume on.
 */
export function ctSliceDataset(
  volume: CtVolume,
  k: number,
  identity: CtIdentity,
): Record<string, unknown> {
  const { grid } = volume;
  const position = indexToPatient(grid, [0, 0, k]);
  const normal = cross(grid.axes[0], grid.axes[1]);
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    ImageType: ['DERIVED', 'PRIMARY', 'AXIAL'],
    SOPClassUID: sopClass.ct,
    SOPInstanceUID: identity.sopInstanceUID(k),
    Modality: 'CT',
    PatientName: 'Phantom^Test',
    PatientID: 'PHANTOM',
    PatientBirthDate: null,
    PatientSex: null,
    StudyInstanceUID: identity.studyInstanceUID,
    StudyDate: '20260101',
    StudyTime: '120000',
    ReferringPhysicianName: null,
    StudyID: '1',
    AccessionNumber: null,
    SeriesInstanceUID: identity.seriesInstanceUID,
    SeriesNumber: 1,
    FrameOfReferenceUID: identity.frameOfReferenceUID,
    PositionReferenceIndicator: null,
    Manufacturer: null,
    KVP: null,
    AcquisitionNumber: 1,
    InstanceNumber: k + 1,
    ImagePositionPatient: position.map(decimalString),
    ImageOrientationPatient: [...grid.axes[0], ...grid.axes[1]].map(decimalString),
    SliceLocation: decimalString(dot(position, normal)),
    SliceThickness: decimalString(grid.spacing[2]),
    PixelSpacing: [grid.spacing[1], grid.spacing[0]].map(decimalString),
    ...imagePixels(grid, 16),
    RescaleIntercept: intercept,
    RescaleSlope: 1,
    RescaleType: 'HU',
    ...identity.attributes,
  };
}

/** A volume as a CT series: one DICOM file a slice, uncompressed explicit VR little endian. */
export function ctFiles(volume: CtVolume, identity: CtIdentity): ArrayBuffer[] {
  const [columns, rows, count] = volume.grid.size;
  const pixels = columns * rows;
  return Array.from({ length: count }, (_, k) =>
    encodePart10({
      ...ctSliceDataset(volume, k, identity),
      PixelData: storedValues(volume.data.subarray(k * pixels, (k + 1) * pixels)),
      _vrMap: { PixelData: 'OW' },
    }),
  );
}
