import type { ModelManifest } from './manifest.ts';
import { blockMean } from './resample.ts';
import type { HeadCopy, ShapeProbabilities } from './twoRuns.ts';
import { headCopies, reverseRows, runOnCopy } from './twoRuns.ts';
import type { InferenceBackend } from './types.ts';
import type { Mask } from './volume.ts';
import type { Grid } from './grid.ts';

/** Probabilities of both shapes on the coarse grid, one estimate for each copy of the head. */
export interface CoarseEstimate {
  readonly grid: Grid;
  readonly of: Readonly<Record<HeadCopy, ShapeProbabilities>>;
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
  const { grid, data } = blockMean(
    skull,
    Math.round(coarse.spacing / manifest.canonicalGrid.spacing),
  );
  const of: Partial<Record<HeadCopy, ShapeProbabilities>> = {};
  for (const copy of headCopies) {
    const { channels } = coarse.inputs[0];
    const input = new Float32Array(channels.length * data.length);
    channels.forEach((channel, c) => {
      const target = input.subarray(c * data.length, (c + 1) * data.length);
      target.set(data);
      if (channel === 'skull mirrored in x') reverseRows(target, grid.size[0]);
    });
    of[copy] = await runOnCopy(copy, 'coarse', input, manifest, backend);
  }
  return { grid, of: of as CoarseEstimate['of'] };
}
