import { beforeEach } from 'vitest';
import { CranioplastyService } from '../../../extension/src/services/CranioplastyService.ts';
import { WorkerClient } from '../../../extension/src/worker/WorkerClient.ts';
import type { Job } from '../../../extension/src/worker/protocol.ts';
import { FakeWorker, smallComparison, smallFitError, smallRehearsal } from '../worker/fakes.ts';
import { FakeViewer, maskOnCt, reconstructionOnCt } from './fakeViewer.ts';

/** The study that the fake viewer has open. */
export const study = '1.2.3';

/** What the worker does with a job; replaced by single tests. */
let script: (job: Job, worker: FakeWorker) => void;

export let workers: FakeWorker[];

export let viewer: FakeViewer;

export let service: CranioplastyService;

/** What the worker does with a job unless a test says otherwise. */
export function answer(job: Job, worker: FakeWorker): void {
  const { id } = job;
  if (job.kind === 'segment-bone') {
    worker.reply({ kind: 'skull', id, skull: maskOnCt(1, 2) });
  } else if (job.kind === 'surface') {
    const mesh = { positions: new Float32Array(9), triangles: new Uint32Array([0, 1, 2]) };
    worker.reply({ kind: 'surface', id, mesh });
  } else if (job.kind === 'fit-error') {
    worker.reply({ kind: 'fit-error', id, fit: smallFitError() });
  } else if (job.kind === 'compare') {
    worker.reply({ kind: 'comparison', id, comparison: smallComparison() });
  } else if (job.kind === 'rehearse') {
    worker.reply({ kind: 'rehearsal', id, rehearsal: smallRehearsal() });
  } else if (job.kind === 'leave-out-piece') {
    // Voxel 17 of the patch and 18 of the implant are the second piece.
    const { patch, implant, pieces } = job.reconstruction;
    const reconstruction = {
      ...job.reconstruction,
      patch: { ...patch, mask: maskOnCt(5, 6) },
      implant: { ...implant, mask: maskOnCt(6) },
      pieces: pieces.slice(0, 1),
    };
    worker.reply({ kind: 'reconstruction', id, reconstruction });
  } else {
    const report = { provider: job.provider, description: 'test' };
    worker.reply({ kind: 'provider', id, report });
    worker.reply({ kind: 'progress', id, progress: { stage: 'fine', fraction: 0.5 } });
    worker.reply({ kind: 'reconstruction', id, reconstruction: reconstructionOnCt() });
  }
}

/** Says what the workers do with their jobs, for one test. */
export function workersDo(work: typeof script): void {
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
