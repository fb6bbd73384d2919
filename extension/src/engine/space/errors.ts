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
export class CranioplastyError extends Error {
  readonly code: CranioplastyErrorCode;

  constructor(code: CranioplastyErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CranioplastyError';
    this.code = code;
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
  return new CranioplastyError(error.code, `${name}: ${error.message}`, { cause: error });
}

/** A shape other than the expected one was asked for where nothing knows any. */
export function noAlternative(): CranioplastyError {
  return new CranioplastyError(
    'bad-usage',
    'A fuller or flatter shape needs a model with a shape prior: choose another model or method, or the expected shape.',
  );
}

/** The error of a skull in which nothing is missing, or nothing that the network could find. */
export function noDefectFound(): CranioplastyError {
  return new CranioplastyError(
    'no-defect',
    'No defect was found in this skull: check that the chosen segment is the defective skull and that the defect lies in the vault.',
  );
}
