import { describe, expect, it, vi } from 'vitest';
import { isEdited } from '../../../../extension/src/state/studyState.ts';
import { smallDesign } from '../../worker/fakes.ts';
import { maskOnCt } from '../fakeViewer.ts';
import { service, setUpService, state, viewer, workersDo } from '../serviceUnderTest.ts';
import { asAsked, patchOf, reconstructed, runs } from './runs.ts';

setUpService();

const patch = () => state().result?.segmentationIds.patch ?? '';

async function computed(): Promise<void> {
  await reconstructed();
  await service.computeAlternatives();
  expect(state().error).toBeUndefined();
}

describe('taking another shape', () => {
  it('makes it the result as if it had been reconstructed so, and shows that', async () => {
    await computed();
    const before = patch();
    await service.rehearse();
    await service.judgeFit();
    await service.takeAlternative('fuller', false);
    expect(state().error).toBeUndefined();
    const taken = state().result;
    expect(taken?.reconstruction.alternative).toBe('fuller');
    expect(taken?.reconstruction.patch.measurements.volume).toBe(4);
    expect(viewer.readSegmentation(patch())).toEqual(maskOnCt(...patchOf.fuller));
    // In the place of the one before.
    expect(patch()).toBe(before);
    expect(state().alternative).toBe('fuller');
    // What was said of the one before is void.
    expect(taken?.rehearsal).toBeUndefined();
    expect(state().fit).toBeUndefined();
    expect(taken?.saved).toBeUndefined();
    expect(viewer.layout).toBe('usual');
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);

    // The same as a run with it, but for how long that takes and for what is kept.
    await service.reconstruct();
    const run = state().result;
    expect({ ...taken, ...different(taken) }).toEqual({ ...run, ...different(taken) });
  });

  it('needs no run, back and forth', async () => {
    await computed();
    const { alternatives } = state().result ?? {};
    for (const alternative of ['flatter', 'expected', 'fuller', 'expected'] as const) {
      await service.takeAlternative(alternative, false);
      expect(viewer.readSegmentation(patch())).toEqual(maskOnCt(...patchOf[alternative]));
      expect(state().result?.alternatives).toBe(alternatives);
    }
    expect(runs()).toHaveLength(3);
    // Nothing is left of the others.
    const labels = [...viewer.segmentations.values()].map(({ label }) => label);
    expect(labels.filter((label) => label === 'Skull patch')).toHaveLength(1);
  });

  it('designs the implant for it', async () => {
    const designedFor: Uint8Array[] = [];
    await computed();
    workersDo((job, worker) => {
      if (job.kind !== 'designImplant') return asAsked(job, worker);
      if (job.from) designedFor.push(job.from.patch.data);
      return smallDesign(maskOnCt(30), 12);
    });
    await service.takeAlternative('fuller', false);
    await vi.waitFor(() => expect(state().result?.design).toBeDefined());
    expect(designedFor).toEqual([maskOnCt(...patchOf.fuller).data]);
  });

  it('takes the edits of the patch over where they are to be kept', async () => {
    await computed();
    const before = patch();
    viewer.edit(before, 40);
    viewer.edit(before, 6, 0);
    await service.takeAlternative('fuller', true);
    expect(viewer.segmentations.has(before)).toBe(false);
    expect(viewer.readSegmentation(patch())).toEqual(maskOnCt(5, 17, 29, 40));
    await vi.waitFor(() => {
      const { result } = state();
      expect(result && isEdited(result, 'patch')).toBe(true);
    });
    // And back again.
    await service.takeAlternative('expected', true);
    expect(viewer.readSegmentation(patch())).toEqual(maskOnCt(5, 17, 40));
  });

  it('leaves an edited patch beside the new one where its edits are not to be kept', async () => {
    await computed();
    const before = patch();
    viewer.edit(before, 40);
    await service.takeAlternative('flatter', false);
    expect(viewer.readSegmentation(before)).toEqual(maskOnCt(5, 6, 17, 40));
    expect(patch()).not.toBe(before);
    expect(viewer.readSegmentation(patch())).toEqual(maskOnCt(5, 6));
  });

  it('is still of the skull before its edits, which are offered for an update', async () => {
    await computed();
    viewer.edit(viewer.idOf('Skull from CT (≥ 300 HU)'), 50);
    viewer.skull = maskOnCt(1, 2, 3, 50);
    await service.takeAlternative('fuller', false);
    expect(service.isSkullEdited(viewer.findCt())).toBe(true);
    await service.updateResult(false);
    expect(runs().at(-1)).toMatchObject({ alternative: 'fuller', skull: viewer.skull });
    expect(state().result?.alternatives).toBeUndefined();
  });

  it('is refused before the shapes are there', async () => {
    await service.takeAlternative('fuller', false);
    expect(state().error?.message).toContain('reconstruct first');
    await reconstructed();
    const before = state().result;
    await service.takeAlternative('fuller', false);
    expect(state().error?.message).toContain('show all three side by side first');
    expect(state().result).toBe(before);
    expect(state().alternative).toBe('expected');
  });
});

/** What a run and a taking need not have in common. */
const different = (result: ReturnType<typeof state>['result']) => ({
  elapsed: result?.elapsed,
  segmentationIds: result?.segmentationIds,
  alternatives: result?.alternatives,
});
