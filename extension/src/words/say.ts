import { fillIn, type Said, type Sentence } from '../engine/words/sentence.ts';
import { english } from './english.ts';

/** A text of the product by its name in the catalogue. */
export type TextKey = keyof typeof english;
/** The name of what a warning says, in the catalogue. */
export type WarningKey = Extract<TextKey, `sentence.${string}`>;
/** What stands in the place of `{{name}}` in a text. */
export type TextValues = Readonly<Record<string, string | number>>;

/** The part of i18next that is used, of the instance that OHIF made. */
export interface Translator {
  readonly language?: string;
  t(key: string, options: Readonly<Record<string, unknown>>): string;
  addResourceBundle(
    language: string,
    namespace: string,
    texts: Readonly<Record<string, string>>,
    deep: boolean,
    overwrite: boolean,
  ): unknown;
  on(event: 'languageChanged', listener: () => void): unknown;
}

/** Under this name OHIF's i18n knows the catalogue; a site can add a language, or texts of its own. */
export const namespace = 'Cranioplasty';

let translator: Translator | undefined;
const listeners = new Set<() => void>();

/** From now on texts are of the viewer's language. What a site has put under the namespace already stays. */
export function speakThrough(
  host: Translator,
  catalogues: Readonly<Record<string, Readonly<Record<string, string>>>>,
): void {
  translator = host;
  for (const [language, texts] of Object.entries(catalogues))
    host.addResourceBundle(language, namespace, texts, true, false);
  host.on('languageChanged', () => listeners.forEach((listener) => listener()));
}

/** A text of the catalogue, in the viewer's language where there is one, else in English. */
export function say(key: TextKey, values: TextValues = {}): string {
  if (!translator) return sayInEnglish(key, values);
  const options = { ...values, ns: namespace, defaultValue: english[key] };
  return translator.t(key, options);
}

/** The same in English whatever the viewer's language: for reports, which others read. */
export function sayInEnglish(key: TextKey, values: TextValues = {}): string {
  return fillIn(english[key], values);
}

/** What the engine says, in the viewer's language; in English where the catalogue lacks it, as of another version. */
export function translate({ message, sentence }: Said): string {
  return (sentence && saySentence(sentence)) ?? message;
}

/** The same of several sentences. */
export function translateAll({
  message,
  sentences,
}: {
  readonly message: string;
  readonly sentences?: readonly Sentence[];
}): string {
  const said = sentences?.map(saySentence);
  return said?.length && said.every((one) => one !== undefined) ? said.join(' ') : message;
}

/** @returns undefined for one that is not in the catalogue */
function saySentence({ name, values }: Sentence): string | undefined {
  // Warnings have shorter names, which stored results know.
  const key = [`sentence.${name}`, name].find((known) => Object.hasOwn(english, known));
  if (key === undefined) return undefined;
  const said = Object.entries(values).map(([place, value]) => [
    place,
    typeof value === 'object' ? translate(value) : value,
  ]);
  return say(key as TextKey, Object.fromEntries(said) as TextValues);
}

/** For React's external stores: tells when the language changed. */
export function subscribeToLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentLanguage(): string {
  return translator?.language ?? 'en-US';
}
