import { dicomErrors } from '../dicom/errorSentences.ts';
import { engineErrors } from '../engine/words/errorSentences.ts';
import { viewerErrors } from './errorSentences.ts';
import { objectTexts } from './objectNames.ts';

/** Why something was refused or failed, in English: each is the own of the part that says it. */
export const errorsEnglish = {
  ...engineErrors,
  ...dicomErrors,
  ...viewerErrors,
  ...objectTexts,
} as const;
