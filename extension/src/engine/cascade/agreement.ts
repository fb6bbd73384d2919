import type { RegionField } from '../space/canonical.ts';
import { shapeThreshold } from '../space/canonical.ts';
import type { Vec3 } from '../space/grid.ts';
import type { SignedDistanceField } from '../space/signedDistance.ts';
import { signedDistance, surfaceDistance } from '../space/signedDistance.ts';
import { dice } from '../space/voxels.ts';
import type { Mesh } from '../surface/mesh.ts';
import type { VertexLengths } from '../surface/perVertex.ts';
import { overVertices } from '../surface/perVertex.ts';

/**
 * How far the networks agree with what continues the skull without them (the shape prior): two opinions on the
 * patch, available where there is no truth to compare with.
 */
export interface Agreement extends VertexLengths {
  /** Overlap of both patches, 0 to 1; the lengths are the distance between both surfaces over the patch's. */
  readonly dice: number;
}

/** Surfaces farther apart than this are not told apart, mm. */
const farthest = 5;
/** Distances are measured on about this grid, mm: finer than what a user would act upon. */
const sampling = 0.8;

/**
 * Compares the patch as the network has it with what continues the skull without a network: where both put the
 * surface in the same place it is sure; where they differ one of them guesses.
 *
 * @param patch the result, postprocessed
 * @param network the network's own patch, on the same grid
 * @param continued occupancy of what continues the skull, on the same grid
 * @param mesh surface of the patch, canonical mm
 */
export function measureAgreement(
  patch: RegionField,
  network: RegionField,
  continued: RegionField,
  mesh: Mesh,
): Agreement {
  const [first, second] = [network, continued].map((opinion) => {
    const { grid, data } = sampled(patch, (p) =>
      // What postprocessing took away is not part of either.
      patch.data[p] > 0 && opinion.data[p] >= shapeThreshold ? 1 : 0,
    );
    return { data, field: signedDistance({ grid, data }, farthest, 0) };
  });
  return {
    dice: dice(first.data, second.data),
    ...overVertices(distanceBetween(first.field, second.field, mesh)),
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
