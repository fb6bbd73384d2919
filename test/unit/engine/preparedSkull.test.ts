import { readFileSync } from 'node:fs';
import { serialize } from 'node:v8';
import { beforeAll, describe, expect, it } from 'vitest';
import type { InferenceBackend, Tensor } from '../../../extension/src/engine/cascade/backend.ts';
import type { LoadedModel } from '../../../extension/src/engine/cascade/model.ts';
import type { Atlas } from '../../../extension/src/engine/pose/atlas.ts';
import {
  PreparedSkull,
  prepareAhead,
  preparationFor,
} from '../../../extension/src/engine/preparedSkull.ts';
import { alternatives } from '../../../extension/src/engine/prior/shapePrior.ts';
import type { ShapePriorManifest } from '../../../extension/src/engine/prior/shapePriorFile.ts';
import { loadShapePrior } from '../../../extension/src/engine/prior/shapePriorFile.ts';
import { reconstruct } from '../../../extension/src/engine/reconstruct.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { emptyMask } from '../../../extension/src/engine/space/volume.ts';
import { modelFolder, shippedAtlas } from '../../support/atlasFiles.ts';
import { phantomGrid, phantomSkull, straightPose } from '../../support/phantomSkull.ts';
import { smallSizes, stubModel } from '../../support/stubModel.ts';

let atlas: Atlas;
let model: LoadedModel;
let skull: Mask;

beforeAll(async () => {
  atlas = await shippedAtlas();
  const manifest = new URL('../../../models/lite/model.json', import.meta.url);
  const { shapePrior } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    shapePrior: ShapePriorManifest;
  };
  model = {
    ...stubModel(smallSizes),
    atlas,
    shapePrior: await loadShapePrior(modelFolder('lite'), shapePrior),
  };
  skull = phantomSkull(atlas, straightPose).defective;
});

/** Networks that see the bent mean skull wherever there is no bone. */
const backend: InferenceBackend = {
  provider: 'cpu',
  load: async () => undefined,
  release: async () => undefined,
  run: async (_name, { input: { data } }): Promise<Record<string, Tensor>> => {
    const voxels = 32 ** 3;
    const out = new Float32Array(voxels);
    for (let p = 0; p < voxels; p++) if (data[p] < 0.1) out[p] = data[2 * voxels + p];
    const tensor = () => ({ dims: [1, 1, 32, 32, 32], data: out.slice() });
    return { patch: tensor(), implant: tensor() };
  },
};

describe('a skull that was made ready before', () => {
  it('is reconstructed to the same last bit, also twice', async () => {
    const request = { skull, atlas, model, backend, modelChecked: true };
    const { timings, ...fresh } = await reconstruct(request);
    expect(timings.align).toBeGreaterThan(0);
    const prepared = prepareAhead(skull, model, 'expected', {});
    for (const time of ['once', 'again']) {
      const { timings: left, ...result } = await reconstruct({ ...request, prepared });
      expect(result.patch.measurements, time).toEqual(fresh.patch.measurements);
      expect(serialize(result).equals(serialize(fresh)), time).toBe(true);
      expect(Object.keys(left)).toEqual([
        'coarse',
        'fine',
        'postprocess',
        'restore',
        'surfaces',
        'measure',
      ]);
    }
  });

  it('has every shape that goes with its bone, whichever was asked for first', () => {
    const prepared = prepareAhead(skull, model, 'fuller', {});
    for (const alternative of alternatives) {
      const fresh = new PreparedSkull(skull, preparationFor(model));
      const [one, other] = [prepared, fresh].map((from) => serialize(from.continued(alternative)));
      expect(one.equals(other), alternative).toBe(true);
    }
  });

  it('tells how far it is, and stops', () => {
    const seen: string[] = [];
    prepareAhead(skull, model, 'expected', { onProgress: ({ stage }) => seen.push(stage) });
    expect(seen).toEqual(['align', 'resample']);
    expect(() => prepareAhead(skull, model, 'expected', { signal: { aborted: true } })).toThrow(
      expect.objectContaining({ code: 'cancelled' }),
    );
  });

  it('is refused as by a reconstruction', () => {
    expect(() => prepareAhead(emptyMask(phantomGrid), model, 'expected', {})).toThrow(
      expect.objectContaining({ code: 'empty-skull' }),
    );
  });
});
