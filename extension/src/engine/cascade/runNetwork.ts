import { CranioplastyError } from '../space/errors.ts';
import type { InferenceBackend } from './backend.ts';
import type { ModelManifest, NetworkName } from './manifest.ts';
import { why } from '../words/errorSentences.ts';

/** Both shapes' probabilities as a network gives them, window³ voxels each, x fastest. */
export interface ShapeProbabilities {
  readonly patch: Float32Array;
  readonly implant: Float32Array;
}

/**
 * Runs one network of the cascade.
 *
 * @param input all channels, [C, z, y, x]
 * @throws CranioplastyError `model-invalid` if the network's outputs do not have the manifest's shape
 */
export async function runNetwork(
  name: NetworkName,
  input: Float32Array,
  manifest: ModelManifest,
  backend: InferenceBackend,
): Promise<ShapeProbabilities> {
  const { inputs, window } = manifest.networks[name];
  const outputs = await backend.run(name, {
    [inputs[0].name]: { dims: inputs[0].shape, data: input },
  });
  const pick = (shape: 'patch' | 'implant'): Float32Array => {
    const data = outputs[shape]?.data;
    if (data?.length !== window ** 3) {
      throw new CranioplastyError(
        'model-invalid',
        why('error.no-output', { network: name, shape, window }),
      );
    }
    return data;
  };
  return { patch: pick('patch'), implant: pick('implant') };
}
