import { describe, expect, it, vi } from 'vitest';
import { isEdited } from '../../../../extension/src/state/studyState.ts';
import type { Job, Script } from '../../worker/fakes.ts';
import { maskOnCt, reconstructionOnCt } from '../fakeViewer.ts';
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

const skull = () => viewer.idOf('Skull from CT (≥ 300 HU)');
const offered = () => service.isSkullEdited(viewer.findCt());
const runs = (): Extract<Job, { kind: 'reconstruct' }>[] =>
  workers.flatMap((worker) =>
    worker.jobs.flatMap((job) => (job.kind === 'reconstruct' ? [job] : [])),
  );

/** A worker that says which method it was asked for. */
const asAsked: Script = (job, worker) => {
  const result = answer(job, worker);
  if (job.kind !== 'reconstruct') return result;
  const { method, alternative = 'expected' } = job;
  return { ...reconstructionOnCt(), method, alternative };
};

async function reconstructed(): Promise<void> {
  workersDo(asAsked);
  service.setThreshold(300);
  await service.segmentBone();
  service.setMethod('continuation');
  await service.reconstruct();
  expect(state().error).toBeUndefined();
}

describe('a skull that is edited after the reconstruction', () => {
  it('is offered for an update, which runs again in the same way', async () => {
    await reconstructed();
    expect(offered()).toBe(false);
    viewer.edit(skull(), 50);
    expect(offered()).toBe(true);
    // What was chosen since for another run plays no part.
    service.setMethod('network');
    service.chooseModel('ct-base');
    viewer.skull = maskOnCt(1, 2, 3, 50);
    await service.updateResult(false);
    expect(state().error).toBeUndefined();
    expect(offered()).toBe(false);
    const [first, second] = runs();
    expect(second).toMatchObject({ method: 'continuation', model: first.model });
    expect(second.skull).toEqual(maskOnCt(1, 2, 3, 50));
    viewer.edit(skull(), 51);
    expect(offered()).toBe(true);
  });

  it('is not offered for edits of something else, and not before there is a result', async () => {
    service.setThreshold(300);
    await service.segmentBone();
    viewer.edit(skull(), 50);
    expect(offered()).toBe(false);
    await service.reconstruct();
    expect(offered()).toBe(false);
    viewer.edit(viewer.idOf('Skull patch'), 40);
    expect(offered()).toBe(false);
    await service.updateResult(true);
    expect(state().error?.message).toContain('there is nothing to update');
    expect(runs()).toHaveLength(1);
  });

  it('is not offered for edits of another segment of the same segmentation', async () => {
    await reconstructed();
    viewer.editOther(skull());
    expect(offered()).toBe(false);
    viewer.edit(skull(), 50);
    expect(offered()).toBe(true);
    viewer.skull = maskOnCt(1, 2, 3, 50);
    await service.updateResult(false);
    expect(offered()).toBe(false);
    viewer.editOther(skull());
    expect(offered()).toBe(false);
    await service.updateResult(false);
    expect(state().error?.message).toContain('there is nothing to update');
  });

  it('is not offered on the next visit for edits of another segment on this one', async () => {
    await reconstructed();
    viewer.editOther(skull());
    service.leaveMode();
    viewer.segmentations.clear();
    viewer.revisions.clear();
    service.enterMode();
    viewer.change();
    await vi.waitFor(() => expect(viewer.segmentations.size).toBe(3));
    expect(offered()).toBe(false);
  });

  it('takes the edits of the patch over where they are to be kept, and leaves bone free', async () => {
    await reconstructed();
    const before = viewer.idOf('Skull patch');
    // One painted where bone will be, and one taken off.
    viewer.edit(before, 40);
    viewer.edit(before, 50);
    viewer.edit(before, 6, 0);
    viewer.edit(skull(), 50);
    viewer.skull = maskOnCt(1, 2, 3, 50);
    await service.updateResult(true);
    expect(viewer.segmentations.has(before)).toBe(false);
    const after = viewer.idOf('Skull patch');
    expect(viewer.readSegmentation(after)).toEqual(maskOnCt(5, 17, 40));
    await vi.waitFor(() => {
      const { result } = state();
      expect(result?.unmeasured).toEqual([]);
      expect(result && isEdited(result, 'patch')).toBe(true);
    });
  });

  it('keeps a piece left out', async () => {
    await reconstructed();
    await service.leaveOutPiece(1);
    expect(viewer.readSegmentation(viewer.idOf('Skull patch'))).toEqual(maskOnCt(5, 6));
    viewer.edit(skull(), 50);
    await service.updateResult(true);
    expect(viewer.readSegmentation(viewer.idOf('Skull patch'))).toEqual(maskOnCt(5, 6));
  });

  it('leaves an edited patch beside the new one where its edits are not to be kept', async () => {
    await reconstructed();
    const before = viewer.idOf('Skull patch');
    viewer.edit(before, 40);
    viewer.edit(skull(), 50);
    await service.updateResult(false);
    expect(viewer.readSegmentation(before)).toEqual(maskOnCt(5, 6, 17, 40));
    const { patch } = state().result?.segmentationIds ?? {};
    expect(patch).not.toBe(before);
    expect(patch && viewer.readSegmentation(patch)).toEqual(maskOnCt(5, 6, 17));
  });

  it('leaves result and edits as they were where the run fails', async () => {
    await reconstructed();
    const before = viewer.idOf('Skull patch');
    viewer.edit(before, 40);
    viewer.edit(skull(), 50);
    const { result } = state();
    workersDo((job, worker) => {
      if (job.kind === 'reconstruct') throw new Error('out of memory');
      return answer(job, worker);
    });
    await service.updateResult(true);
    expect(state().error).toBeDefined();
    expect(state().result?.reconstruction).toBe(result?.reconstruction);
    expect(viewer.readSegmentation(before)).toEqual(maskOnCt(5, 6, 17, 40));
    expect(offered()).toBe(true);
  });

  it('is known as the one that was stored, once that was loaded and edited', async () => {
    await service.reconstruct();
    expect(state().result?.skullSource.kind).toBe('stored');
    const id = await viewer.showSegmentation(viewer.findCt(), {
      label: 'Loaded',
      rgb: [1, 2, 3],
      mask: maskOnCt(1, 2, 3),
    });
    viewer.storedAs.set(id, '1');
    expect(offered()).toBe(false);
    viewer.edit(id, 50);
    expect(offered()).toBe(true);
    await service.updateResult(false);
    expect(state().result?.skullSource).toMatchObject({ kind: 'loaded', segmentationId: id });
    expect(offered()).toBe(false);
  });

  it('is still offered on the next visit, where edits and the skull of before are kept', async () => {
    await reconstructed();
    const before = skull();
    viewer.edit(before, 50);
    service.leaveMode();
    viewer.segmentations.clear();
    viewer.revisions.clear();
    service.enterMode();
    viewer.change();
    await vi.waitFor(() => viewer.idOf('Skull patch'));
    expect(viewer.idOf('Skull from CT')).not.toBe(before);
    expect(offered()).toBe(true);
    await service.updateResult(false);
    expect(state().error).toBeUndefined();
    expect(offered()).toBe(false);
    // Nothing was edited since: nor is there anything on the visit after.
    service.leaveMode();
    viewer.segmentations.clear();
    viewer.revisions.clear();
    service.enterMode();
    viewer.change();
    await vi.waitFor(() => viewer.idOf('Skull patch'));
    expect(offered()).toBe(false);
  });
});
