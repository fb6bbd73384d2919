/**
 * Room `cascade`: a skull and the shapes that continue it in, the probabilities of patch and implant out, by two
 * networks that the host runs (`backend.ts`).
 */

import type { Atlas } from '../pose/atlas.ts';
import {
  continuedDistance,
  fittedMeanSkull,
  fittedMirror,
  occupancyOf,
} from '../prior/bentShape.ts';
import type { Continuation } from '../prior/continuation.ts';
import type { Grid } from '../space/grid.ts';
import type { Volume } from '../space/volume.ts';
import type { InferenceBackend } from './backend.ts';
import type { ModelManifest } from './manifest.ts';
import type { ShapeProbabilities } from './runNetwork.ts';
import { runNetwork } from './runNetwork.ts';

/** Probabilities of both shapes on the coarse grid. */
export interface CoarseEstimate extends ShapeProbabilities {
  readonly grid: Grid;
}

/**
 * First network of the cascade: the whole head at low resolution, with its mirror image as second
 * channel (paper, section 2.2), here fitted to the skull, and the mean skull as third. It sees what it saw in training
 * (`defects/sample.py` of `models/training`).
 *
 * @param occupancy of the defective skull on the coarse grid
 */
export async function estimateCoarse(
  occupancy: Volume<Float32Array>,
  continuation: Continuation,
  atlas: Atlas,
  manifest: ModelManifest,
  backend: InferenceBackend,
): Promise<CoarseEstimate> {
  const { coarse } = manifest.networks;
  const { grid, data } = occupancy;
  const { channels } = coarse.inputs[0];
  const input = new Float32Array(channels.length * data.length);
  channels.forEach((channel, c) => {
    const target = input.subarray(c * data.length, (c + 1) * data.length);
    if (channel === 'skull mirrored and fitted') fittedMirror(occupancy, continuation, target);
    else if (channel === 'mean skull fitted') fittedMeanSkull(atlas, continuation, grid, target);
    else if (channel === 'shape prior') {
      continuedDistance(atlas, continuation, grid, target);
      occupancyOf(target, grid.spacing[0], target);
    } else target.set(data);
  });
  return { grid, ...(await runNetwork('coarse', input, manifest, backend)) };
}
