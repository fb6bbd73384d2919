import type { Components } from '../space/components.ts';
import { componentMeans, labelComponents } from '../space/components.ts';
import type { Grid, Vec3 } from '../space/grid.ts';
import { indexToPatient, voxelVolume } from '../space/grid.ts';
import type { Mask } from '../space/volume.ts';

/** One of the separate pieces of a patch. */
export interface PatchPiece {
  /** Volume, ml. */
  readonly volume: number;
  /** A voxel of it near its middle, patient LPS mm. */
  readonly middle: Vec3;
}

/** The separate pieces of a patch, largest first. */
export function piecesOf({ grid, data }: Mask): PatchPiece[] {
  const components = labelComponents(data, grid.size);
  return componentMeans(components, grid.size).map((mean, piece) => ({
    volume: (components.sizes[piece] * voxelVolume(grid)) / 1000,
    middle: indexToPatient(grid, nearestVoxel(components, piece, mean, grid)),
  }));
}

/** The voxel of a component that is nearest to its mean, which itself may lie beside a curved piece. */
function nearestVoxel(
  { start, length, label }: Components,
  piece: number,
  mean: Vec3,
  { size }: Grid,
): Vec3 {
  const [nx, ny] = size;
  let best: Vec3 = [0, 0, 0];
  let least = Infinity;
  for (let r = 0; r < start.length; r++) {
    if (label[r] !== piece) continue;
    const p = start[r];
    const [x0, y, z] = [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))];
    const x = Math.min(x0 + length[r] - 1, Math.max(x0, Math.round(mean[0])));
    const distance = (x - mean[0]) ** 2 + (y - mean[1]) ** 2 + (z - mean[2]) ** 2;
    if (distance < least) [best, least] = [[x, y, z], distance];
  }
  return best;
}
