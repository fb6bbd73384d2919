import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { volumeEnding } from '../io/volumeFormats.ts';

/** One skull of many. */
export interface CohortInput {
  /** Folder of its results, below that of all. */
  readonly name: string;
  readonly path: string;
}

/** Names that are safe as a folder everywhere. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._ -]*$/u;
/** What the cohort itself writes beside the folders. */
const TAKEN = /^cohort\.(csv|html)$/;

/**
 * The inputs by name: `NAME=PATH`, or a path, which is called as its file without the ending.
 * @throws CranioplastyError `bad-usage` for a name that is no name, or that two have
 */
export function namedInputs(words: readonly string[]): CohortInput[] {
  const inputs = words.map((word): CohortInput => {
    const at = word.indexOf('=');
    // A file may have an equals sign in its name.
    if (at > 0 && !existsSync(word)) return { name: word.slice(0, at), path: word.slice(at + 1) };
    const ending = volumeEnding(word) ?? /\.dcm$/i.exec(word)?.[0] ?? '';
    const name = basename(word);
    return { name: name.slice(0, name.length - ending.length), path: word };
  });
  const seen = new Map<string, string>();
  for (const { name, path } of inputs) {
    if (!NAME.test(name) || TAKEN.test(name)) {
      throw new CranioplastyError(
        'bad-usage',
        `"${name}" cannot be the name of a result: call the input NAME=${path}.`,
      );
    }
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new CranioplastyError(
        'bad-usage',
        `${other} and ${path} would both be called "${name}": call them NAME=PATH.`,
      );
    }
    seen.set(name.toLowerCase(), path);
  }
  return inputs;
}

/** Whether words on the command line are a cohort: several, or one with a name. */
export function isCohort(words: readonly string[]): boolean {
  return words.length > 1 || (words[0].indexOf('=') > 0 && !existsSync(words[0]));
}
