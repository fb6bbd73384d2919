import { randomUUID } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Marks files that were being written when the process ended. */
const TEMPORARY_SUFFIX = '.part';

export function isTemporary(name: string): boolean {
  return name.endsWith(TEMPORARY_SUFFIX);
}

/** A path for a file that is being written. */
export function temporaryIn(folder: string): string {
  return join(folder, `${randomUUID()}${TEMPORARY_SUFFIX}`);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Gives a file that is written its place, so that after a crash or power failure either the whole content is
 * there or nothing: it is forced to the disk, then renamed, and the folder forced to the disk too.
 */
export async function moveAtomically(temporary: string, path: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  await sync(temporary);
  await rename(temporary, path);
  await sync(folder);
}
