import type { InferenceBackend } from '../engine/cascade/backend.ts';
import type { LoadedModel } from '../engine/cascade/model.ts';
import type { Crew } from '../engine/crew/Crew.ts';
import type { Atlas } from '../engine/pose/atlas.ts';
import type { PreparedSkull } from '../engine/preparedSkull.ts';
import type { Progress } from '../engine/progress.ts';
import type { CascadeRequest, MirrorRequest } from '../engine/reconstruction.ts';
import type { ModelSource } from '../engine/space/files.ts';
import type { Engine } from './engine.ts';
import { mostVoxelsAhead, networksName } from './protocol.ts';
import type {
  BrowserProvider,
  NetworkChoice,
  NetworkJob,
  ProviderReport,
  Question,
  Reply,
  Work,
  WorkerEnvironment,
} from './protocol.ts';
import { toWire } from './wireError.ts';

type Backend = InferenceBackend & { readonly report: ProviderReport };

/** Networks that a backend holds, checked. */
interface LoadedNetworks {
  readonly backend: Backend;
  readonly model: LoadedModel;
}

/** Networks with larger windows than this take more memory than they may while nobody waits for them, voxels. */
const mostVoxelsKept = 96 ** 3;

/** What is there before the job that wants it: loaded ahead, or kept from the job before. */
interface Ahead {
  networks?: LoadedNetworks;
  /** Which those are. */
  which?: string;
  /** A skull made ready for them. */
  skull?: { readonly id: string; readonly prepared: PreparedSkull };
}

/** What a job needs of its surroundings: the real ones in the worker, fakes in tests. */
export interface Surroundings {
  readonly engine: Engine;
  readonly ahead: Ahead;
  openBackend(provider: BrowserProvider, environment: WorkerEnvironment): Promise<Backend>;
  modelSource(folder: string): ModelSource;
  /** The threads that share the work of a reconstruction, always the same. */
  openCrew(environment: WorkerEnvironment): Crew;
  /** Buffers of a result change hands instead of being copied. */
  post(reply: Reply, transfer?: ArrayBuffer[]): void;
}

/** A function for each kind of work. */
function functions(surroundings: Surroundings): {
  [Kind in keyof Work]: (
    job: Work[Kind]['job'],
    environment: WorkerEnvironment,
  ) => Promise<Work[Kind]['result']>;
} {
  const { engine } = surroundings;
  const withAtlas = async <Job>(job: Job, environment: WorkerEnvironment) => ({
    ...job,
    atlas: await loadAtlas(environment, surroundings),
  });
  return {
    segmentBone: async ({ ct, threshold }) => engine.segmentBone(ct, { threshold }),
    align: async (...call) => engine.align(await withAtlas(...call)),
    surface: async ({ mask, cell }) => engine.maskSurface(mask, cell),
    fitError: async (...call) => engine.measureFitError(await withAtlas(...call)),
    compare: async (...call) => engine.compareTwo(await withAtlas(...call)),
    leaveOutPiece: async (...call) => engine.leaveOutPiece(await withAtlas(...call)),
    remeasure: async (...call) => engine.remeasure(await withAtlas(...call)),
    designImplant: async (job, environment) =>
      engine.designImplant(await withAtlas(job, environment), environment.runtimeUrl),
    mapImplant: async (job) => engine.mapImplant(job),
    lighten: async ({ mesh }, { runtimeUrl }) => engine.lighten(mesh, runtimeUrl),
    draw: async ({ pictures }) => engine.drawPictures(pictures),
    loadNetworks: async (job, environment) => {
      const networks =
        (await takeAhead(job, surroundings)) ??
        (await openNetworks(job, environment, surroundings));
      surroundings.ahead.networks = networks;
      surroundings.ahead.which = networksName(job);
      return networks.backend.report;
    },
    prepareSkull: async ({ skull, skullId: id, alternative }, environment) => {
      const { ahead, post } = surroundings;
      if (ahead.networks) {
        const control = { onProgress: (progress: Progress) => post({ progress }) };
        const { model } = ahead.networks;
        const before = ahead.skull?.id === id ? ahead.skull.prepared : undefined;
        const crew = surroundings.openCrew(environment);
        const prepared = await engine.prepareSkull(
          skull,
          model,
          alternative,
          control,
          crew,
          before,
        );
        ahead.skull = { id, prepared };
      }
      return { skullId: id };
    },
    reconstruct: async ({ skullId: id = '', ...job }, environment) => {
      const { ahead } = surroundings;
      const prepared = takePrepared(id, job, surroundings);
      const result = await withMethod(job, environment, surroundings, engine.reconstruct, prepared);
      if (ahead.networks && prepared) ahead.skull = { id, prepared };
      return result;
    },
    rehearse: ({ patch, toCanonical, ...job }, environment) => {
      surroundings.ahead.skull = undefined;
      return withMethod(job, environment, surroundings, (how) =>
        engine.rehearse({ patch, toCanonical, ...how }),
      );
    },
  };
}

/** Does one job and answers it exactly once, whatever happens. */
export async function runJob<Kind extends keyof Work>(
  { kind, job, environment }: Question<Kind>,
  surroundings: Surroundings,
): Promise<void> {
  try {
    const result = await functions(surroundings)[kind](job, environment);
    const reply = surroundings.ahead.networks ? { result, kept: true } : { result };
    surroundings.post(reply, buffersOf(result));
  } catch (error) {
    const fallback = 'provider' in job ? 'inference-failed' : 'bad-segmentation';
    surroundings.post({ error: toWire(error, fallback) });
  }
}

/** Every buffer that a value holds and that is not shared, once. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) buffersOf(part, found);
  }
  return [...found];
}

/** Opens what a method needs, uses it, and frees it whatever happens, but for small networks that worked. */
async function withMethod<T>(
  { skull, method, alternative, ...choice }: NetworkJob,
  environment: WorkerEnvironment,
  surroundings: Surroundings,
  use: (how: CascadeRequest | MirrorRequest) => Promise<T>,
  prepared?: PreparedSkull,
): Promise<T> {
  const { engine, modelSource, post } = surroundings;
  const onProgress = (progress: Progress) => post({ progress });
  const crew = surroundings.openCrew(environment);
  if (method === 'mirror') {
    const atlas = await loadAtlas(environment, surroundings);
    return use({ skull, atlas, method, onProgress, crew });
  }
  const ahead = method === 'network' ? await takeAhead(choice, surroundings) : undefined;
  if (!ahead) onProgress({ stage: 'load-model', fraction: 0 });
  if (method === 'continuation') {
    const prior = await engine.loadPrior(modelSource(folderOf(choice, environment)));
    return use({ skull, atlas: prior.atlas, prior, method, alternative, onProgress, crew });
  }
  const { backend, model } = ahead ?? (await openNetworks(choice, environment, surroundings));
  try {
    const { atlas } = model;
    const how = { skull, model, atlas, backend, method, alternative, onProgress, crew };
    const result = await use({ ...how, modelChecked: true, prepared });
    const areSmall = model.manifest.networks.fine.window ** 3 <= mostVoxelsKept;
    if (areSmall && skull.data.length <= mostVoxelsAhead) {
      surroundings.ahead.networks = { backend, model };
      surroundings.ahead.which = networksName(choice);
    }
    return result;
  } finally {
    if (!surroundings.ahead.networks) await backend.release().catch(() => undefined);
  }
}

const folderOf = ({ model }: NetworkChoice, { modelsUrl }: WorkerEnvironment): string =>
  `${modelsUrl}${model}/`;

/** Networks that are there already, if they are those; they are whose they are given to. Others are let go. */
async function takeAhead(
  choice: NetworkChoice,
  { ahead, post }: Surroundings,
): Promise<LoadedNetworks | undefined> {
  const { networks, which } = ahead;
  ahead.networks = undefined;
  if (!networks) return undefined;
  if (which !== networksName(choice)) {
    await networks.backend.release().catch(() => undefined);
    return undefined;
  }
  post({ provider: networks.backend.report });
  return networks;
}

/** The skull if it was made ready for the networks that were loaded ahead; whatever was is forgotten. */
function takePrepared(
  id: string,
  choice: NetworkChoice,
  { ahead }: Surroundings,
): PreparedSkull | undefined {
  const { skull, which } = ahead;
  ahead.skull = undefined;
  return skull && skull.id === id && which === networksName(choice) ? skull.prepared : undefined;
}

/** Loads networks and sees to it that they compute what they shall. */
async function openNetworks(
  choice: NetworkChoice,
  environment: WorkerEnvironment,
  { engine, openBackend, modelSource, post }: Surroundings,
): Promise<LoadedNetworks> {
  const { provider, checked } = choice;
  const backend = await openBackend(provider, environment);
  try {
    post({ provider: backend.report });
    const model = await engine.loadModel(modelSource(folderOf(choice, environment)));
    // A worker ends with its run, so the page remembers what this device computed right.
    const check = `${provider}: ${backend.report.description}: ${model.hash}`;
    if (checked.includes(check)) await engine.loadNetworks(model, backend);
    else {
      // Before the skull is aligned: a provider that computes nonsense is found out in a second.
      await engine.checkModel(model, backend);
      post({ checked: check });
    }
    return { backend, model };
  } catch (failure) {
    await backend.release().catch(() => undefined);
    throw failure;
  }
}

/** The atlas of what needs no model: of any head, and free. */
function loadAtlas(
  { modelsUrl }: WorkerEnvironment,
  { engine, modelSource }: Surroundings,
): Promise<Atlas> {
  return engine.loadAtlas(modelSource(`${modelsUrl}atlas/`));
}
