import { speakerOf, type Said } from '../engine/words/sentence.ts';

/** What goes to the PACS, in English, by name. */
export const objectTexts = {
  'object.segmentation': 'segmentation',
  'object.solid': "implant's STL",
  'object.report': 'report of measurements',
  'object.numbered': '{{object}} {{number}}',
} as const;

const sayText = speakerOf(objectTexts);

/** An object for other languages, by its name in English, which may end in a number. */
export function sayObject(name: string): Said {
  const [, whole, number] = /^(.*?)(?: (\d+))?$/.exec(name) ?? [];
  const key = (['object.segmentation', 'object.solid', 'object.report'] as const).find(
    (known) => objectTexts[known] === whole,
  );
  if (!key) return { message: name };
  return number === undefined
    ? sayText(key)
    : sayText('object.numbered', { object: sayText(key), number });
}
