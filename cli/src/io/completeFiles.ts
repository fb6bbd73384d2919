import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';

/** Files by name, in the order in which they are to appear. */
export type Files = readonly (readonly [name: string, bytes: Uint8Array])[];

/** Why the system refused, as it says it: "no space left on device". */
function reasonOf(error: unknown): string {
  const { message = '' } = error as { message?: string };
  return /^\w+: ([^,]+)/.exec(message)?.[1] ?? message;
}

function notWritable(folder: string, cause: unknown, option: string): CranioplastyError {
  return new CranioplastyError(
    'bad-usage',
    `Nothing can be written to ${folder} (${reasonOf(cause)}): give another path with ${option}.`,
    { cause },
  );
}

/** A folder beside what it will hold: renaming into a folder that is mounted works from inside it alone. */
function temporaryIn(folder: string): string {
  return mkdtempSync(join(folder, '.cranioplasty-'));
}

/**
 * Proves, before minutes of work, that results can be written into a folder: writes and renames a file there, or in its
 * parent, which is made, where the folder is not there yet.
 *
 * @param names of the results
 * @param option of the command line that names the folder
 * @throws CranioplastyError `bad-usage`
 */
export function assertWritable(
  folder: string,
  names: readonly string[] = [],
  option = '--out',
): void {
  const target = resolve(folder);
  const there = existsSync(target);
  if (there && !statSync(target).isDirectory()) {
    throw new CranioplastyError('bad-usage', `${folder} is a file: give a folder with ${option}.`);
  }
  let trial: string | undefined;
  try {
    if (!there) mkdirSync(dirname(target), { recursive: true });
    const parent = there ? target : dirname(target);
    trial = temporaryIn(parent);
    writeFileSync(join(trial, 'trial'), 'x');
    renameSync(join(trial, 'trial'), `${trial}.trial`);
  } catch (cause) {
    throw notWritable(folder, cause, option);
  } finally {
    if (trial !== undefined) {
      rmSync(trial, { recursive: true, force: true });
      rmSync(`${trial}.trial`, { force: true });
    }
  }
  const taken = names.find((name) => isFolder(join(target, name)));
  if (taken === undefined) return;
  throw new CranioplastyError(
    'bad-usage',
    `${join(folder, taken)} is a folder, and a result is called the same: remove it, or give another path with ${option}.`,
  );
}

/** Whether there is a folder at a path, or a link to one. */
export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/**
 * Writes files into a folder so that none is ever there in part: all are written into a hidden folder in it first and
 * then renamed into place. The folder is made if it does not exist; other files in it stay.
 * @param option as with `assertWritable`
 * @throws CranioplastyError `bad-usage` if that fails, on a full disk for instance
 */
export function writeComplete(folder: string, files: Files, option = '--out'): void {
  const target = resolve(folder);
  const there = existsSync(target);
  let temporary: string | undefined;
  let done = false;
  try {
    mkdirSync(target, { recursive: true });
    temporary = temporaryIn(target);
    for (const [name, bytes] of files) writeFileSync(join(temporary, name), bytes);
    for (const [name] of files) renameSync(join(temporary, name), join(target, name));
    done = true;
  } catch (cause) {
    throw notWritable(folder, cause, option);
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    if (!done && !there) rmSync(target, { recursive: true, force: true });
  }
}
