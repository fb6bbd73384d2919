/** Room `words`: what the engine says to a user, in English and by name, so that it can be said in other languages. */

/** What is put into a sentence; what was itself said is put in in the language of the whole. */
export type SentenceValues = Readonly<Record<string, string | number | Said>>;

/** A sentence by its name in a catalogue, and what is put in for its `{{…}}`. It is plain: it can be cloned and stored. */
export interface Sentence {
  readonly name: string;
  readonly values: SentenceValues;
}

/** What is said to a user. */
export interface Said {
  /** In English. */
  readonly message: string;
  /** The same for other languages; absent where others made it. */
  readonly sentence?: Sentence;
}

/** A text with its values put in, in English; what is not given stays to be seen. */
export function fillIn(text: string, values: SentenceValues): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, key: string) => {
    const value = values[key];
    return value === undefined ? whole : String(typeof value === 'object' ? value.message : value);
  });
}

/** What an error or a warning says, as plain data: an error itself can be neither cloned nor stored as it is. */
export const saidOf = ({ message, sentence }: Said): Said =>
  sentence ? { message, sentence } : { message };

/** Says the sentences of a catalogue. */
export function speakerOf<Name extends string>(
  texts: Readonly<Record<Name, string>>,
): (name: Name, values?: SentenceValues) => Said {
  return (name, given = {}) => {
    const values = Object.fromEntries(
      Object.entries(given).map(([place, value]) => [
        place,
        typeof value === 'object' ? saidOf(value) : value,
      ]),
    );
    return { message: fillIn(texts[name], values), sentence: { name, values } };
  };
}
