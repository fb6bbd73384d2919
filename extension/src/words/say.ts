import type { ReconstructionWarning } from '../engine/warnings.ts';
import { english } from './english.ts';

/** A text of the product by its name in the catalogue. */
export type TextKey = keyof typeof english;
/** The name of what a warning says. */
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
  return english[key].replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

/** What a warning says; in English where it is not in the catalogue, as those of another version's results. */
export function sayWarning({
  message,
  sentence,
}: Pick<ReconstructionWarning, 'message' | 'sentence'>): string {
  const key = `sentence.${sentence?.name ?? ''}`;
  return sentence && key in english ? say(key as WarningKey, sentence.values) : message;
}

/** For React's external stores: tells when the language changed. */
export function subscribeToLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentLanguage(): string {
  return translator?.language ?? 'en-US';
}
