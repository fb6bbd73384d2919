import type { ModelManifest } from '../engine/cascade/manifest.ts';

/** A model that the site serves, as far as one chooses by it. */
export interface InstalledModel extends Pick<
  ModelManifest,
  'name' | 'version' | 'licence' | 'use'
> {
  readonly folder: string;
  /** Edge of a voxel of the fine network, mm. */
  readonly spacing: number;
  /** Edge of its windows, voxels. */
  readonly window: number;
}

/**
 * The models among `folders` that the site serves, in that order. What does not answer, or not with a manifest
 * (many servers answer anything with their page), is not installed.
 *
 * @param modelsUrl folder of the models, with a trailing slash
 */
export async function listInstalledModels(
  modelsUrl: string,
  folders: readonly string[],
  download: typeof fetch = (...request) => fetch(...request),
): Promise<readonly InstalledModel[]> {
  const ask = async (folder: string): Promise<InstalledModel | undefined> => {
    try {
      const response = await download(`${modelsUrl}${folder}/model.json`, { cache: 'no-cache' });
      if (!response.ok) return undefined;
      const { name, version, licence, use, networks } = (await response.json()) as ModelManifest;
      const { spacing, window } = networks.fine;
      return { folder, name, version, licence, use, spacing, window };
    } catch {
      return undefined;
    }
  };
  const answers = await Promise.all(folders.map(ask));
  return answers.filter((model) => model !== undefined);
}
