import { engineErrors } from '../engine/words/errorSentences.ts';

/** Why something was refused or failed, in English: each is the own of the part that says it. */
export const errorsEnglish = { ...engineErrors } as const;
