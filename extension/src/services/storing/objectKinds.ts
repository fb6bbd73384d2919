import { objectTexts } from '../../words/objectNames.ts';

/** What of a result goes to the PACS. */
export type ObjectKind = 'segmentation' | 'solid' | 'report';

/** Names of the objects for messages. */
export const objectNames = {
  segmentation: objectTexts['object.segmentation'],
  solid: objectTexts['object.solid'],
  report: objectTexts['object.report'],
} as const satisfies Record<ObjectKind, string>;
