import { CranioplastyError } from '../engine/space/errors.ts';
import type { Comparison } from '../engine/judge/comparison.ts';
import type { FitError } from '../engine/judge/fitError.ts';
import type { Rehearsal } from '../engine/rehearsal.ts';
import type { RigidTransform } from '../engine/space/transform.ts';
import type { CtVolume, Mask } from '../engine/space/volume.ts';
import type { Mesh } from '../engine/surface/mesh.ts';
import type { Progress } from '../engine/progress.ts';
import type { Reconstruction } from '../engine/reconstruction.ts';
import type { ReconstructionWarning } from '../engine/warnings.ts';
import {
  browserProviders,
  type BrowserProvider,
  type Job,
  type NetworkJob,
  type ProviderReport,
  type Reply,
  type WorkerEnvironment,
} from './protocol.ts';
import { fromWire } from './wireError.ts';

/** The part of `Worker` that the client uses. */
export type WorkerLike = Pick<
  Worker,
  'postMessage' | 'terminate' | 'addEventListener' | 'removeEventListener'
>;

export interface WorkerClientOptions {
  /** Starts a fresh worker. */
  readonly createWorker: () => WorkerLike;
  readonly environment: WorkerEnvironment;
  /** Providers to try, best first; all that a browser can offer if absent. */
  readonly providers?: readonly BrowserProvider[];
}

export interface ReconstructRequest {
  readonly skull: Mask;
  readonly model: string;
  readonly method?: 'network' | 'mirror';
  readonly onProgress?: (progress: Progress) => void;
  /** Called for each provider that starts: the last one called is the one that runs. */
  readonly onProvider?: (report: ProviderReport) => void;
  /** Called at once when a provider is given up, so that it is never silent. */
  readonly onFallBack?: (warning: ReconstructionWarning) => void;
}

export interface RehearseRequest extends ReconstructRequest {
  readonly patch: Mask;
  readonly toCanonical: RigidTransform;
}

type JobWithoutId = Job extends infer J ? (J extends Job ? Omit<J, 'id'> : never) : never;

/** Failures that another provider may not have. */
const providerFailures = new Set(['no-provider', 'inference-failed', 'device-lost']);

const providerNames: Record<BrowserProvider, string> = {
  webgpu: 'WebGPU',
  'wasm-threads': 'WebAssembly with threads',
  wasm: 'WebAssembly on one thread',
};

/**
 * The page's side of the inference worker: one job at a time, as a promise.
 *
 * Cancelling terminates the worker, because nothing else frees a GPU that is in the middle of a
 * dispatch; so does falling back to the next provider. The next job starts a fresh one.
 */
export class WorkerClient {
  private readonly options: WorkerClientOptions;
  private worker: WorkerLike | undefined;
  private running: { reject(error: CranioplastyError): void } | undefined;
  private lastId = 0;
  private disposed = false;
  /** Providers that cannot work on this page, and why: not tried again for every run. */
  private readonly unusable = new Map<BrowserProvider, ReconstructionWarning>();

  constructor(options: WorkerClientOptions) {
    this.options = options;
  }

  get busy(): boolean {
    return this.running !== undefined;
  }

  /** Segments bone. The CT's buffer is handed over to the worker: the caller cannot use it after. */
  async segmentBone(ct: CtVolume, threshold?: number): Promise<Mask> {
    const reply = await this.send({ kind: 'segment-bone', ct, threshold }, () => undefined, [
      ct.data.buffer as ArrayBuffer,
    ]);
    if (reply.kind !== 'skull') throw unexpected(reply);
    return reply.skull;
  }

  /** Makes a surface to look at. The mask is copied. */
  async surface(mask: Mask): Promise<Mesh> {
    const reply = await this.send({ kind: 'surface', mask }, () => undefined);
    if (reply.kind !== 'surface') throw unexpected(reply);
    return reply.mesh;
  }

  /** Judges a patch against a reference, or against the opposite side. The masks are copied. */
  async fitError(job: {
    readonly skull: Mask;
    readonly patch: Mask;
    readonly implant: Mask;
    readonly reference?: Mask;
    readonly toCanonical: RigidTransform;
  }): Promise<FitError> {
    const { environment } = this.options;
    const reply = await this.send({ kind: 'fit-error', ...job, environment }, () => undefined);
    if (reply.kind !== 'fit-error') throw unexpected(reply);
    return reply.fit;
  }

  /** Compares two shapes of one case. The masks are copied. */
  async compare(job: {
    readonly first: Mask;
    readonly second: Mask;
    readonly toCanonical: RigidTransform;
  }): Promise<Comparison> {
    const { environment } = this.options;
    const reply = await this.send({ kind: 'compare', ...job, environment }, () => undefined);
    if (reply.kind !== 'comparison') throw unexpected(reply);
    return reply.comparison;
  }

  /** The reconstruction without one piece of its patch. What it holds is copied. */
  async leaveOutPiece(reconstruction: Reconstruction, piece: number): Promise<Reconstruction> {
    const { environment } = this.options;
    const job = { kind: 'leave-out-piece', reconstruction, piece, environment } as const;
    const reply = await this.send(job, () => undefined);
    if (reply.kind !== 'reconstruction') throw unexpected(reply);
    return reply.reconstruction;
  }

  /**
   * Reconstructs on the best provider that works. A provider that is missing, computes wrongly or
   * fails in mid-run is given up with a `fell-back` warning and the run starts over on the next.
   */
  async reconstruct(request: ReconstructRequest): Promise<Reconstruction> {
    const { value, fallBacks } = await this.onBestProvider(request, async (how) => {
      const reply = await this.runNetworks({ kind: 'reconstruct', ...how }, request);
      if (reply.kind !== 'reconstruction') throw unexpected(reply);
      return reply.reconstruction;
    });
    return { ...value, warnings: [...fallBacks, ...value.warnings] };
  }

  /** Repeats a reconstruction on the intact side of the skull; falls back as `reconstruct` does. */
  async rehearse(request: RehearseRequest): Promise<Rehearsal> {
    const { patch, toCanonical } = request;
    const { value } = await this.onBestProvider(request, async (how) => {
      const job = { kind: 'rehearse', patch, toCanonical, ...how } as const;
      const reply = await this.runNetworks(job, request);
      if (reply.kind !== 'rehearsal') throw unexpected(reply);
      return reply.rehearsal;
    });
    return value;
  }

  private async onBestProvider<T>(
    request: ReconstructRequest,
    work: (how: Omit<NetworkJob, 'id'>) => Promise<T>,
  ): Promise<{ readonly value: T; readonly fallBacks: readonly ReconstructionWarning[] }> {
    const { skull, model, method = 'network' } = request;
    const { environment } = this.options;
    // The mirrored baseline runs no network: there is nothing to fall back from.
    const providers =
      method === 'mirror' ? (['wasm'] as const) : (this.options.providers ?? browserProviders);
    const fallBacks: ReconstructionWarning[] = [];
    const giveUp = (warning: ReconstructionWarning) => {
      fallBacks.push(warning);
      request.onFallBack?.(warning);
    };

    for (const [index, provider] of providers.entries()) {
      const next = providers[index + 1];
      const known = this.unusable.get(provider);
      if (known && next) {
        giveUp(known);
        continue;
      }
      try {
        const value = await work({ skull, model, method, provider, environment });
        return { value, fallBacks };
      } catch (error) {
        if (!(error instanceof CranioplastyError) || !providerFailures.has(error.code)) throw error;
        if (!next) throw withoutFallBack(error, provider);
        const warning = fellBack(provider, next, error);
        // A lost GPU may come back; one that is missing or computes wrongly stays so.
        if (error.code !== 'device-lost') this.unusable.set(provider, warning);
        this.stopWorker();
        giveUp(warning);
      }
    }
    throw new CranioplastyError(
      'no-provider',
      'No way to run the networks is configured: ask your administrator to check the settings.',
    );
  }

  /** Stops the running job and frees what it holds, the GPU's memory included. */
  cancel(): void {
    this.stopWorker();
    this.running?.reject(
      new CranioplastyError('cancelled', 'Cancelled. Nothing was changed: you can start again.'),
    );
  }

  /** Ends an idle worker; the next job starts a fresh one. A running job goes on. */
  rest(): void {
    if (!this.busy) this.stopWorker();
  }

  /** Frees everything when the mode is left. The client cannot be used after. */
  dispose(): void {
    this.disposed = true;
    this.cancel();
  }

  private async runNetworks(job: JobWithoutId, request: ReconstructRequest): Promise<Reply> {
    const reply = await this.send(job, (interim) => {
      if (interim.kind === 'progress') request.onProgress?.(interim.progress);
      if (interim.kind === 'provider') request.onProvider?.(interim.report);
    });
    // The heap of a WebAssembly module never shrinks: it goes with its worker.
    this.stopWorker();
    return reply;
  }

  /** Posts a job and waits for its final reply. */
  private send(
    job: JobWithoutId,
    onInterim: (reply: Reply) => void,
    transfer: ArrayBuffer[] = [],
  ): Promise<Reply> {
    if (this.disposed) {
      return Promise.reject(
        new CranioplastyError('cancelled', 'The cranioplasty mode was left: open it again.'),
      );
    }
    if (this.running) {
      return Promise.reject(
        new CranioplastyError(
          'bad-usage',
          'A computation is already running: wait for it or cancel it first.',
        ),
      );
    }
    const id = ++this.lastId;
    return new Promise<Reply>((resolve, reject) => {
      const worker = (this.worker ??= this.options.createWorker());
      const settle = (outcome: () => void) => {
        worker.removeEventListener('message', onMessage);
        worker.removeEventListener('error', onCrash);
        worker.removeEventListener('messageerror', onCrash);
        this.running = undefined;
        outcome();
      };
      let answered = false;
      const onMessage = (event: MessageEvent<Reply>) => {
        const reply = event.data;
        answered = true;
        if (reply.id !== id) return;
        if (reply.kind === 'failed') settle(() => reject(fromWire(reply.error)));
        else if (reply.kind === 'progress' || reply.kind === 'provider') onInterim(reply);
        else settle(() => resolve(reply));
      };
      const onCrash = (event: Event) => {
        // What a crashed worker holds is unknown: the next job gets a fresh one.
        this.stopWorker();
        settle(() => reject(answered ? crashed(event) : neverStarted(event)));
      };
      this.running = { reject: (error) => settle(() => reject(error)) };
      worker.addEventListener('message', onMessage);
      worker.addEventListener('error', onCrash);
      worker.addEventListener('messageerror', onCrash);
      try {
        worker.postMessage({ ...job, id } as Job, transfer);
      } catch (cause) {
        // A volume that no longer fits in memory is refused here.
        settle(() => reject(crashed(cause)));
      }
    });
  }

  private stopWorker(): void {
    this.worker?.terminate();
    this.worker = undefined;
  }
}

function fellBack(
  provider: BrowserProvider,
  next: BrowserProvider,
  error: CranioplastyError,
): ReconstructionWarning {
  const reason =
    error.code === 'no-provider'
      ? error.message
      : error.code === 'device-lost'
        ? 'the GPU was lost during the computation'
        : 'it did not compute correctly';
  return {
    code: 'fell-back',
    message: `${providerNames[provider]} could not be used (${reason}); the computation went on with ${providerNames[next]}.`,
  };
}

/** With nothing left to fall back to, a bare reason becomes a sentence that says what to do. */
function withoutFallBack(error: CranioplastyError, provider: BrowserProvider): CranioplastyError {
  if (error.code !== 'no-provider') return error;
  return new CranioplastyError(
    'no-provider',
    `${providerNames[provider]} could not be used (${error.message}): use a current Chrome, Edge or Firefox.`,
    { cause: error },
  );
}

function crashed(cause: unknown): CranioplastyError {
  return new CranioplastyError(
    'inference-failed',
    'The computation stopped unexpectedly, most likely for lack of memory: close other tabs and try again.',
    { cause: new Error(describe(cause)) },
  );
}

/** A worker that fails before its first word was not there: no other provider changes that. */
function neverStarted(cause: unknown): CranioplastyError {
  return new CranioplastyError(
    'model-unavailable',
    'The computation program could not be loaded: reload the page, and have the installation checked if it persists.',
    { cause: new Error(describe(cause)) },
  );
}

function describe(cause: unknown): string {
  const { message } = (cause ?? {}) as { message?: unknown };
  return typeof message === 'string' && message !== '' ? message : String(cause);
}

function unexpected(reply: Reply): CranioplastyError {
  return new CranioplastyError(
    'inference-failed',
    'The computation answered something unexpected: reload the page and try again.',
    { cause: new Error(`reply of kind ${reply.kind}`) },
  );
}
