import { describe, expect, it } from 'vitest';
import { prepareDesign } from '../../../../extension/src/engine/implant/context.ts';
import { designImplant } from '../../../../extension/src/engine/implant/design.ts';
import { completeParameters } from '../../../../extension/src/engine/implant/parameters.ts';
import type { Mask } from '../../../../extension/src/engine/space/volume.ts';
import { openSolidKernel } from '../../../../extension/src/solidKernel.ts';
import { holeRadius, shell, shellWithHole, straightHole } from '../../../support/shellWithHole.ts';

const kernel = await openSolidKernel();

function designOf(skull: Mask, patch: Mask) {
  return designImplant(prepareDesign({ skull, patch }), completeParameters({}), kernel);
}

/** Sets or clears the voxels of a patch where a condition on the position (mm) holds. */
function paint(
  { grid, data }: Mask,
  value: 0 | 1,
  where: (x: number, y: number, z: number) => boolean,
) {
  const { size, origin, spacing } = grid;
  for (let k = 0, p = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++, p++)
        if (
          where(origin[0] + i * spacing[0], origin[1] + j * spacing[1], origin[2] + k * spacing[2])
        )
          data[p] = value;
}

describe('an implant', () => {
  it.each([3, 4.5])('of a patch with a painted ball of %d mm has no hole', (radius) => {
    const { skull, patch } = shellWithHole(straightHole);
    paint(patch, 1, (x, y, z) => Math.hypot(x - 4, y, z - shell.outer) < radius);
    const { meshes } = designOf(skull, patch);
    const { positions, triangles } = meshes[0];
    // By Euler's formula a body with n holes through it has V − E + F = 2 − 2n.
    expect(positions.length / 3 - triangles.length / 6).toBe(2);
  });

  it('of a patch as thin as a sheet in part can be printed and covers all of it', () => {
    const { skull, patch } = shellWithHole(straightHole);
    const whole = designOf(skull, patch);
    paint(patch, 0, (x, y, z) => x > 3 && Math.hypot(x, y, z) < shell.outer - 1.3);
    const { checks, volume } = designOf(skull, patch);
    expect(checks.find(({ name }) => name === 'thickness')?.result).not.toBe('fail');
    expect(checks.find(({ name }) => name === 'manifold')?.result).toBe('pass');
    // Of the thin part, 2 of 4 mm and a little for noise.
    expect(volume).toBeGreaterThan(0.65 * whole.volume);
  });

  it('of a ragged patch can be printed', () => {
    const { skull, patch } = shellWithHole(straightHole);
    // Notches, tongues and crumbs along one side.
    paint(patch, 0, (x, y, z) => x > 9 && Math.sin(2.1 * y) + Math.sin(1.7 * z + 0.9 * x) > 0.4);
    paint(patch, 0, (x, y) => x > holeRadius - 4 && Math.abs(y) > 4);
    const { checks } = designOf(skull, patch);
    expect(checks.find(({ name }) => name === 'thickness')?.result).not.toBe('fail');
    expect(checks.find(({ name }) => name === 'manifold')?.result).toBe('pass');
  });
});
