import { describe, expect, it, vi } from 'vitest';
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

describe('segmenting bone', () => {
  it('becomes a segmentation and the chosen skull', async () => {
    service.setThreshold(300);
    await service.segmentBone();
    const [job] = workers[0].jobs;
    expect(job).toMatchObject({ kind: 'segmentBone', threshold: 300 });
    const [id] = viewer.segmentations.keys();
    expect(state().skullKey).toBe(`loaded:${id}:1`);
    expect(service.chosenSource(viewer.findCt())?.kind).toBe('loaded');
  });

  it.each([-500, NaN, 0, 99, 1001, Infinity])(
    'refuses a threshold of %d with a sentence',
    (value) => {
      service.setThreshold(value);
      expect(state().threshold).toBe(250);
      expect(state().error?.message).toMatch(/from 100 to 1000 HU/);
      service.setThreshold(300);
      expect(state()).toMatchObject({ threshold: 300, error: undefined });
    },
  );
});

describe('surfaces of segments', () => {
  it('appear without being asked, and follow edits', async () => {
    await service.segmentBone();
    viewer.change();
    await vi.waitFor(() => expect(viewer.surfaces).toHaveLength(1));
    const [id] = viewer.segmentations.keys();
    const before = viewer.surfaces[0].mesh;
    viewer.edit(id, 30);
    await vi.waitFor(() => expect(viewer.surfaces[0].mesh).not.toBe(before));
  });

  it('do not come twice: a result brings its skull along', async () => {
    await service.segmentBone();
    await service.reconstruct();
    viewer.change();
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
  });

  it('are not tried again for a segment that has none', async () => {
    const jobs: string[] = [];
    workersDo((job, worker) => {
      jobs.push(job.kind);
      if (job.kind !== 'surface') return answer(job, worker);
      return { positions: new Float32Array(0), triangles: new Uint32Array(0) };
    });
    await service.segmentBone();
    viewer.change();
    await vi.waitFor(() => expect(jobs).toContain('surface'));
    viewer.change();
    viewer.change();
    expect(jobs.filter((kind) => kind === 'surface')).toHaveLength(1);
    expect(viewer.surfaces).toHaveLength(0);
  });
});
