import { describe, expect, it } from 'vitest';
import { distanceTransform } from '../../../extension/src/engine/space/distance.ts';
import type { InferenceBackend } from '../../../extension/src/engine/cascade/backend.ts';
import { rehearsalCase, rehearse } from '../../../extension/src/engine/rehearsal.ts';
import { reconstruct } from '../../../extension/src/engine/reconstruct.ts';
import { indexToPatient } from '../../../extension/src/engine/space/grid.ts';
import { applyRigid, rotationFromEuler } from '../../../extension/src/engine/space/transform.ts';
import type { RigidTransform } from '../../../extension/src/engine/space/transform.ts';
import { emptyMask, type Mask } from '../../../extension/src/engine/space/volume.ts';
import { countSet } from '../../../extension/src/engine/space/voxels.ts';
import { shippedAtlas } from '../../support/atlasFiles.ts';
import {
  frontalDefect,
  phantomGrid,
  phantomSkull,
  straightPose,
} from '../../support/phantomSkull.ts';
import { smallSizes, stubModel } from '../../support/stubModel.ts';

const atlas = await shippedAtlas();
/** Turned about all axes: nothing may depend on a straight head. */
const obliquePose: RigidTransform = {
  rotation: rotationFromEuler(0.1, -0.08, 0.12),
  translation: straightPose.translation,
};

/** Distance (mm) of each voxel's mirror image from the middle of the phantom's defect. */
function fromOppositeMiddle({ grid, data }: Mask, pose: RigidTransform): number[] {
  const [x, y, z] = frontalDefect.centre;
  const [nx, ny] = grid.size;
  const out: number[] = [];
  data.forEach((v, p) => {
    if (!v) return;
    const index = [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))] as const;
    const at = applyRigid(pose, indexToPatient(grid, index));
    out.push(Math.hypot(2 * atlas.centre[0] - at[0] - x, at[1] - y, at[2] - z));
  });
  return out;
}

describe('the case of a rehearsal', () => {
  it.each([
    ['straight', straightPose],
    ['oblique', obliquePose],
  ])('is the closed skull less the bone opposite the patch, %s', (_, toCanonical) => {
    const { defective, patch } = phantomSkull(atlas, toCanonical);
    const { skull, missing } = rehearsalCase({ skull: defective, patch, toCanonical, atlas });
    // Skull and patch are all there, but for what was cut out.
    const whole = defective.data.map((v, p) => v | patch.data[p]);
    const parts = skull.data.map((v, p) => v | missing.data[p]);
    expect(Buffer.from(parts).equals(whole)).toBe(true);
    expect(skull.data.some((v, p) => v & missing.data[p])).toBe(false);
    const distances = fromOppositeMiddle(missing, toCanonical);
    expect(Math.max(...distances)).toBeLessThan(frontalDefect.radius + 5);
    // As large as the patch and a little wider.
    const share = countSet(missing.data) / countSet(patch.data);
    expect(share).toBeGreaterThan(1.1);
    expect(share).toBeLessThan(1.6);
  });

  it('needs bone on the opposite side', () => {
    const toCanonical = straightPose;
    const { defective, patch } = phantomSkull(atlas, toCanonical);
    const { skull, missing } = rehearsalCase({ skull: defective, patch, toCanonical, atlas });
    const bilateral = skull.data.map((v, p) => (patch.data[p] ? 0 : v));
    expect(() =>
      rehearsalCase({
        skull: { grid: skull.grid, data: bilateral },
        patch: { grid: skull.grid, data: patch.data.map((v, p) => v | missing.data[p]) },
        toCanonical,
        atlas,
      }),
    ).toThrow(expect.objectContaining({ code: 'no-reference' }));
  });

  it('needs a patch, on the same grid', () => {
    const toCanonical = straightPose;
    const { defective: skull } = phantomSkull(atlas, toCanonical);
    const none = emptyMask(phantomGrid);
    expect(() => rehearsalCase({ skull, patch: none, toCanonical, atlas })).toThrow(
      expect.objectContaining({ code: 'empty-skull' }),
    );
    const elsewhere = emptyMask({ ...phantomGrid, origin: [0, 0, 0] });
    expect(() => rehearsalCase({ skull, patch: elsewhere, toCanonical, atlas })).toThrow(
      expect.objectContaining({ code: 'bad-geometry' }),
    );
  });
});

describe('a rehearsal', () => {
  const method = 'mirror' as const;

  it('tells how well the method does on this skull', async () => {
    const { defective: skull } = phantomSkull(atlas, obliquePose);
    const { patch, alignment } = await reconstruct({ skull, atlas, method });
    const { toCanonical } = alignment;
    const seen: string[] = [];
    const onProgress = ({ stage }: { readonly stage: string }) => void seen.push(stage);
    const request = { skull, patch: patch.mask, toCanonical, atlas, method, onProgress };
    const { volume, metrics, warning } = await rehearse(request);
    expect(volume).toBeGreaterThan(patch.measurements.volume);
    // The phantom is symmetric: its mirror image is right on either side.
    expect(metrics.dice).toBeGreaterThan(0.85);
    expect(metrics.outerSurfaceError).toBeLessThan(0.6);
    expect(warning).toBeUndefined();
    expect(seen).toContain('align');
  });

  it('warns if the patch says of the opposite side what is not true', async () => {
    const { defective: skull, patch, toCanonical } = phantomSkull(atlas, straightPose);
    const { grid } = patch;
    const near = distanceTransform(patch.data, grid.size, grid.spacing);
    const thick = skull.data.map((v, p) => (!v && near[p] <= 3 ? 1 : 0));
    const request = { skull, patch: { grid, data: thick }, toCanonical, atlas, method };
    const { metrics, warning } = await rehearse(request);
    expect(metrics.dice).toBeLessThan(0.8);
    expect(warning).toMatchObject({ code: 'poor-rehearsal' });
    expect(warning?.message).toContain(`${(100 * metrics.dice).toFixed(0)} % (Dice)`);
  });

  it('in which the networks find nothing overlaps nothing', async () => {
    const { defective: skull, patch, toCanonical } = phantomSkull(atlas, straightPose);
    const { metrics, warning } = await rehearse({
      ...{ skull, patch, toCanonical, atlas },
      ...{ model: smallModel, backend: blind, modelChecked: true },
    });
    expect(metrics.dice).toBe(0);
    expect(warning).toMatchObject({ code: 'poor-rehearsal' });
  });
});

const smallModel = stubModel(smallSizes);
/** Networks that see a defect nowhere. */
const blind: InferenceBackend = {
  provider: 'cpu',
  load: async () => undefined,
  release: async () => undefined,
  run: async () => {
    const nothing = () => ({ dims: [1, 1, 32, 32, 32], data: new Float32Array(32 ** 3) });
    return { patch: nothing(), implant: nothing() };
  },
};
