import { describe, expect, it } from 'vitest';
import { fitLattice } from '../../../../extension/src/engine/prior/lattice.ts';
import { estimateCoarse } from '../../../../extension/src/engine/cascade/coarse.ts';
import { refine } from '../../../../extension/src/engine/cascade/fine.ts';
import { canonicalGrid } from '../../../../extension/src/engine/space/canonical.ts';
import type { InferenceBackend, Tensor } from '../../../../extension/src/engine/cascade/backend.ts';
import { blockMean } from '../../../../extension/src/engine/space/resample.ts';
import { signedDistance } from '../../../../extension/src/engine/space/signedDistance.ts';
import { identityTransform } from '../../../../extension/src/engine/space/transform.ts';
import type { Mask } from '../../../../extension/src/engine/space/volume.ts';
import { shippedAtlas } from '../../../support/atlasFiles.ts';
import { stubModel } from '../../../support/stubModel.ts';

const n = 32;
const { manifest } = stubModel({
  canonical: { size: n, spacing: 1 },
  coarse: { window: 8, spacing: 4 },
  fine: { window: 16, spacing: 1, stride: 12 },
});

/** A block of bone on the left with its counterpart on the right missing, and an oblique mark. */
function skull(): Mask {
  const data = new Uint8Array(n ** 3);
  for (let k = 8; k < 20; k++)
    for (let j = 6; j < 18; j++)
      for (let i = 2; i < 10; i++) if (i + j + k < 40) data[i + n * (j + n * k)] = 1;
  return { grid: canonicalGrid(n, 1), data };
}

/** A "network" that computes each voxel of the patch from the channels at that voxel. */
function pointwise(
  fine: (channels: readonly number[]) => number,
): InferenceBackend & { readonly runs: number[] } {
  const runs: number[] = [];
  return {
    provider: 'cpu',
    runs,
    load: async () => undefined,
    release: async () => undefined,
    run: async (name, inputs): Promise<Record<string, Tensor>> => {
      const { data, dims } = inputs.input;
      const voxels = dims[2] ** 3;
      runs.push(voxels);
      const out = new Float32Array(voxels);
      for (let p = 0; p < voxels; p++) {
        const channels = Array.from({ length: dims[1] }, (_, c) => data[c * voxels + p]);
        out[p] = name === 'coarse' ? channels[1] * (1 - channels[0]) : fine(channels);
      }
      const shape = [1, 1, dims[2], dims[2], dims[2]];
      return {
        patch: { dims: shape, data: out },
        implant: { dims: shape, data: out.slice() },
      };
    },
  };
}

/** The head of this test is symmetric already. */
const straight = new Float64Array(3 * 16 * 16 * 12);
// A surface might be anywhere.
const distance = { grid: fitLattice, data: new Float32Array(64 * 64 * 48) };
const unbent = { distance, mirror: straight, meanSkull: straight };

const atlas = await shippedAtlas();

async function runCascade(backend: InferenceBackend) {
  const defective = skull();
  const coarse = await estimateCoarse(blockMean(defective, 4), unbent, atlas, manifest, backend);
  // Without smoothing the distance says exactly what the mask says.
  const placed = { field: signedDistance(defective, 2, 0), toCanonical: identityTransform };
  return refine(placed, unbent, atlas, coarse, manifest, backend);
}

describe('the cascade', () => {
  it('finds what is missing from the opposite side, at full resolution', async () => {
    const { patch } = await runCascade(pointwise(([own, across]) => across * (1 - own)));
    const { size, origin } = patch.grid;
    const { data } = skull();
    let wrong = 0;
    for (let k = 0, p = 0; k < size[2]; k++)
      for (let j = 0; j < size[1]; j++)
        for (let i = 0; i < size[0]; i++, p++) {
          const [x, y, z] = [i, j, k].map((v, a) => v + origin[a] - 0.5);
          const row = n * (y + n * z);
          const want = data[row + n - 1 - x] && !data[row + x] ? 1 : 0;
          if (Math.abs(patch.data[p] - want) > 1e-5) wrong++;
        }
    expect(wrong).toBe(0);
  });

  it('gives the fine network the coarse estimate, in the right place', async () => {
    const { network } = await runCascade(pointwise((channels) => channels[3]));
    const { size, origin } = network.grid;
    const { data } = skull();
    let beside = 0;
    for (let k = 0, p = 0; k < size[2]; k++)
      for (let j = 0; j < size[1]; j++)
        for (let i = 0; i < size[0]; i++, p++) {
          const [x, y, z] = [i, j, k].map((v, a) => v + origin[a] - 0.5);
          const row = n * (y + n * z);
          const missing = data[row + n - 1 - x] && !data[row + x];
          if (network.data[p] > 0.9 && !missing) beside++;
        }
    expect(Math.max(...network.data)).toBeGreaterThan(0.9);
    expect(beside).toBe(0);
  });

  it('keeps both opinions beside the patch that is drawn between them', async () => {
    const { patch, network, continued } = await runCascade(pointwise(() => 0.6));
    let drawn = 0;
    for (let p = 0; p < patch.data.length; p++) {
      if (network.data[p] === 0) continue;
      expect(network.data[p]).toBeCloseTo(0.6);
      expect(continued.data[p]).toBeLessThanOrEqual(1 + 1e-5);
      if (Math.abs(patch.data[p] - 0.6) > 1e-3) drawn++;
    }
    expect(drawn).toBeGreaterThan(0);
  });

  it('refuses a network whose output has another size', async () => {
    const small: InferenceBackend = {
      ...pointwise(() => 0),
      run: async () => ({ patch: { dims: [1], data: new Float32Array(1) } }),
    };
    await expect(runCascade(small)).rejects.toMatchObject({ code: 'model-invalid' });
  });
});
