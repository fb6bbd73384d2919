import { cropToContent, skullMargin } from '../space/crop.ts';
import type { Vec3 } from '../space/grid.ts';
import type { SignedDistanceField } from '../space/signedDistance.ts';
import { signedDistance } from '../space/signedDistance.ts';
import type { Mask } from '../space/volume.ts';
import { isosurface, smoothField } from './isosurface.ts';
import type { Mesh } from './mesh.ts';
import { placeMesh } from './mesh.ts';

/**
 * Display surface of a whole skull in patient mm, from every n-th voxel of its signed distance so
 * that a thin-slice skull stays light enough for the viewer.
 *
 * @param spacing finest distance of samples, about, mm
 */
export function skullSurface(field: SignedDistanceField, spacing = 1.4): Mesh {
  const { grid } = field;
  const factors = grid.spacing.map((s) => Math.max(1, Math.round(spacing / s)));
  const size = grid.size.map((n, a) => Math.max(1, Math.floor(n / factors[a]))) as [
    number,
    number,
    number,
  ];
  const data = new Float32Array(size[0] * size[1] * size[2]);
  for (let k = 0, p = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) {
      const row = grid.size[0] * (j * factors[1] + grid.size[1] * k * factors[2]);
      // Shifted so that everything outside, beyond the grid too, is at or near 0.
      for (let i = 0; i < size[0]; i++, p++) data[p] = 127 - field.data[row + i * factors[0]];
    }
  const sampled = {
    grid: { ...grid, size, spacing: grid.spacing.map((s, a) => s * factors[a]) as unknown as Vec3 },
    data,
  };
  return placeMesh(isosurface(smoothField(sampled, 1), 127), sampled.grid);
}

/** Display surface of a binary mask, patient mm. */
export function maskSurface(mask: Mask): Mesh {
  return skullSurface(signedDistance(cropToContent(mask, skullMargin)));
}
