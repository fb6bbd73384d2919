import { beforeEach } from 'vitest';
import { CranioplastyService } from '../../../extension/src/services/CranioplastyService.ts';
import { WorkerClient } from '../../../extension/src/worker/WorkerClient.ts';
import {
  FakeWorker,
  smallComparison,
  smallFitError,
  smallRehearsal,
  type Script,
} from '../worker/fakes.ts';
import { FakeViewer, maskOnCt, reconstructionOnCt } from './fakeViewer.ts';

/** The study that the fake viewer has open. */
export const study = '1.2.3';

/** What the worker does with a job; replaced by single tests. */
let script: Script;

export let workers: FakeWorker[];

export let viewer: FakeViewer;

export let service: CranioplastyService;

/** What the worker does with a job unless a test says otherwise. */
export const answer: Script = (job, worker) => {
  switch (job.kind) {
    case 'segmentBone':
      return maskOnCt(1, 2);
    case 'surface':
      return { positions: new Float32Array(9), triangles: new Uint32Array([0, 1, 2]) };
    case 'fitError':
      return smallFitError();
    case 'compare':
      return smallComparison();
    case 'rehearse':
      return smallRehearsal();
    case 'leaveOutPiece': {
      // Voxel 17 of the patch and 18 of the implant are the second piece.
      const { patch, implant, pieces } = job.reconstruction;
      return {
        ...job.reconstruction,
        patch: { ...patch, mask: maskOnCt(5, 6) },
        implant: { ...implant, mask: maskOnCt(6) },
        pieces: pieces.slice(0, 1),
      };
    }
    case 'reconstruct':
      worker.reply({ provider: { provider: job.provider, description: 'test' } });
      worker.reply({ progress: { stage: 'fine', fraction: 0.5 } });
      return reconstructionOnCt();
  }
};

/** Says what the workers do with their jobs, for one test. */
export function workersDo(work: Script): void {
  script = work;
}

/** Gives each test of a file a service of its own, on a visit of the mode. */
export function setUpService(): void {
  beforeEach(() => {
    script = answer;
    workers = [];
    viewer = new FakeViewer();
    service = new CranioplastyService({
      viewer,
      model: 'lite',
      listModels: async () => [],
      createClient: () =>
        new WorkerClient({
          environment: { modelsUrl: 'http://localhost/models/' },
          createWorker: () => {
            const worker = new FakeWorker((job, self) => script(job, self));
            workers.push(worker);
            return worker;
          },
        }),
    });
    service.enterMode();
  });
}

export const state = () => service.store.get(study);
