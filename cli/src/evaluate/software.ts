import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { product } from '../../../extension/src/dicom/product.ts';

/** What a figure depends on beside its case and its model: the engine, the atlas, and what is measured. */
const parts = ['../../../extension/src/engine', '../../../models/atlas', '.'];

/**
 * Version of this software and a hash of the sources that make a figure, so that a change of them alone
 * makes older results stale.
 */
export function softwareIdentity(): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const folder = fileURLToPath(new URL(part, import.meta.url));
    for (const file of filesOf(folder)) {
      hash.update(file);
      hash.update(readFileSync(join(folder, file)));
    }
  }
  return `${product.version} ${hash.digest('hex').slice(0, 12)}`;
}

/** All files of a folder and its rooms, by their paths in it, in one order everywhere. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
