import { beforeEach } from 'vitest';
import { CranioplastyService } from '../../../extension/src/services/CranioplastyService.ts';
import { WorkerClient } from '../../../extension/src/worker/WorkerClient.ts';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { identityTransform } from '../../../extension/src/engine/space/transform.ts';
import { countSet } from '../../../extension/src/engine/space/voxels.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { drawPictures } from '../../../extension/src/pictures/drawPictures.ts';
import type { Remeasured } from '../../../extension/src/engine/remeasure.ts';
import {
  FakeWorker,
  smallComparison,
  smallDesign,
  smallFitError,
  smallRehearsal,
  type Job,
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

/** Figures by which a test tells a shape that was measured again: its voxels are its volume. */
export function smallRemeasured(mask: Mask): Remeasured {
  const volume = countSet(mask.data);
  return {
    mesh: { positions: new Float32Array(9).fill(volume), triangles: new Uint32Array([0, 1, 2]) },
    measurements: { volume, outerArea: 1, meanThickness: 1, maxThickness: 1, extent: 1 },
    pieces: [
      { volume: volume - 1, middle: [0, 0, 0] },
      { volume: 1, middle: [1, 1, 2] },
    ],
  };
}

function without({ grid, data }: Mask, voxel: number): Mask {
  const left = data.slice();
  left[voxel] = 0;
  return { grid, data: left };
}

/** What the worker does with a job unless a test says otherwise. */
export const answer: Script = (job, worker) => {
  switch (job.kind) {
    case 'segmentBone':
      return maskOnCt(1, 2);
    case 'align':
      return { toCanonical: identityTransform, residual: 0.7, scales: [1, 1, 1] };
    case 'surface':
      return { positions: new Float32Array(9), triangles: new Uint32Array([0, 1, 2]) };
    case 'remeasure':
      return smallRemeasured(job.mask);
    case 'fitError':
      return smallFitError();
    case 'compare':
      return smallComparison();
    case 'designImplant':
      // As the engine says of the small reconstruction: its patch has two pieces.
      throw new CranioplastyError('patch-in-pieces', 'The patch has 2 separate pieces.');
    case 'mapImplant':
      return smallDesign().implant.maps!;
    case 'lighten':
      return job.mesh;
    case 'draw':
      return drawPictures(job.pictures);
    case 'rehearse':
      return smallRehearsal();
    case 'leaveOutPiece': {
      // Voxel 17 of the patch and 18 of the implant are the second piece.
      const { patch, implant, pieces } = job.reconstruction;
      return {
        ...job.reconstruction,
        patch: { ...patch, mask: without(patch.mask, 17) },
        implant: { ...implant, mask: without(implant.mask, 18) },
        pieces: pieces.slice(0, 1),
      };
    }
    case 'loadNetworks':
      return { provider: job.provider, description: 'test' };
    case 'prepareSkull':
      return { skullId: job.skullId };
    case 'reconstruct':
      worker.reply({ provider: { provider: job.provider, description: 'test' } });
      worker.reply({ progress: { stage: 'fine', fraction: 0.5 } });
      return reconstructionOnCt();
  }
};

/** Whether a job is done ahead of a run, while nobody waits for it. */
export const isAhead = ({ kind }: Job): boolean =>
  kind === 'loadNetworks' || kind === 'prepareSkull';

/** Says what the workers do with their jobs, for one test. */
export function workersDo(work: Script): void {
  script = work;
}

/** Gives each test of a file a service of its own, on a visit of the mode. */
export function setUpService(): void {
  beforeEach(() => {
    script = answer;
    workers = [];
    openPage();
  });
}

/** Closes the page and opens it again: only what the PACS holds is left. */
export function reloadPage(): void {
  const { objects } = viewer.pacs;
  openPage();
  viewer.pacs.objects.push(...objects);
}

function openPage(): void {
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
}

export const state = () => service.store.get(study);
