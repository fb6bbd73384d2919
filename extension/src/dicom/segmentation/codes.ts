import { item, text, type NaturalDataset } from '../part10/attributes.ts';

/** A coded concept (PS3.3, 8.8). */
export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

const code = (value: string, scheme: string, meaning: string): Code => ({ value, scheme, meaning });

export const codes = {
  anatomicalStructure: code('123037004', 'SCT', 'Anatomical Structure'),
  physicalObject: code('260787004', 'SCT', 'Physical object'),
  skull: code('89546000', 'SCT', 'Skull'),
  implant: code('40388003', 'SCT', 'Implant'),
  artificialIntelligence: code('123110', 'DCM', 'Artificial Intelligence'),
  morphologicalOperations: code('123104', 'DCM', 'Morphological Operations'),
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

/** A code as a sequence item. */
export function codeItem(c: Code): NaturalDataset {
  return { CodeValue: c.value, CodingSchemeDesignator: c.scheme, CodeMeaning: c.meaning };
}

/** Reads the code in the first item of a sequence. */
export function readCode(dataset: NaturalDataset, sequence: string): Code | undefined {
  const found = item(dataset, sequence);
  const value = found && (text(found, 'CodeValue') ?? text(found, 'LongCodeValue'));
  if (!found || !value) return undefined;
  return code(value, text(found, 'CodingSchemeDesignator') ?? '', text(found, 'CodeMeaning') ?? '');
}

/** Whether two codes mean the same concept. */
export function sameCode(a: Code | undefined, b: Code | undefined): boolean {
  return a !== undefined && b !== undefined && a.value === b.value && a.scheme === b.scheme;
}
