import type { Atlas } from '../pose/atlas.ts';
import type { ShapeMeasurements } from '../shape/measure.ts';
import { measureMask } from '../shape/measure.ts';
import { boundingBox, cropData, cropToContent, growBox } from '../space/crop.ts';
import { CranioplastyError } from '../space/errors.ts';
import type { Vec3 } from '../space/grid.ts';
import { voxelVolume } from '../space/grid.ts';
import { quantile } from '../space/quantile.ts';
import { signedDistance, surfaceDistance } from '../space/signedDistance.ts';
import type { RigidTransform } from '../space/transform.ts';
import { applyRigid, invertRigid } from '../space/transform.ts';
import type { Mask } from '../space/volume.ts';
import { dice, total } from '../space/voxels.ts';
import type { Mesh } from '../surface/mesh.ts';
import { assertSameGrid, pooledSurfaceDistances } from './metrics.ts';
import { why } from '../words/errorSentences.ts';

/** Two shapes of one case: a patch and an implant, two models' patches, one's own and an expert's. */
export interface ComparisonRequest {
  readonly first: Mask;
  readonly second: Mask;
  /** Patient LPS mm → canonical mm. */
  readonly toCanonical: RigidTransform;
  readonly atlas: Atlas;
}

/** One of two compared shapes. */
export interface ComparedShape {
  /** Patient LPS mm. */
  readonly mesh: Mesh;
  /** How far each vertex lies beyond the other shape's surface, mm; below 0 inside it; NaN farther than 4.5 mm. */
  readonly beyond: Float32Array;
  readonly measurements: ShapeMeasurements;
  /** Volume that the other shape does not have, ml. */
  readonly alone: number;
}

export interface Comparison {
  readonly first: ComparedShape;
  readonly second: ComparedShape;
  /** Volume of both together, ml. */
  readonly common: number;
  readonly dice: number;
  /** Distances between both surfaces, both directions pooled, mm. */
  readonly meanDistance: number;
  readonly hd95: number;
  readonly hausdorff: number;
}

/** Distances beyond this are not told apart, mm. */
const farthest = 4.5;

/**
 * Compares two shapes: what each measures, where they differ and by how much. Neither is the truth.
 *
 * @throws CranioplastyError `bad-geometry` for different grids, `empty-skull` if either shape is empty
 */
export function compareTwo({ first, second, toCanonical, atlas }: ComparisonRequest): Comparison {
  assertSameGrid(first, second);
  const { size, spacing } = first.grid;
  const box = boundingBox([first.data, second.data], size);
  if (!box || !first.data.includes(1) || !second.data.includes(1)) {
    throw new CranioplastyError('empty-skull', why('error.shape-empty'));
  }
  const around = growBox(box, Math.max(...spacing), size, spacing);
  const [a, b] = [first, second].map(({ data }) => cropData(data, size, around));
  const distances = pooledSurfaceDistances(a.data, b.data, a.size, spacing);
  const voxel = voxelVolume(first.grid) / 1000;
  let both = 0;
  for (let p = 0; p < a.data.length; p++) both += a.data[p] & b.data[p];
  const common = both * voxel;
  const cavity = applyRigid(invertRigid(toCanonical), atlas.centre);
  const describe = (own: Mask, other: Mask): ComparedShape => {
    const { mesh, measurements } = measureMask(own, cavity);
    return {
      mesh,
      beyond: distanceBeyond(mesh, own, other),
      measurements,
      alone: measurements.volume - common,
    };
  };
  return {
    first: describe(first, second),
    second: describe(second, first),
    common,
    dice: dice(a.data, b.data),
    meanDistance: total(distances) / distances.length,
    hd95: quantile(distances, 0.95),
    hausdorff: distances[distances.length - 1],
  };
}

/** Signed distance of a shape's vertices from the surface of another, mm. */
function distanceBeyond({ positions }: Mesh, own: Mask, other: Mask): Float32Array {
  const [ownAt, otherAt] = [own, other].map((mask) =>
    surfaceDistance(signedDistance(cropToContent(mask, farthest + 1), farthest + 0.5)),
  );
  const out = new Float32Array(positions.length / 3).fill(NaN);
  for (let v = 0; v < out.length; v++) {
    const at: Vec3 = [positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]];
    const d = otherAt(at);
    // The mesh is smoother than the voxels: the same is taken off both.
    if (Math.abs(d) < farthest) out[v] = d - ownAt(at);
  }
  return out;
}
