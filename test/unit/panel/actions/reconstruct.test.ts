import { describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { never } from '../../worker/fakes.ts';
import {
  answer,
  service,
  setUpService,
  state,
  viewer,
  workers,
  workersDo,
} from '../serviceUnderTest.ts';

setUpService();

describe('reconstructing', () => {
  it('shows both shapes, all surfaces, and goes to the patch', async () => {
    await service.reconstruct();
    expect(state().error).toBeUndefined();
    expect(state().activity).toBeUndefined();
    expect(state().result).toMatchObject({
      skullSource: { label: 'Skull' },
      provider: { provider: 'webgpu', description: 'test' },
    });
    expect([...viewer.segmentations.values()].map(({ label }) => label)).toEqual([
      'Skull patch',
      'Implant',
    ]);
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
    expect(viewer.position).toBeDefined();
  });

  it('runs the chosen model, and the configured one before there is a choice', async () => {
    const ct = viewer.findCt();
    const models: unknown[] = [];
    workersDo((job, worker) => {
      if (job.kind === 'reconstruct') models.push(job.model);
      return answer(job, worker);
    });
    expect(service.chosenModel(ct)).toBe('lite');
    await service.reconstruct();
    service.chooseModel('ct-base');
    expect(service.chosenModel(ct)).toBe('ct-base');
    await service.reconstruct();
    expect(models).toEqual(['lite', 'ct-base']);
    expect(state().result?.modelFolder).toBe('ct-base');
  });

  it('says that a chosen model is not installed, and runs no other', async () => {
    const models: unknown[] = [];
    workersDo((job, worker) => {
      if (job.kind !== 'reconstruct') return answer(job, worker);
      models.push(job.model);
      throw new CranioplastyError('model-unavailable', 'It is not there.');
    });
    service.chooseModel('gone');
    await service.reconstruct();
    expect(state().error?.code).toBe('model-unavailable');
    expect(models).toEqual(['gone']);
  });

  it('does not offer results as skulls', async () => {
    await service.reconstruct();
    expect(service.skullSources(viewer.findCt()).map(({ key }) => key)).toEqual(['stored:1:1']);
  });

  it('tells progress and provider while it runs', async () => {
    const seen: unknown[] = [];
    service.store.subscribe(() => seen.push(state().activity?.progress?.stage));
    await service.reconstruct();
    expect(seen).toContain('fine');
  });

  it('keeps the previous result when the next run fails', async () => {
    await service.reconstruct();
    const before = state().result;
    workersDo(() => {
      throw new CranioplastyError('no-defect', 'No defect.');
    });
    await service.reconstruct();
    expect(state().error).toEqual({ code: 'no-defect', message: 'No defect.' });
    expect(state().result).toBe(before);
    expect(viewer.segmentations.size).toBe(2);
  });

  it('replaces the previous shapes, but never those that the user edited', async () => {
    await service.reconstruct();
    const patch = viewer.idOf('Skull patch');
    viewer.edit(patch, 40);
    await service.reconstruct();
    expect(viewer.segmentations.size).toBe(3);
    expect(viewer.segmentations.has(patch)).toBe(true);
  });

  it('cancels without an error and frees the worker', async () => {
    workersDo(never);
    const run = service.reconstruct();
    await vi.waitFor(() => expect(workers).toHaveLength(1));
    service.cancel();
    await run;
    expect(workers[0].terminated).toBe(true);
    const { activity, error, result } = state();
    expect([activity, error, result]).toEqual([undefined, undefined, undefined]);
  });

  it('has the skull of the next run made ready, and tells it from one that was edited since', async () => {
    const ids: Record<string, unknown[]> = { prepareSkull: [], reconstruct: [] };
    workersDo((job, worker) => {
      if (job.kind === 'prepareSkull' || job.kind === 'reconstruct')
        ids[job.kind].push(job.skullId);
      return answer(job, worker);
    });
    service.setThreshold(300);
    await service.segmentBone();
    const ready = (times: number) => vi.waitFor(() => expect(ids.prepareSkull).toHaveLength(times));
    await service.reconstruct();
    await ready(1);
    await service.reconstruct();
    expect(ids.reconstruct[1]).toBe(ids.prepareSkull[0]);
    await ready(2);
    // Its surface is drawn already.
    const drawn = () => state().result?.reconstruction.skullMesh;
    const surface = drawn();
    await service.reconstruct();
    expect(drawn()).toBe(surface);
    await ready(3);
    viewer.edit(viewer.idOf('Skull from CT (≥ 300 HU)'), 50);
    await service.reconstruct();
    expect(drawn()).not.toBe(surface);
    expect(ids.reconstruct[3]).not.toBe(ids.prepareSkull[1]);
    await ready(4);
    service.setMethod('mirror');
    await service.reconstruct();
    expect(ids.prepareSkull).toHaveLength(4);
    expect(new Set([...ids.prepareSkull, ...ids.reconstruct]).size).toBe(2);
  });

  it('puts the next result in the place of the one before, as far as nobody edited that', async () => {
    await service.reconstruct();
    const [patch, implant] = ['Skull patch', 'Implant'].map((label) => viewer.idOf(label));
    await service.reconstruct();
    expect([...viewer.segmentations.keys()]).toEqual([patch, implant]);

    viewer.edit(patch, 40);
    await service.reconstruct();
    const { patch: newPatch, implant: sameImplant } = state().result?.segmentationIds ?? {};
    expect(newPatch).not.toBe(patch);
    expect(sameImplant).toBe(implant);
    expect(viewer.segmentations.get(patch)?.mask.data[40]).toBe(1);
    expect(viewer.segmentations.get(newPatch ?? '')?.mask.data[40]).toBe(0);

    // One that the user took out of a plane is shown anew.
    vi.spyOn(viewer, 'isInPlanes').mockReturnValue(false);
    await service.reconstruct();
    expect(state().result?.segmentationIds.implant).not.toBe(implant);
    expect(viewer.segmentations.has(implant)).toBe(false);
    expect(viewer.segmentations.size).toBe(3);
  });

  it('refuses a second computation while one runs', async () => {
    workersDo(never);
    const first = service.reconstruct();
    await vi.waitFor(() => expect(workers).toHaveLength(1));
    await service.segmentBone();
    expect(state().error?.code).toBe('bad-usage');
    expect(state().activity?.kind).toBe('reconstruct');
    service.cancel();
    await first;
  });

  it('stops when the mode is left, and keeps an earlier result for the next visit', async () => {
    await service.reconstruct();
    workersDo(never);
    const run = service.reconstruct();
    await vi.waitFor(() => expect(workers.at(-1)?.jobs.length).toBeGreaterThan(0));
    service.leaveMode();
    await run;
    expect(workers.at(-1)?.terminated).toBe(true);
    expect(state().result).toBeDefined();
    expect(state().activity).toBeUndefined();
  });
});
