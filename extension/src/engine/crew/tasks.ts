import type { AtlasField } from '../pose/atlas.ts';
import type { Measured } from '../prior/boneAlongRays.ts';
import type { Continuation } from '../prior/continuation.ts';
import { fitContinuation } from '../prior/continuation.ts';
import type { GaussianProcess } from '../prior/gaussianProcess.ts';
import { ReadyProcess } from '../prior/gaussianProcess.ts';
import { distanceOnLattice } from '../prior/lattice.ts';
import type { DepthPrior } from '../prior/shapePrior.ts';
import { expectDepth } from '../prior/shapePrior.ts';
import type { DrawnShape } from '../shape/drawShape.ts';
import { drawShape } from '../shape/drawShape.ts';
import type { DistanceTask } from '../space/band/distanceSlab.ts';
import { fillDistance } from '../space/band/distanceSlab.ts';
import type { RegionField } from '../space/canonical.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import type { PlacedSkull } from '../space/resample.ts';
import { fillBlockMean, skullSurfaceDistance } from '../space/resample.ts';
import type { SignedDistanceField } from '../space/signedDistance.ts';
import type { RigidTransform } from '../space/transform.ts';
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
  /** How thick the missing bone is. */
  depth: { input: Depth; result: Float64Array };
  /** Surface and figures of a shape. */
  shape: { input: Shape; result: DrawnShape };
  /** Display surface of the skull. */
  surface: { input: { readonly field: SignedDistanceField }; result: Mesh };
}

interface Bends {
  readonly skull: PlacedSkull;
  /** The mean skull. */
  readonly bone: AtlasField;
}

interface Depth {
  readonly skull: PlacedSkull;
  readonly seen: Measured;
  readonly prior: Omit<DepthPrior, 'thickness'>;
  readonly thickness: GaussianProcess;
}

/** As `drawShape` is given it. */
interface Shape {
  readonly field: RegionField;
  readonly volume: number;
  readonly toCanonical: RigidTransform;
  readonly centre: Vec3;
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
  depth: ({ skull, seen, prior, thickness }) =>
    expectDepth(
      { ...prior, thickness: new ReadyProcess(thickness, prior.directions) },
      skullSurfaceDistance(skull),
      seen,
    ),
  shape: ({ field, volume, toCanonical, centre }) => drawShape(field, volume, toCanonical, centre),
  surface: ({ field }) => skullSurface(field),
};
