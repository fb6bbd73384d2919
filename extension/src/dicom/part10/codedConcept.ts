import { item, text, type NaturalDataset } from './attributes.ts';

/** A coded concept (PS3.3, 8.8). */
export interface Code {
  /** At most 16 characters. */
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

export const code = (value: string, scheme: string, meaning: string): Code => ({
  value,
  scheme,
  meaning,
});

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
