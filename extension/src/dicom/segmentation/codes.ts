import { code, type Code } from '../part10/codedConcept.ts';

export const codes = {
  anatomicalStructure: code('123037004', 'SCT', 'Anatomical Structure'),
  physicalObject: code('260787004', 'SCT', 'Physical object'),
  skull: code('89546000', 'SCT', 'Skull'),
  implant: code('40388003', 'SCT', 'Implant'),
  segmentation: code('113076', 'DCM', 'Segmentation'),
  sourceImage: code('121322', 'DCM', 'Source image for image processing operation'),
} as const;

/** What a segment is. */
export type SegmentKind = 'skull' | 'skull-patch' | 'implant';

/**
 * How a kind of segment is coded. No public list has a code for missing bone, so a patch is coded as
 * the skull that it completes, and its label and description say that it was reconstructed.
 */
export const kindCodes: Readonly<
  Record<
    SegmentKind,
    {
      readonly category: Code;
      readonly type: Code;
      readonly region?: Code;
      readonly rgb: readonly [number, number, number];
    }
  >
> = {
  skull: { category: codes.anatomicalStructure, type: codes.skull, rgb: [241, 214, 145] },
  'skull-patch': { category: codes.anatomicalStructure, type: codes.skull, rgb: [46, 184, 114] },
  implant: {
    category: codes.physicalObject,
    type: codes.implant,
    region: codes.skull,
    rgb: [66, 135, 245],
  },
};
