import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Atlas } from '../../extension/src/engine/pose/atlas.ts';
import { loadAtlas } from '../../extension/src/engine/pose/atlas.ts';
import type { ModelSource } from '../../extension/src/engine/space/files.ts';

/** A folder of `models/` as a model source. */
export function modelFolder(name: string): ModelSource {
  const folder = new URL(`../../models/${name}/`, import.meta.url);
  return { read: (file) => readFile(fileURLToPath(new URL(file, folder))) };
}

/** The shipped mean-skull atlas. */
export function shippedAtlas(): Promise<Atlas> {
  return loadAtlas(modelFolder('atlas'));
}
