import { code } from '../part10/codedConcept.ts';

/** Codes of a model that is to be manufactured (PS3.3, C.24.2 and C.35.1). */
export const codes = {
  /** CID 7060: segmentations are images too. */
  sourceImage: code('121324', 'DCM', 'Source image'),
  /** CID 7061. */
  ctModel: code('85040-4', 'LN', 'CT 3D CAM model'),
  /** CID 7063. */
  millimetre: code('mm', 'UCUM', 'mm'),
  /** CID 7064. */
  implantFabrication: code('129016', 'DCM', 'Implant Fabrication'),
} as const;
