import { describe, expect, it, vi } from 'vitest';
import { drawPictures } from '../../../extension/src/pictures/drawPictures.ts';
import { Draftsman } from '../../../extension/src/services/Draftsman.ts';
import { WorkerClient } from '../../../extension/src/worker/WorkerClient.ts';
import { FakeWorker, type Script } from '../worker/fakes.ts';

const mesh = {
  positions: Float32Array.of(0, 0, 0, 9, 0, 0, 0, 0, 9),
  triangles: Uint32Array.of(0, 1, 2),
};
const picture = {
  surfaces: [{ mesh, rgb: [255, 0, 0] as const }],
  towards: [0, -1, 0] as const,
  width: 8,
  height: 6,
};

function draftsmanWith(script: Script) {
  const workers: FakeWorker[] = [];
  const createWorker = () => {
    const worker = new FakeWorker(script);
    workers.push(worker);
    return worker;
  };
  const environment = { modelsUrl: 'http://localhost/models/' };
  const draftsman = new Draftsman(() => new WorkerClient({ environment, createWorker }));
  return { draftsman, workers };
}

describe('the draftsman', () => {
  const draw = vi.fn<Script>((job) => {
    if (job.kind !== 'draw') throw new Error(`no ${job.kind} was wanted`);
    return drawPictures(job.pictures);
  });

  it('draws documents that are wanted at once one after the other, and lets the worker go', async () => {
    const { draftsman, workers } = draftsmanWith(draw);
    const wide = { ...picture, width: 12 };
    const [first, second] = await Promise.all([draftsman.draw([picture]), draftsman.draw([wide])]);
    expect(first).toEqual(drawPictures([picture]));
    expect(second).toEqual(drawPictures([wide]));
    expect(workers.every(({ terminated }) => terminated)).toBe(true);
  });

  it('needs no worker for nothing', async () => {
    const { draftsman, workers } = draftsmanWith(draw);
    expect(await draftsman.draw([])).toEqual([]);
    expect(workers).toEqual([]);
  });

  it('draws the next document after one that failed', async () => {
    const { draftsman } = draftsmanWith(draw);
    draw.mockImplementationOnce(() => {
      throw new Error('out of memory');
    });
    await expect(draftsman.draw([picture])).rejects.toThrow(/computation/);
    expect(await draftsman.draw([picture])).toHaveLength(1);
  });
});
