import type { RegionField } from '../space/canonical.ts';
import { shapeThreshold } from '../space/canonical.ts';
import type { Vec3 } from '../space/grid.ts';
import { quantile } from '../space/quantile.ts';
import type { SignedDistanceField } from '../space/signedDistance.ts';
import { signedDistance, surfaceDistance } from '../space/signedDistance.ts';
import { dice } from '../space/voxels.ts';
import type { Mesh } from '../surface/mesh.ts';

/**
 * How far the run on the head and the run on its mirror image agree about the patch: a measure of
 * how sure the network is, available where there is no truth to compare with.
 */
export interface Agreement {
  /** Overlap of both patches, 0 to 1. */
  readonly dice: number;
  /** Distance between both surfaces over the patch's surface, mean and 95th percentile, mm. */
  readonly mean: number;
  readonly p95: number;
  /** The same at every vertex of the patch's mesh, mm. */
  readonly perVertex: Float32Array;
}

/** Surfaces farther apart than this are not told apart, mm. */
const farthest = 5;
/** Distances are measured on about this grid, mm: finer than what a user would act upon. */
const sampling = 0.8;

/**
 * Compares the patch of the run on the head as it is with that of the run on its mirror image:
 * where both put the surface in the same place the network knows what it does; where they differ
 * it guesses.
 *
 * @param patch mean probability of both runs, postprocessed
 * @param disagreement probability of the first less that of the second run, on the same grid
 * @param mesh surface of the patch, canonical mm
 */
export function measureAgreement(
  patch: RegionField,
  disagreement: RegionField,
  mesh: Mesh,
): Agreement {
  const [first, second] = [0.5, -0.5].map((share) => {
    const { grid, data } = sampled(patch, (p) =>
      // What postprocessing took away is not part of either.
      patch.data[p] > 0 && patch.data[p] + share * disagreement.data[p] >= shapeThreshold ? 1 : 0,
    );
    return { data, field: signedDistance({ grid, data }, farthest, 0) };
  });
  return {
    dice: dice(first.data, second.data),
    ...overVertices(distanceBetween(first.field, second.field, mesh)),
  };
}

/** Distances between both surfaces at the vertices of a patch, mm, and what they come to. */
export function overVertices(perVertex: Float32Array): Omit<Agreement, 'dice'> {
  const sorted = Float64Array.from(perVertex).sort();
  return {
    mean: sorted.length ? sorted.reduce((a, b) => a + b, 0) / sorted.length : 0,
    p95: sorted.length ? quantile(sorted, 0.95) : 0,
    perVertex,
  };
}

/** A mask of every n-th voxel of a field's grid. */
function sampled(field: RegionField, value: (voxel: number) => 0 | 1) {
  const { size, spacing } = field.grid;
  const every = Math.max(1, Math.round(sampling / spacing[0]));
  const count = size.map((n) => Math.ceil(n / every)) as [number, number, number];
  const data = new Uint8Array(count[0] * count[1] * count[2]);
  for (let k = 0, q = 0; k < count[2]; k++)
    for (let j = 0; j < count[1]; j++) {
      const row = size[0] * every * (j + size[1] * k);
      for (let i = 0; i < count[0]; i++, q++) data[q] = value(row + every * i);
    }
  const step = spacing.map((s) => s * every) as [number, number, number];
  return { grid: { ...field.grid, size: count, spacing: step }, data };
}

/** How far apart two surfaces are at the vertices of a third that runs between them, mm. */
function distanceBetween(a: SignedDistanceField, b: SignedDistanceField, mesh: Mesh): Float32Array {
  const { positions } = mesh;
  const [fromA, fromB] = [a, b].map(surfaceDistance);
  const out = new Float32Array(positions.length / 3);
  for (let v = 0; v < out.length; v++) {
    const at: Vec3 = [positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]];
    out[v] = Math.min(farthest, Math.abs(fromA(at) - fromB(at)));
  }
  return out;
}
