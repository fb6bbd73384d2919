import { why } from '../words/errorSentences.ts';
import type { Said, Sentence } from '../words/sentence.ts';

/** Every way in which the product refuses to go on. The code is stable; the message is for the user. */
export type CranioplastyErrorCode =
  | 'cancelled'
  | 'no-ct'
  | 'wrong-modality'
  | 'bad-ct-geometry'
  | 'bad-geometry'
  | 'foreign-frame-of-reference'
  | 'bad-segmentation'
  | 'bad-object'
  | 'empty-skull'
  | 'skull-incomplete'
  | 'alignment-failed'
  | 'no-defect'
  | 'no-reference'
  | 'model-unavailable'
  | 'model-invalid'
  | 'model-tampered'
  | 'inference-failed'
  | 'device-lost'
  | 'no-provider'
  | 'pacs-refused'
  | 'pacs-unreachable'
  | 'save-not-verified'
  | 'bad-usage'
  | 'bad-parameter'
  | 'bad-axis'
  | 'patch-in-pieces'
  | 'patch-detached'
  | 'nothing-left'
  | 'implant-cut';

/** An error whose message is one clear sentence that says what is wrong and what the user can do. */
export class CranioplastyError extends Error implements Said {
  readonly code: CranioplastyErrorCode;
  /** The message for other languages. */
  readonly sentence?: Sentence;

  /** @param said in English alone where the panel never shows it */
  constructor(code: CranioplastyErrorCode, said: string | Said, options?: { cause?: unknown }) {
    super(typeof said === 'string' ? said : said.message, options);
    this.name = 'CranioplastyError';
    this.code = code;
    if (typeof said !== 'string' && said.sentence) this.sentence = said.sentence;
  }
}

/**
 * Does some work on a file; what it refuses says which file it is about.
 * @param name of the file, as the user knows it
 */
export function aboutFile<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(name, error);
  }
}

/** The same of work that takes a while. */
export async function aboutInput<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw named(name, error);
  }
}

/** The error with the name of what it is about, unless that is in it already. */
function named(name: string, error: unknown): unknown {
  if (!(error instanceof CranioplastyError) || error.message.includes(name)) return error;
  return new CranioplastyError(error.code, why('error.about', { name, what: error }), {
    cause: error,
  });
}

/** A shape other than the expected one was asked for where nothing knows any. */
export function noAlternative(): CranioplastyError {
  return new CranioplastyError('bad-usage', why('error.no-alternative'));
}

/** The error of a skull in which nothing is missing, or nothing that the network could find. */
export function noDefectFound(): CranioplastyError {
  return new CranioplastyError('no-defect', why('error.no-defect'));
}
