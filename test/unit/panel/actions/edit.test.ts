import { describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { currentWarnings } from '../../../../extension/src/services/shapes/resultParts.ts';
import type { CaseDescription } from '../../../../extension/src/services/report/caseReport.ts';
import {
  answer,
  service,
  setUpService,
  state,
  study,
  viewer,
  workers,
  workersDo,
} from '../serviceUnderTest.ts';
import { maskOnCt } from '../fakeViewer.ts';

setUpService();

const jobs = (kind: string) =>
  workers.flatMap((worker) => worker.jobs.filter((job) => job.kind === kind));
const volume = (shape: 'patch' | 'implant') => state().result?.shapes[shape].measurements.volume;
const measuredAgain = () => vi.waitFor(() => expect(state().result?.unmeasured).toEqual([]));
const surfaceOf = (id: string) => viewer.surfaces.find((surface) => surface.id === id)?.mesh;

describe('an edited shape', () => {
  it('is marked at once, then measured and drawn again, the other one not', async () => {
    await service.reconstruct();
    const before = surfaceOf('implant');
    viewer.edit(viewer.idOf('Skull patch'), 40);
    expect(state().result?.unmeasured).toEqual(['patch']);
    await measuredAgain();
    expect(volume('patch')).toBe(4);
    expect(surfaceOf('patch')?.positions[0]).toBe(4);
    expect(state().result?.pieces).toHaveLength(2);
    expect(volume('implant')).toBe(1);
    expect(surfaceOf('implant')).toBe(before);
    expect(jobs('remeasure')).toHaveLength(1);
  });

  it('is measured as it is after the last of many strokes', async () => {
    await service.reconstruct();
    const id = viewer.idOf('Skull patch');
    for (const voxel of [40, 41, 42]) viewer.edit(id, voxel);
    await measuredAgain();
    expect(volume('patch')).toBe(6);
    expect(jobs('remeasure').length).toBeLessThanOrEqual(2);
  });

  it('has the surface of the network again once the edit is undone', async () => {
    await service.reconstruct();
    const id = viewer.idOf('Skull patch');
    viewer.edit(id, 40);
    await measuredAgain();
    viewer.edit(id, 40, 0);
    await measuredAgain();
    const { result } = state();
    expect(result?.shapes.patch).toBe(result?.reconstruction.patch);
    expect(jobs('remeasure')).toHaveLength(1);
  });

  it('does not show the disagreement of the surface that it no longer has', async () => {
    await service.reconstruct();
    service.showDisagreement(true);
    const colours = () => viewer.surfaces.find(({ id }) => id === 'patch')?.colours;
    expect(colours()).toBeDefined();
    viewer.edit(viewer.idOf('Skull patch'), 40);
    await measuredAgain();
    expect(colours()).toBeUndefined();
  });

  it('is in report and STL as it is, however early they are asked for', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Implant'), 40);
    await service.downloadReport();
    await service.downloadStl('implant');
    const json = viewer.files.find(({ name }) => name.endsWith('.json'));
    const { shapes } = JSON.parse(String(json?.bytes)) as CaseDescription;
    expect(shapes.implant).toMatchObject({ edited: true, volume: 3 });
    expect(shapes.skullPatch).toMatchObject({ edited: false, volume: 1 });
    const stl = viewer.files.find(({ name }) => name.endsWith('.stl'))?.bytes as Uint8Array;
    // The first corner of the first triangle.
    expect(new DataView(stl.buffer).getFloat32(84 + 12, true)).toBe(3);
  });

  it('is not reported with the figures of before when it cannot be measured', async () => {
    await service.reconstruct();
    workersDo((job, worker) => {
      if (job.kind === 'remeasure') throw new CranioplastyError('bad-segmentation', 'No.');
      return answer(job, worker);
    });
    const id = viewer.idOf('Skull patch');
    viewer.edit(id, 40);
    await service.downloadReport();
    expect(state().error?.message).toContain('could not be measured again');
    expect(viewer.files).toEqual([]);
    workersDo(answer);
    viewer.edit(id, 41);
    await service.downloadReport();
    expect(state().error).toBeUndefined();
    expect(volume('patch')).toBe(5);
  });

  it('is counted anew in pieces, and so warned of', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Skull patch'), 40);
    await measuredAgain();
    const { result } = state();
    const said = result && currentWarnings(result).filter(({ code }) => code === 'several-defects');
    expect(said?.map(({ message }) => message)).toEqual([
      expect.stringContaining('2 separate pieces'),
    ]);
  });

  it('is measured on the next visit if it was not on this one', async () => {
    await service.reconstruct();
    workersDo((job, worker) =>
      job.kind === 'remeasure' ? new Promise(() => {}) : answer(job, worker),
    );
    viewer.edit(viewer.idOf('Skull patch'), 40);
    service.leaveMode();
    expect(state().result?.unmeasured).toEqual(['patch']);
    workersDo(answer);
    viewer.segmentations.clear();
    service.enterMode();
    viewer.change();
    await measuredAgain();
    expect(volume('patch')).toBe(4);
  });
});

describe('saving', () => {
  it('is not over for what was edited meanwhile', async () => {
    await service.reconstruct();
    const { store } = viewer.pacs;
    vi.spyOn(viewer.pacs, 'store').mockImplementation(async (file, name) => {
      viewer.edit(viewer.idOf('Implant'), 40);
      await store.call(viewer.pacs, file, name);
    });
    await service.save();
    expect(state().error).toBeUndefined();
    expect(state().result?.saved).toBeUndefined();
  });
});

describe('what the brush changes', () => {
  it('is the patch at first, then what is chosen, on the next visit too', async () => {
    await service.reconstruct();
    const ct = viewer.findCt();
    expect(viewer.brush?.segmentationId).toBe(viewer.idOf('Skull patch'));
    service.chooseBrush('implant');
    expect(viewer.brush?.segmentationId).toBe(viewer.idOf('Implant'));
    expect(service.brush(ct)).toMatchObject({ shape: 'implant', hidden: false });
    service.leaveMode();
    viewer.segmentations.clear();
    service.enterMode();
    viewer.change();
    await vi.waitFor(() => expect(viewer.brush?.segmentationId).toBe(viewer.idOf('Implant')));
  });

  it('follows what is chosen in the panel of the viewer', async () => {
    await service.reconstruct();
    viewer.brush = { segmentationId: viewer.idOf('Implant'), hidden: true };
    viewer.change();
    expect(state().brush).toBe('implant');
    expect(service.brush(viewer.findCt())).toMatchObject({ shape: 'implant', hidden: true });
    viewer.brush = { segmentationId: 'another', hidden: false };
    expect(service.brush(viewer.findCt()).shape).toBeUndefined();
    expect(service.store.get(study).brush).toBe('implant');
  });

  it('can be the skull while that is in the viewer, in the segment that was reconstructed', async () => {
    await service.reconstruct();
    const ct = viewer.findCt();
    expect(service.brush(ct).shapes).toEqual(['patch', 'implant']);
    // As it was stored it cannot be edited.
    service.chooseBrush('skull');
    expect(service.brush(ct).shape).toBe('patch');
    const id = await viewer.showSegmentation(ct, {
      label: 'Loaded',
      rgb: [1, 2, 3],
      mask: maskOnCt(1, 2, 3),
    });
    viewer.storedAs.set(id, '1');
    expect(service.brush(ct).shapes).toEqual(['skull', 'patch', 'implant']);
    service.chooseBrush('skull');
    expect(viewer.brush?.segmentationId).toBe(id);
    expect(viewer.brushSegment).toBe(1);
    expect(service.brush(ct).shape).toBe('skull');
    service.chooseBrush('patch');
    expect(viewer.brush?.segmentationId).toBe(viewer.idOf('Skull patch'));
  });
});
