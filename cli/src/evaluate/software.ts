import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
    for (const { name } of entriesOf(folder)) {
      hash.update(name);
      hash.update(readFileSync(join(folder, name)));
    }
  }
  return `${product.version} ${hash.digest('hex').slice(0, 12)}`;
}

const entriesOf = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .sort((a, b) => (a.name < b.name ? -1 : 1));
