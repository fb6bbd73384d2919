import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import type { ModelSource } from '../../extension/src/engine/space/files.ts';

const models = fileURLToPath(new URL('../../models/', import.meta.url));

/** The files of a folder below `models/`. */
export function folderSource(name: string): ModelSource {
  return { read: (file) => readFile(join(models, name, file)) };
}

/** Names of the installed models. */
export function installedModels(): string[] {
  if (!existsSync(models)) return [];
  return readdirSync(models).filter((name) => existsSync(join(models, name, 'model.json')));
}

/**
 * The files of a model: an installed one by its name, or any folder with a `model.json` by its path.
 * @throws CranioplastyError `model-unavailable`
 */
export function modelSource(name: string): ModelSource {
  if (existsSync(join(name, 'model.json'))) {
    return { read: (file) => readFile(join(name, file)) };
  }
  const installed = installedModels();
  if (!installed.includes(name)) {
    throw new CranioplastyError(
      'model-unavailable',
      `There is no model "${name}": choose one of ${installed.join(', ') || 'none installed'} with --model, or the folder of a model.`,
    );
  }
  return folderSource(name);
}
