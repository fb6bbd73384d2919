import type { ReconstructedShape, Reconstruction } from '../../engine/reconstruction.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { emptyMask } from '../../engine/space/volume.ts';
import { setVoxels } from '../../engine/space/voxels.ts';
import type { ComputedAlternative } from '../../state/alternatives.ts';
import type { ResultShape } from '../../state/shapes.ts';

type Kept = Pick<ComputedAlternative, 'alternative' | 'reconstruction' | 'grid' | 'voxels'>;

/** A reconstruction in little memory. */
export function keepReconstruction(reconstruction: Reconstruction): Kept {
  const { alternative, patch, implant } = reconstruction;
  return {
    alternative,
    reconstruction: { ...reconstruction, patch: bareShape(patch), implant: bareShape(implant) },
    grid: patch.mask.grid,
    voxels: { patch: setVoxels(patch.mask.data), implant: setVoxels(implant.mask.data) },
  };
}

/** The same reconstruction, whole. */
export function wholeReconstruction(kept: Kept): Reconstruction {
  const shape = (name: ResultShape): ReconstructedShape => ({
    ...kept.reconstruction[name],
    mask: maskOfKept(kept, name),
  });
  return { ...kept.reconstruction, patch: shape('patch'), implant: shape('implant') };
}

/** The voxels of one of its shapes. */
export function maskOfKept(
  { grid, voxels }: Pick<Kept, 'grid' | 'voxels'>,
  shape: ResultShape,
): Mask {
  const mask = emptyMask(grid);
  const indices = voxels[shape];
  for (let l = 0; l < indices.length; l++) mask.data[indices[l]] = 1;
  return mask;
}

/** What is said of a shape, without its voxels. */
export function bareShape({
  mesh,
  measurements,
}: ReconstructedShape): Omit<ReconstructedShape, 'mask'> {
  return { mesh, measurements };
}
