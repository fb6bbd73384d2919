import { readFileSync } from 'node:fs';
import type { InferenceBackend, Tensor } from '../../extension/src/engine/cascade/backend.ts';
import type { LoadedModel } from '../../extension/src/engine/cascade/model.ts';
import type { ShapePriorManifest } from '../../extension/src/engine/prior/shapePriorFile.ts';
import { loadShapePrior } from '../../extension/src/engine/prior/shapePriorFile.ts';
import { modelFolder, shippedAtlas } from './atlasFiles.ts';
import { smallSizes, stubModel } from './stubModel.ts';

/** A model of small windows with the shape prior of `lite`. */
export async function priorModel(): Promise<LoadedModel> {
  const manifest = new URL('../../models/lite/model.json', import.meta.url);
  const { shapePrior } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    shapePrior: ShapePriorManifest;
  };
  return {
    ...stubModel(smallSizes),
    atlas: await shippedAtlas(),
    shapePrior: await loadShapePrior(modelFolder('lite'), shapePrior),
  };
}

/** Its networks: they see the bent mean skull wherever there is no bone. */
export const priorBackend: InferenceBackend = {
  provider: 'cpu',
  load: async () => undefined,
  release: async () => undefined,
  run: async (_name, { input: { data } }): Promise<Record<string, Tensor>> => {
    const voxels = 32 ** 3;
    const out = new Float32Array(voxels);
    for (let p = 0; p < voxels; p++) if (data[p] < 0.1) out[p] = data[2 * voxels + p];
    const tensor = () => ({ dims: [1, 1, 32, 32, 32], data: out.slice() });
    return { patch: tensor(), implant: tensor() };
  },
};
