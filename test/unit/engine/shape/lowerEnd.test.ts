import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../../../../extension/src/engine/space/grid.ts';
import { indexToPatient } from '../../../../extension/src/engine/space/grid.ts';
import { clipBelow, findLowerEnd } from '../../../../extension/src/engine/shape/lowerEnd.ts';
import { reconstruct } from '../../../../extension/src/engine/reconstruct.ts';
import { canonicalGrid } from '../../../../extension/src/engine/space/canonical.ts';
import { CanonicalSkull } from '../../../../extension/src/engine/space/resample.ts';
import { signedDistance } from '../../../../extension/src/engine/space/signedDistance.ts';
import { applyRigid } from '../../../../extension/src/engine/space/transform.ts';
import type { InferenceBackend, Tensor } from '../../../../extension/src/engine/cascade/backend.ts';
import type { Mask } from '../../../../extension/src/engine/space/volume.ts';
import { shippedAtlas } from '../../../support/atlasFiles.ts';
import { phantomSkull, straightPose } from '../../../support/phantomSkull.ts';
import { smallSizes, stubModel } from '../../../support/stubModel.ts';

const atlas = await shippedAtlas();
const { centre } = atlas;
/** Low on the left: what is missing reaches the cut. */
const low = { centre: [172, 105, 30], radius: 26 } as const;
const { defective } = phantomSkull(atlas, straightPose, low);

/** Height of the cut over a place, canonical mm. */
const cutAt = (x: number, y: number): number => 0.1 * x - 0.06 * y + 10;

/** Where a voxel of the native grid lies, canonical mm. */
function placeOf({ grid }: Mask, p: number): Vec3 {
  const [nx, ny] = grid.size;
  const index: Vec3 = [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))];
  return applyRigid(straightPose, indexToPatient(grid, index));
}

/** The skull without what lies below the cut and beyond a plane of x. */
function cut(skull: Mask, from = -Infinity): Mask {
  const data = skull.data.map((v, p) => {
    if (!v) return 0;
    const [x, y, z] = placeOf(skull, p);
    return x > from && z < cutAt(x, y) ? 0 : 1;
  });
  return { grid: skull.grid, data };
}

const onCanonical = (skull: Mask): CanonicalSkull =>
  new CanonicalSkull(
    { field: signedDistance(skull), toCanonical: straightPose },
    canonicalGrid(256, 0.8),
  );

describe('the plane in which a skull ends', () => {
  it('is found around a skull that is cut there, its defect left out', () => {
    const end = findLowerEnd(onCanonical(cut(defective)), centre);
    expect(end).not.toBeNull();
    for (const [x, y] of [
      [102, 30],
      [102, 180],
      [30, 105],
      [172, 105],
    ]) {
      const height = (end?.rise[0] ?? 0) * x + (end?.rise[1] ?? 0) * y + (end?.height ?? 0);
      expect(Math.abs(height - cutAt(x, y))).toBeLessThan(1);
    }
  });

  it('is none for a skull that goes on, all around or on one side', () => {
    expect(findLowerEnd(onCanonical(defective), centre)).toBeNull();
    expect(findLowerEnd(onCanonical(cut(defective, 80)), centre)).toBeNull();
    const nothing = { grid: canonicalGrid(64, 3.2), slice: () => new Uint8Array(64 ** 2) };
    expect(findLowerEnd(nothing, centre)).toBeNull();
  });

  it('is where a field is clipped, and tells whether it took anything of the shape', () => {
    const grid = { ...canonicalGrid(4, 1), origin: [0, 0, 0] as const };
    const end = { rise: [1, 0], height: 0.5 } as const;
    const field = { grid, data: new Float32Array(64).fill(0.4) };
    expect(clipBelow(field, end, 0.5)).toBe(false);
    const kept = Array.from(field.data, (v, p) => (v ? p : -1)).filter((p) => p >= 0);
    expect(kept).toEqual(
      Array.from({ length: 64 }, (_, p) => p).filter((p) => Math.floor(p / 16) >= (p % 4) + 0.5),
    );
    field.data.fill(0.6);
    expect(clipBelow(field, end, 0.5)).toBe(true);
  });
});

describe('a reconstruction of a skull that is cut', () => {
  const model = stubModel(smallSizes);
  /** Networks that see the mean skull around the defect, where it goes on below the cut too. */
  const backend: InferenceBackend = {
    provider: 'cpu',
    load: async () => undefined,
    release: async () => undefined,
    run: async (name, { input: { data } }): Promise<Record<string, Tensor>> => {
      const voxels = 32 ** 3;
      const out = new Float32Array(voxels);
      for (let p = 0; p < voxels; p++) {
        const at = [p % 32, Math.floor(p / 32) % 32, Math.floor(p / 1024)].map(
          (i) => 6.4 * i + 3.2,
        );
        const here =
          name === 'fine'
            ? data[3 * voxels + p] > 0.1
            : Math.hypot(...at.map((v, a) => v - low.centre[a])) < low.radius + 6;
        if (here) out[p] = name === 'fine' ? data[2 * voxels + p] : 1;
      }
      const tensor = () => ({ dims: [1, 1, 32, 32, 32], data: out.slice() });
      return { patch: tensor(), implant: tensor() };
    },
  };

  it('ends where the skull ends, and says so', async () => {
    const lowest = (mask: Mask): number => {
      let least = Infinity;
      mask.data.forEach((v, p) => {
        if (!v) return;
        const [x, y, z] = placeOf(mask, p);
        least = Math.min(least, z - cutAt(x, y));
      });
      return least;
    };
    const request = { atlas, model, backend, modelChecked: true };
    const whole = await reconstruct({ skull: defective, ...request });
    expect(lowest(whole.patch.mask)).toBeLessThan(-5);
    const { patch, implant, warnings } = await reconstruct({ skull: cut(defective), ...request });
    expect(lowest(patch.mask)).toBeGreaterThan(-1.6);
    expect(lowest(implant.mask)).toBeGreaterThan(-1.6);
    expect(warnings.map(({ message }) => message).join()).toContain(
      'ends in a plane above its base',
    );
  });
});
