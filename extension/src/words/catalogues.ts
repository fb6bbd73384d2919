import { english } from './english.ts';
import { german } from './german.ts';

/** The texts by the languages of OHIF's own. */
export const catalogues = { 'en-US': english, de: german } as const;
