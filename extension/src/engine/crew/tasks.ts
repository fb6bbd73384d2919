import type { AtlasField } from '../pose/atlas.ts';
import type { Continuation } from '../prior/continuation.ts';
import { fitContinuation } from '../prior/continuation.ts';
import { distanceOnLattice } from '../prior/lattice.ts';
import type { DistanceTask } from '../space/band/distanceSlab.ts';
import { fillDistance } from '../space/band/distanceSlab.ts';
import type { Grid } from '../space/grid.ts';
import type { PlacedSkull } from '../space/resample.ts';
import { fillBlockMean } from '../space/resample.ts';
import type { SignedDistanceField } from '../space/signedDistance.ts';
import type { Mesh } from '../surface/mesh.ts';
import { skullSurface } from '../surface/skullSurface.ts';

/** Slices or layers [from, to). */
interface Slab {
  readonly from: number;
  readonly to: number;
}

/** What a thread beside can do: a line here and a function below each. What they fill in lies in shared memory. */
export interface Tasks {
  /** Slices of a signed distance. */
  distance: { input: Slab & { readonly task: DistanceTask }; result: void };
  /** The mirror image and the mean skull, bent until they continue the skull. */
  bends: { input: Bends; result: Continuation };
  /** Layers of the share of bone in each voxel of the coarse grid. */
  occupancy: { input: Occupancy; result: void };
  /** Display surface of the skull. */
  surface: { input: { readonly field: SignedDistanceField }; result: Mesh };
}

interface Bends {
  readonly skull: PlacedSkull;
  /** The mean skull. */
  readonly bone: AtlasField;
}

interface Occupancy extends Slab {
  readonly skull: PlacedSkull;
  readonly canonical: Grid;
  /** How many voxels of the canonical grid a coarse one has along each axis. */
  readonly factor: number;
  /** The whole coarse grid. */
  readonly out: Float32Array;
}

export const tasks: {
  readonly [Kind in keyof Tasks]: (input: Tasks[Kind]['input']) => Tasks[Kind]['result'];
} = {
  distance: ({ task, from, to }) => fillDistance(task, from, to),
  bends: ({ skull, bone }) => fitContinuation(distanceOnLattice(skull), { bone }),
  occupancy: ({ skull, canonical, factor, out, ...layers }) =>
    fillBlockMean(skull, canonical, factor, layers, out),
  surface: ({ field }) => skullSurface(field),
};
