import { CranioplastyError } from './errors.ts';
import { why } from '../words/errorSentences.ts';

/** Where a model's files come from; the host (browser, Node) supplies it. */
export interface ModelSource {
  /** Reads one file of the model's folder. Rejects if it cannot be read. */
  read(file: string): Promise<Uint8Array>;
}

/** SHA-256 in lower-case hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', bytes as BufferSource);
  return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * Reads a file of a model and compares it with the hash in the manifest.
 * @throws CranioplastyError `model-tampered` on a mismatch, `model-unavailable` if it cannot be read.
 */
export async function readVerified(
  source: ModelSource,
  file: string,
  expected: string,
): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await source.read(file);
  } catch (cause) {
    throw new CranioplastyError('model-unavailable', why('error.file-missing', { file }), {
      cause,
    });
  }
  if ((await sha256(bytes)) !== expected) {
    throw new CranioplastyError('model-tampered', why('error.file-tampered', { file }));
  }
  return bytes;
}

/** The files of a folder beside or below another, "../atlas/". */
export function folderOf(source: ModelSource, folder: string): ModelSource {
  return { read: (file) => source.read(`${folder}${file}`) };
}

/**
 * Reads a JSON file of a model folder.
 * @param expected its hash, where something names it
 * @throws CranioplastyError `model-tampered` on a mismatch, `model-unavailable` if it cannot be read.
 */
export async function readJson<T>(
  source: ModelSource,
  file: string,
  expected?: string,
): Promise<T> {
  try {
    const bytes = expected ? await readVerified(source, file, expected) : await source.read(file);
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch (cause) {
    if (cause instanceof CranioplastyError) throw cause;
    throw new CranioplastyError('model-unavailable', why('error.file-missing', { file }), {
      cause,
    });
  }
}
