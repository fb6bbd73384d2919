import { serialize } from 'node:v8';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadedModel } from '../../../extension/src/engine/cascade/model.ts';
import {
  preparationFor,
  prepareAhead,
  prepareSkull,
} from '../../../extension/src/engine/preparedSkull.ts';
import { StageClock } from '../../../extension/src/engine/progress.ts';
import { alternatives } from '../../../extension/src/engine/prior/shapePrior.ts';
import { reconstruct } from '../../../extension/src/engine/reconstruct.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { emptyMask } from '../../../extension/src/engine/space/volume.ts';
import { phantomGrid, phantomSkull, straightPose } from '../../support/phantomSkull.ts';
import { priorBackend, priorModel } from '../../support/priorModel.ts';

let model: LoadedModel;
let skull: Mask;

beforeAll(async () => {
  model = await priorModel();
  skull = phantomSkull(model.atlas, straightPose).defective;
});

describe('a skull that was made ready before', () => {
  it('is reconstructed to the same last bit, also twice', async () => {
    const { atlas } = model;
    const request = { skull, atlas, model, backend: priorBackend, modelChecked: true };
    const { timings, ...fresh } = await reconstruct(request);
    expect(timings.align).toBeGreaterThan(0);
    const prepared = await prepareAhead(skull, model, 'expected', {});
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

  it('has every shape that goes with its bone, whichever was asked for first', async () => {
    const prepared = await prepareAhead(skull, model, 'fuller', {});
    for (const alternative of alternatives) {
      const fresh = await prepareSkull(skull, preparationFor(model), new StageClock({}));
      const [one, other] = await Promise.all(
        [prepared, fresh].map(async (from) => serialize(await from.continued(alternative))),
      );
      expect(one.equals(other), alternative).toBe(true);
    }
  });

  it('tells how far it is, and stops', async () => {
    const seen: string[] = [];
    await prepareAhead(skull, model, 'expected', { onProgress: ({ stage }) => seen.push(stage) });
    expect(seen).toEqual(['align', 'resample']);
    await expect(
      prepareAhead(skull, model, 'expected', { signal: { aborted: true } }),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is refused as by a reconstruction', async () => {
    await expect(prepareAhead(emptyMask(phantomGrid), model, 'expected', {})).rejects.toMatchObject(
      { code: 'empty-skull' },
    );
  });
});
