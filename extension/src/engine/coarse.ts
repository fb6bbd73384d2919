import { CranioplastyError } from './errors.ts';
import type { ModelManifest } from './manifest.ts';
import { blockMean } from './resample.ts';
import type { InferenceBackend } from './types.ts';
import type { Mask, Volume } from './volume.ts';

/** Probabilities of both shapes on the coarse grid. */
export interface CoarseEstimate {
  readonly patch: Volume<Float32Array>;
  readonly implant: Volume<Float32Array>;
}

/**
 * First network of the cascade: the whole head at low resolution, with a copy mirrored at the
 * mid-sagittal plane as second channel (paper, section 2.2).
 *
 * @param skull defective skull on the canonical grid
 */
export async function estimateCoarse(
  skull: Mask,
  manifest: ModelManifest,
  backend: InferenceBackend,
): Promise<CoarseEstimate> {
  const { coarse } = manifest.networks;
  const factor = Math.round(coarse.spacing / manifest.canonicalGrid.spacing);
  const low = blockMean(skull, factor);
  const [n] = low.grid.size;
  const voxels = low.data.length;
  const input = new Float32Array(2 * voxels);
  input.set(low.data);
  mirrorInto(low.data, n, input.subarray(voxels));
  const outputs = await backend.run('coarse', {
    [coarse.inputs[0].name]: { dims: coarse.inputs[0].shape, data: input },
  });
  const pick = (name: string): Volume<Float32Array> => {
    const tensor = outputs[name];
    if (!tensor || tensor.data.length !== voxels) {
      throw new CranioplastyError(
        'model-invalid',
        `The coarse network gave no output "${name}" of ${n}³ voxels: install the model again.`,
      );
    }
    return { grid: low.grid, data: tensor.data };
  };
  return { patch: pick('patch'), implant: pick('implant') };
}

/** Copies a volume of rows of n voxels with each row reversed: x ↦ n − 1 − x. */
export function mirrorInto(
  source: ArrayLike<number>,
  n: number,
  target: Float32Array | Uint8Array,
): void {
  for (let row = 0; row < source.length; row += n)
    for (let i = 0; i < n; i++) target[row + i] = source[row + n - 1 - i];
}
