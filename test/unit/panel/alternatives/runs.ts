import type { Alternative } from '../../../../extension/src/engine/prior/shapePrior.ts';
import type { Reconstruction } from '../../../../extension/src/engine/reconstruction.ts';
import type { Job, Script } from '../../worker/fakes.ts';
import { maskOnCt, reconstructionOnCt } from '../fakeViewer.ts';
import { answer, service, workers, workersDo } from '../serviceUnderTest.ts';

/** Voxels of the patch of each shape. */
export const patchOf: Readonly<Record<Alternative, readonly number[]>> = {
  flatter: [5, 6],
  expected: [5, 6, 17],
  fuller: [5, 6, 17, 29],
};

/** A reconstruction of a shape, by a method with a shape prior. */
export function reconstructionOf(alternative: Alternative): Reconstruction {
  const base = reconstructionOnCt();
  const measurements = { ...base.patch.measurements, volume: patchOf[alternative].length };
  return {
    ...base,
    alternative,
    patch: { ...base.patch, mask: maskOnCt(...patchOf[alternative]), measurements },
    deviation: { mean: 0.5, p95: 1, perVertex: new Float32Array(3) },
  };
}

/** A worker that gives the shape that it is asked for. */
export const asAsked: Script = (job, worker) => {
  const result = answer(job, worker);
  if (job.kind !== 'reconstruct') return result;
  return { ...reconstructionOf(job.alternative ?? 'expected'), method: job.method };
};

/** What was asked for to be reconstructed so far. */
export const runs = (): Extract<Job, { kind: 'reconstruct' }>[] =>
  workers.flatMap((worker) =>
    worker.jobs.flatMap((job) => (job.kind === 'reconstruct' ? [job] : [])),
  );

/** Reconstructs with a method that has a shape prior, and segments the skull before. */
export async function reconstructed(): Promise<void> {
  workersDo(asAsked);
  service.setThreshold(300);
  await service.segmentBone();
  service.setMethod('continuation');
  await service.reconstruct();
}
