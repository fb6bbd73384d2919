import { beforeAll, describe, expect, it } from 'vitest';
import type { Atlas } from '../../../../extension/src/engine/pose/atlas.ts';
import { assertVaultCovered, findEdgeCut } from '../../../../extension/src/engine/pose/coverage.ts';
import type { Box } from '../../../../extension/src/engine/space/crop.ts';
import { boundingBox, boxGrid, cropData } from '../../../../extension/src/engine/space/crop.ts';
import type { Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import type { RigidTransform } from '../../../../extension/src/engine/space/transform.ts';
import {
  applyRigid,
  composeRigid,
  rotationFromEuler,
} from '../../../../extension/src/engine/space/transform.ts';
import type { Mask } from '../../../../extension/src/engine/space/volume.ts';
import { emptyMask } from '../../../../extension/src/engine/space/volume.ts';
import { shippedAtlas } from '../../../support/atlasFiles.ts';
import { phantomGrid, phantomSkull, straightPose } from '../../../support/phantomSkull.ts';

let atlas: Atlas;
/** The mean skull: upright, and nodding by 20 degrees. */
let upright: Posed;
let tilted: Posed;

interface Posed {
  readonly skull: Mask;
  readonly toCanonical: RigidTransform;
}

beforeAll(async () => {
  atlas = await shippedAtlas();
  upright = posed(straightPose);
  const rotation = rotationFromEuler((20 * Math.PI) / 180, 0, 0);
  // About the middle of the grid.
  tilted = posed(composeRigid(straightPose, { rotation, translation: [0, 0, 0] }));
});

function posed(toCanonical: RigidTransform): Posed {
  return { skull: phantomSkull(atlas, toCanonical).complete, toCanonical };
}

/** A child's size: the same voxels, smaller, with the base where it was. */
function small({ skull, toCanonical }: Posed, scale: number): Posed {
  const { grid } = skull;
  const scaled = (v: Vec3): Vec3 => [v[0] * scale, v[1] * scale, v[2] * scale];
  // What was at the canonical point below stays there.
  const kept: Vec3 = [102.4, 102.4, 0];
  const back = kept.map((v, a) => v - toCanonical.translation[a]) as unknown as Vec3;
  const translation = kept.map((v, a) => v - scaled(back)[a]) as unknown as Vec3;
  return {
    skull: {
      data: skull.data,
      grid: { ...grid, spacing: scaled(grid.spacing), origin: scaled(grid.origin) },
    },
    toCanonical: { rotation: toCanonical.rotation, translation },
  };
}

const crop = ({ grid, data }: Mask, box: Box): Mask => ({
  grid: boxGrid(grid, box),
  data: cropData(data, grid.size, box).data,
});

/** The bounding box of the bone, moved outward by voxels along each axis and side; inward where negative. */
function boxOf({ grid, data }: Mask, low: Vec3, high: Vec3): Box {
  const box = boundingBox([data], grid.size) as Box;
  return {
    low: box.low.map((v, a) => Math.max(0, v - low[a])) as unknown as Vec3,
    high: box.high.map((v, a) => Math.min(grid.size[a], v + high[a])) as unknown as Vec3,
  };
}

type Verdict = 'accepted' | 'warned' | 'refused';

function judge(skull: Mask, toCanonical: RigidTransform): Verdict {
  try {
    assertVaultCovered(skull, toCanonical);
  } catch (error) {
    expect(error).toMatchObject({ code: 'skull-incomplete' });
    return 'refused';
  }
  return findEdgeCut(skull, emptyMask(skull.grid), toCanonical) === 'none' ? 'accepted' : 'warned';
}

describe('whether the volume holds the whole vault', () => {
  for (const margin of [0, 1, 3, 20])
    it(`accepts a skull with ${margin} voxels around its bone, large or small, upright or tilted`, () => {
      for (const one of [upright, tilted, small(upright, 0.85), small(upright, 1.15)]) {
        const around: Vec3 = [margin, margin, margin];
        const tight = crop(one.skull, boxOf(one.skull, around, around));
        expect(judge(tight, one.toCanonical)).toBe('accepted');
      }
    });

  // Slices of 1.5 mm.
  for (const [slices, verdicts] of [
    [4, ['warned', 'refused']],
    [7, ['refused']],
    [14, ['refused']],
  ] as const)
    it(`does not accept ${1.5 * slices} mm cut off the top`, () => {
      for (const one of [upright, tilted, small(upright, 0.85), small(upright, 1.15)]) {
        const cut = crop(one.skull, boxOf(one.skull, [3, 3, 3], [3, 3, -slices]));
        expect(verdicts).toContain(judge(cut, one.toCanonical));
      }
    });

  it('refuses what is cut off at a side, whichever way the axes run', () => {
    const off = 10;
    for (const [low, high] of [
      [
        [-off, 3, 3],
        [3, 3, 3],
      ],
      [
        [3, 3, 3],
        [-off, 3, 3],
      ],
      [
        [3, 3, 3],
        [3, -off, 3],
      ],
    ] as const)
      expect(judge(crop(upright.skull, boxOf(upright.skull, low, high)), straightPose)).toBe(
        'refused',
      );
    const { grid, data } = crop(upright.skull, boxOf(upright.skull, [3, 3, 3], [3, 3, -off]));
    const down: Mask = {
      data: data.slice().reverse(),
      grid: {
        ...grid,
        origin: grid.origin.map(
          (v, a) => v + (grid.size[a] - 1) * grid.spacing[a],
        ) as unknown as Vec3,
        axes: [
          [-1, 0, 0],
          [0, -1, 0],
          [0, 0, -1],
        ],
      },
    };
    expect(judge(down, straightPose)).toBe('refused');
  });

  it('lets a skull end below the vault, and not in it', () => {
    const floor = (canonical: number): Mask => {
      const layer = Math.round((canonical - 50 - phantomGrid.origin[2]) / phantomGrid.spacing[2]);
      const box = boxOf(upright.skull, [3, 3, 3], [3, 3, 3]);
      return crop(upright.skull, { low: [box.low[0], box.low[1], layer], high: box.high });
    };
    expect(judge(floor(0), straightPose)).toBe('accepted');
    expect(judge(floor(30), straightPose)).toBe('accepted');
    expect(judge(floor(70), straightPose)).toBe('refused');
  });

  it('is not misled by a head rest that runs out of the volume', () => {
    const { skull, toCanonical } = upright;
    const box = boxOf(skull, [3, 3, 3], [3, 30, 3]);
    const scan = crop(skull, box);
    const [nx, ny, nz] = scan.grid.size;
    // A slab behind the head, from one face to the others.
    for (let k = 0; k < nz; k++)
      for (let j = ny - 6; j < ny; j++) scan.data.fill(1, nx * (j + ny * k), nx * (j + ny * k + 1));
    expect(judge(scan, toCanonical)).toBe('accepted');
  });

  it('says so when only the patch is cut off', () => {
    const top = applyRigid(straightPose, [0, 0, 90]);
    const { defective, patch } = phantomSkull(atlas, straightPose, { centre: top, radius: 55 });
    const tight = boxOf(defective, [3, 3, 3], [3, 3, 0]);
    expect(judge(crop(defective, tight), straightPose)).toBe('accepted');
    expect(findEdgeCut(crop(defective, tight), crop(patch, tight), straightPose)).toBe('patch');
    const roomy = boxOf(defective, [3, 3, 3], [3, 3, 40]);
    expect(findEdgeCut(crop(defective, roomy), crop(patch, roomy), straightPose)).toBe('none');
  });
});
