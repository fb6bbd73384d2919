import { describe, expect, it } from 'vitest';
import type { Job } from '../../worker/fakes.ts';
import {
  answer,
  isAhead,
  service,
  setUpService,
  state,
  viewer,
  workersDo,
} from '../serviceUnderTest.ts';

setUpService();

describe('judging the fit', () => {
  it('says that there is nothing to judge yet', async () => {
    await service.judgeFit();
    expect(state().error?.message).toContain('reconstruct first');
  });

  it('judges by the opposite side, shows it in the place of the shapes, and hides it again', async () => {
    await service.reconstruct();
    const jobs: Job[] = [];
    workersDo((job, worker) => {
      if (!isAhead(job)) jobs.push(job);
      return answer(job, worker);
    });
    await service.judgeFit();
    expect(jobs[0]).toMatchObject({ kind: 'fitError', reference: undefined });
    expect(state().fit).toMatchObject({ reference: expect.stringContaining('Opposite side') });
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'fit']);
    const overlay = viewer.surfaces[1];
    // At the ends of the scale and where patch and reference are the same.
    expect([...(overlay.colours ?? [])]).toEqual([247, 247, 247, 103, 0, 31, 5, 48, 97]);
    service.setFitOverlay({ quantity: 'curvature' });
    expect(viewer.surfaces[1].colours).not.toBe(overlay.colours);
    expect(viewer.surfaces[1].mesh).toBe(overlay.mesh);
    expect(viewer.contours?.colours).toBe(viewer.surfaces[1].colours);
    service.setFitOverlay({ quantity: 'thickness' });
    expect(viewer.surfaces[1].mesh).toBe(state().fit?.error.thickness.mesh);
    // Both ends of the other scale.
    expect([...(viewer.surfaces[1].colours ?? [])].filter((_, c) => c < 3 || c > 5)).toEqual([
      255, 255, 204, 128, 0, 38,
    ]);
    // The worst places are marked by their rank, as they are listed.
    expect(viewer.scene.marks).toEqual([{ position: [1, 2, 3], text: '1' }]);
    service.setFitOverlay({ shown: false });
    expect(viewer.scene.marks).toEqual([]);
    expect(viewer.contours).toBeUndefined();
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
    expect(viewer.segmentations.size).toBe(2);
  });

  it('goes to the worst place', async () => {
    service.lookAt([1, 2, 3]);
    expect(viewer.position).toEqual([1, 2, 3]);
  });

  it('forgets the judgement once the patch is edited or made anew', async () => {
    await service.reconstruct();
    await service.judgeFit();
    viewer.edit(viewer.idOf('Skull patch'), 40);
    expect(state().fit).toBeUndefined();
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
    await service.judgeFit();
    expect(state().fit).toBeDefined();
    await service.reconstruct();
    expect(state().fit).toBeUndefined();
  });
});
