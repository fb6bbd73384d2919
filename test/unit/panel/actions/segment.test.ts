import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  answer,
  service,
  setUpService,
  state,
  viewer,
  workers,
  workersDo,
} from '../serviceUnderTest.ts';
import { maskOnCt } from '../fakeViewer.ts';

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

describe('before there is a skull segment', () => {
  beforeEach(() => {
    viewer.listSkullSources = () => [];
  });

  it('3D says that it waits for the images, then shows the bone of the CT, once', async () => {
    const jobs: string[] = [];
    workersDo((job, worker) => {
      jobs.push(job.kind);
      return answer(job, worker);
    });
    viewer.ready = false;
    viewer.change();
    expect(viewer.scene.notes?.usual).toBe('3D waits for the images of the CT.');
    expect(jobs).toEqual([]);
    viewer.ready = true;
    viewer.change();
    expect(viewer.scene.notes?.usual).toBe('Drawing the bone of the CT…');
    await vi.waitFor(() => expect(viewer.surfaces.map(({ id }) => id)).toEqual(['bone-of-ct']));
    expect(viewer.scene.notes?.usual).toBe(
      'Coarse bone of the CT. To reconstruct, choose or segment the defective skull.',
    );
    viewer.change();
    expect(jobs).toEqual(['segmentBone', 'surface']);
    // It gives way to a segment, and not before that can be drawn.
    await service.segmentBone();
    viewer.change();
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['bone-of-ct']);
    await vi.waitFor(() => expect(viewer.surfaces[0].id).toMatch(/^segmentation/));
    expect(viewer.scene.notes).toBeUndefined();
  });

  it('says what it waits for where the CT shows no bone', async () => {
    workersDo((job, worker) => {
      if (job.kind === 'segmentBone') throw new Error('no bone');
      return answer(job, worker);
    });
    viewer.change();
    await vi.waitFor(() =>
      expect(viewer.scene.notes?.usual).toBe(
        'To reconstruct, choose or segment the defective skull.',
      ),
    );
    expect(viewer.surfaces).toEqual([]);
  });
});

describe('a stored skull', () => {
  const jobs = () => workers.flatMap((worker) => worker.jobs.map(({ kind }) => kind));

  it('is drawn before the viewer has loaded its segmentation, once', async () => {
    viewer.change();
    expect(viewer.scene.notes?.usual).toBe('Drawing the skull segment…');
    await vi.waitFor(() => expect(viewer.surfaces.map(({ id }) => id)).toEqual(['stored-skull']));
    expect(viewer.scene.notes).toBeUndefined();
    viewer.change();
    expect(jobs()).toEqual(['surface']);
  });

  it('gives way to the finer surface of the segment that the viewer loads, once that is there', async () => {
    workersDo((job) => {
      if (job.kind !== 'surface') throw new Error(`no ${job.kind} was wanted`);
      const fine = job.cell === undefined;
      return {
        positions: new Float32Array(fine ? 18 : 9),
        triangles: new Uint32Array([0, 1, 2]),
      };
    });
    viewer.change();
    await vi.waitFor(() => expect(viewer.surfaces.map(({ id }) => id)).toEqual(['stored-skull']));
    expect(viewer.surfaces[0].mesh.positions).toHaveLength(9);
    const shown = { label: 'Skull', rgb: [1, 2, 3] as const, mask: maskOnCt(1, 2) };
    const id = await viewer.showSegmentation(viewer.findCt(), shown);
    viewer.change();
    expect(viewer.surfaces.map((surface) => surface.id)).toEqual(['stored-skull']);
    await vi.waitFor(() => expect(viewer.surfaces[0].id).toBe(`${id}-1`));
    expect(viewer.surfaces[0].mesh.positions).toHaveLength(18);
  });

  it('gives way to the bone of the CT where it cannot be read', async () => {
    viewer.readSkull = () => Promise.reject(new Error('damaged'));
    viewer.change();
    await vi.waitFor(() => expect(viewer.surfaces.map(({ id }) => id)).toEqual(['bone-of-ct']));
  });

  it('does not compete with a run', async () => {
    const startedAt = Date.now();
    service.store.update('1.2.3', { activity: { kind: 'reconstruct', startedAt, fallBacks: [] } });
    viewer.change();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(jobs()).toEqual([]);
  });
});

describe('the bone of the CT', () => {
  beforeEach(() => {
    viewer.listSkullSources = () => [];
  });

  /** Lets the images come only when it is called. */
  function holdImages(): () => void {
    let come = (): void => undefined;
    const images = new Promise<void>((resolve) => (come = resolve));
    const { readCoarseVoxels } = viewer;
    viewer.readCoarseVoxels = async () => {
      await images;
      return readCoarseVoxels.call(viewer);
    };
    return come;
  }
  const jobs = () => workers.flatMap((worker) => worker.jobs);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

  it('is not drawn once a segment came while the images were read', async () => {
    const come = holdImages();
    viewer.change();
    await service.segmentBone();
    viewer.change();
    await vi.waitFor(() => expect(viewer.surfaces[0]?.id).toMatch(/^segmentation/));
    const count = jobs().length;
    come();
    await settle();
    expect(jobs()).toHaveLength(count);
    expect(viewer.surfaces.map(({ id }) => id)).not.toContain('bone-of-ct');
  });

  it('does not compete with a run, and comes after if it is still wanted', async () => {
    const come = holdImages();
    viewer.change();
    const startedAt = Date.now();
    service.store.update('1.2.3', { activity: { kind: 'reconstruct', startedAt, fallBacks: [] } });
    come();
    await settle();
    expect(jobs()).toEqual([]);
    viewer.change();
    await settle();
    expect(jobs()).toEqual([]);
    service.store.update('1.2.3', { activity: undefined });
    viewer.change();
    await vi.waitFor(() => expect(viewer.surfaces.map(({ id }) => id)).toEqual(['bone-of-ct']));
  });
});
