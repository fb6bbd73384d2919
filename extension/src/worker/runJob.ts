import type { CtVolume, Mask } from '../engine/space/volume.ts';
import type { Comparison } from '../engine/judge/comparison.ts';
import type { FitError } from '../engine/judge/fitError.ts';
import type { Rehearsal } from '../engine/rehearsal.ts';
import type { RigidTransform } from '../engine/space/transform.ts';
import type { InferenceBackend } from '../engine/cascade/backend.ts';
import type { Mesh } from '../engine/surface/mesh.ts';
import type { Progress } from '../engine/progress.ts';
import type { Reconstruction } from '../engine/reconstruction.ts';
import type { ModelSource } from '../engine/space/files.ts';
import type {
  BrowserProvider,
  Job,
  NetworkJob,
  ProviderReport,
  Reply,
  WorkerEnvironment,
} from './protocol.ts';
import { toWire } from './wireError.ts';

/** The engine as the worker sees it; its model and atlas are opaque here. */
export interface EnginePort<Model, Atlas> {
  segmentBone(ct: CtVolume, options?: { threshold?: number }): Mask | Promise<Mask>;
  maskSurface(mask: Mask): Mesh;
  measureFitError(job: {
    skull: Mask;
    patch: Mask;
    implant: Mask;
    reference?: Mask;
    toCanonical: RigidTransform;
    atlas: Atlas;
  }): FitError;
  compareTwo(job: {
    first: Mask;
    second: Mask;
    toCanonical: RigidTransform;
    atlas: Atlas;
  }): Comparison;
  loadModel(source: ModelSource): Promise<Model>;
  loadAtlas(source: ModelSource): Promise<Atlas>;
  checkModel(model: Model, backend: InferenceBackend): Promise<void>;
  leaveOutPiece(job: {
    reconstruction: Reconstruction;
    piece: number;
    atlas: Atlas;
  }): Reconstruction;
  reconstruct(request: { skull: Mask } & How<Model, Atlas>): Promise<Reconstruction>;
  rehearse(
    request: { skull: Mask; patch: Mask; toCanonical: RigidTransform } & How<Model, Atlas>,
  ): Promise<Rehearsal>;
}

/** All that a reconstruction needs besides the skull. */
type How<Model, Atlas> = {
  atlas: Atlas;
  onProgress?: (progress: Progress) => void;
} & (
  | { method: 'mirror' }
  | { method: 'network'; model: Model; backend: InferenceBackend; modelChecked: boolean }
);

/** What a job needs of its surroundings: the real ones in the worker, fakes in tests. */
export interface Surroundings<Model, Atlas> {
  readonly engine: EnginePort<Model, Atlas>;
  openBackend(
    provider: BrowserProvider,
    environment: WorkerEnvironment,
  ): Promise<InferenceBackend & { readonly report: ProviderReport }>;
  modelSource(folder: string): ModelSource;
  post(reply: Reply): void;
}

/** Does one job and answers it exactly once, whatever happens. */
export async function runJob<Model, Atlas>(
  job: Job,
  surroundings: Surroundings<Model, Atlas>,
): Promise<void> {
  const { engine, post } = surroundings;
  const { id } = job;
  try {
    if (job.kind === 'segment-bone') {
      const skull = await engine.segmentBone(job.ct, { threshold: job.threshold });
      post({ kind: 'skull', id, skull });
    } else if (job.kind === 'surface') {
      post({ kind: 'surface', id, mesh: engine.maskSurface(job.mask) });
    } else if (job.kind === 'fit-error') {
      const atlas = await loadAtlas(job.environment, surroundings);
      post({ kind: 'fit-error', id, fit: engine.measureFitError({ ...job, atlas }) });
    } else if (job.kind === 'compare') {
      const atlas = await loadAtlas(job.environment, surroundings);
      post({ kind: 'comparison', id, comparison: engine.compareTwo({ ...job, atlas }) });
    } else if (job.kind === 'leave-out-piece') {
      const atlas = await loadAtlas(job.environment, surroundings);
      const reconstruction = engine.leaveOutPiece({ ...job, atlas });
      post({ kind: 'reconstruction', id, reconstruction });
    } else if (job.kind === 'rehearse') {
      const { skull, patch, toCanonical } = job;
      const rehearsal = await withMethod(job, surroundings, (how) =>
        engine.rehearse({ skull, patch, toCanonical, ...how }),
      );
      post({ kind: 'rehearsal', id, rehearsal });
    } else {
      const { skull } = job;
      const reconstruction = await withMethod(job, surroundings, (how) =>
        engine.reconstruct({ skull, ...how }),
      );
      post({ kind: 'reconstruction', id, reconstruction });
    }
  } catch (error) {
    const runsNetworks = job.kind === 'reconstruct' || job.kind === 'rehearse';
    const fallback = runsNetworks ? 'inference-failed' : 'bad-segmentation';
    post({ kind: 'failed', id, error: toWire(error, fallback) });
  }
}

/** Opens what a method needs, uses it, and frees it whatever happens. */
async function withMethod<Model, Atlas, T>(
  job: NetworkJob,
  surroundings: Surroundings<Model, Atlas>,
  use: (how: How<Model, Atlas>) => Promise<T>,
): Promise<T> {
  const { engine, openBackend, modelSource, post } = surroundings;
  const { id, environment, method } = job;
  const onProgress = (progress: Progress) => post({ kind: 'progress', id, progress });
  if (method === 'mirror') {
    const atlas = await loadAtlas(environment, surroundings);
    return use({ atlas, method, onProgress });
  }

  onProgress({ stage: 'load-model', fraction: 0 });
  const backend = await openBackend(job.provider, environment);
  try {
    post({ kind: 'provider', id, report: backend.report });
    const [model, atlas] = await Promise.all([
      engine.loadModel(modelSource(`${environment.modelsUrl}${job.model}/`)),
      loadAtlas(environment, surroundings),
    ]);
    // Before the skull is aligned: a provider that computes nonsense is found out in a second.
    await engine.checkModel(model, backend);
    return await use({ model, atlas, backend, method, modelChecked: true, onProgress });
  } finally {
    await backend.release().catch(() => undefined);
  }
}

function loadAtlas<Model, Atlas>(
  { modelsUrl }: WorkerEnvironment,
  { engine, modelSource }: Surroundings<Model, Atlas>,
): Promise<Atlas> {
  return engine.loadAtlas(modelSource(`${modelsUrl}atlas/`));
}
