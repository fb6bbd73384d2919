import { CranioplastyError } from '../space/errors.ts';
import { reverseRows } from '../space/voxels.ts';
import type { InferenceBackend } from './backend.ts';
import type { ModelManifest, NetworkName } from './manifest.ts';

/** Both shapes' probabilities as a network gives them, window³ voxels each, x fastest. */
export interface ShapeProbabilities {
  readonly patch: Float32Array;
  readonly implant: Float32Array;
}

/**
 * Which copy of the head a run sees. The cascade runs on the head as it is and on its mirror image:
 * the mean of both is more accurate than either, and where they differ neither is to be trusted.
 */
export const headCopies = ['as-is', 'mirrored'] as const;
export type HeadCopy = (typeof headCopies)[number];

/**
 * Runs one network of the cascade on one copy of the head.
 *
 * @param input all channels of the head as it is, [C, z, y, x]; changed in place for the mirrored copy
 * @returns probabilities in the head as it is
 * @throws CranioplastyError `model-invalid` if the network's outputs do not have the manifest's shape
 */
export async function runOnCopy(
  copy: HeadCopy,
  name: NetworkName,
  input: Float32Array,
  manifest: ModelManifest,
  backend: InferenceBackend,
): Promise<ShapeProbabilities> {
  const { inputs, window } = manifest.networks[name];
  if (copy === 'mirrored') reverseRows(input, window);
  const outputs = await backend.run(name, {
    [inputs[0].name]: { dims: inputs[0].shape, data: input },
  });
  const pick = (shape: 'patch' | 'implant'): Float32Array => {
    const data = outputs[shape]?.data;
    if (data?.length !== window ** 3) {
      throw new CranioplastyError(
        'model-invalid',
        `The ${name} network gave no output "${shape}" of ${window}³ voxels: install the model again.`,
      );
    }
    if (copy === 'mirrored') reverseRows(data, window);
    return data;
  };
  return { patch: pick('patch'), implant: pick('implant') };
}
