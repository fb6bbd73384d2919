import type { Atlas } from '../pose/atlas.ts';
import { loadAtlas } from '../pose/atlas.ts';
import { CranioplastyError } from '../space/errors.ts';
import { folderOf, type ModelSource } from '../space/files.ts';
import type { ModelManifest, OriginManifest } from './manifest.ts';
import { why } from '../words/errorSentences.ts';

/** A file of the model's own folder, or of a folder beside it. */
const reachable = /^(?<folder>(?:\.\.\/[A-Za-z0-9][\w.-]*\/)?)(?<name>[A-Za-z0-9][\w.-]*)$/;

/**
 * Reads the atlas and the mean bone that a model was made with, and verifies their hashes: another frame or another
 * mean skull would give its networks what they have never seen, and nobody would notice. Training names them
 * (`export/origins.py`).
 *
 * @param source the folder of the model
 * @throws CranioplastyError `model-unavailable`, `model-tampered`; `model-invalid` too if the manifest does not name them
 */
export async function loadOrigins(source: ModelSource, manifest: ModelManifest): Promise<Atlas> {
  const { name, atlas, meanBone } = manifest;
  if (![atlas, meanBone].every(isNamed)) {
    throw new CranioplastyError('model-invalid', why('error.no-origins', { model: name }));
  }
  const file = placed(name, atlas);
  const bone = placed(name, meanBone);
  if (bone.folder !== file.folder) {
    throw new CranioplastyError('model-invalid', why('error.mean-bone-elsewhere', { model: name }));
  }
  return loadAtlas(folderOf(source, file.folder), {
    file: file.name,
    sha256: atlas.sha256,
    bone: { file: bone.name, sha256: meanBone.sha256 },
  });
}

/** Whether a manifest names a file with hash and licence; manifests of before 2026-11-27 do not. */
function isNamed(origin: Partial<OriginManifest> | undefined): boolean {
  return [origin?.file, origin?.sha256, origin?.licence].every(
    (value) => typeof value === 'string' && value !== '',
  );
}

function placed(
  model: string,
  { file }: OriginManifest,
): { readonly folder: string; readonly name: string } {
  const { folder, name } = reachable.exec(file)?.groups ?? {};
  if (!name) {
    throw new CranioplastyError('model-invalid', why('error.file-elsewhere', { model, file }));
  }
  return { folder, name };
}
