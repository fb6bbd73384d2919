import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';

/** Files by name, in the order in which they are to appear. */
export type Files = readonly (readonly [name: string, bytes: Uint8Array])[];

/**
 * Checks, before minutes of work, that results can be written into a folder. Makes its parent.
 * @throws CranioplastyError `bad-usage`
 */
export function assertWritable(folder: string): void {
  const target = resolve(folder);
  const parent = dirname(target);
  try {
    mkdirSync(parent, { recursive: true });
    accessSync(parent, constants.W_OK);
    if (!existsSync(target)) return;
    accessSync(target, constants.W_OK);
  } catch (cause) {
    throw new CranioplastyError(
      'bad-usage',
      `Nothing can be written to ${folder}: give another path with --out.`,
      { cause },
    );
  }
  if (!statSync(target).isDirectory()) {
    throw new CranioplastyError('bad-usage', `${folder} is a file: give a folder with --out.`);
  }
}

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
