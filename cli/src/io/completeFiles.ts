import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Files by name, in the order in which they are to appear. */
export type Files = readonly (readonly [name: string, bytes: Uint8Array])[];

/**
 * Writes files into a folder so that none is ever there in part: all are written beside it first and
 * then renamed into place. The folder is made if it does not exist; other files in it stay.
 */
export function writeComplete(folder: string, files: Files): void {
  const target = resolve(folder);
  mkdirSync(dirname(target), { recursive: true });
  const temporary = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    for (const [name, bytes] of files) writeFileSync(join(temporary, name), bytes);
    if (!existsSync(target)) mkdirSync(target);
    for (const [name] of files) renameSync(join(temporary, name), join(target, name));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
