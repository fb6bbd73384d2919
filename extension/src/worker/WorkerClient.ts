import type { Alternative } from '../engine/prior/shapePrior.ts';
import type { Progress } from '../engine/progress.ts';
import type { MethodName, Reconstruction } from '../engine/reconstruction.ts';
import type { Rehearsal } from '../engine/rehearsal.ts';
import { CranioplastyError } from '../engine/space/errors.ts';
import type { RigidTransform } from '../engine/space/transform.ts';
import type { CtVolume, Mask } from '../engine/space/volume.ts';
import { warning, type ReconstructionWarning } from '../engine/warnings.ts';
import {
  browserProviders,
  mostVoxelsAhead,
  networksName,
  type BrowserProvider,
  type NetworkJob,
  type ProviderReport,
  type Question,
  type Reply,
  type Work,
  type WorkerEnvironment,
  type WorkerLike,
} from './protocol.ts';
import { NetworksAhead } from './NetworksAhead.ts';
import { fromWire } from './wireError.ts';
import { why } from '../words/errorSentences.ts';

export interface WorkerClientOptions {
  /** Starts a fresh worker. */
  readonly createWorker: () => WorkerLike;
  readonly environment: WorkerEnvironment;
  /** Golden checks that passed in this session, shared by all clients of the page. */
  readonly checked?: Set<string>;
  /** Providers to try, best first; all that a browser can offer if absent. */
  readonly providers?: readonly BrowserProvider[];
}

/** How whoever starts a run watches it. */
export interface Watch {
  readonly onProgress?: (progress: Progress) => void;
  /** Called for each provider that starts: the last one called is the one that runs. */
  readonly onProvider?: (report: ProviderReport) => void;
}

/** A skull that a run may be asked for soon. */
export interface SkullAhead {
  /** As `ReconstructRequest.skullId`. */
  readonly id: string;
  readonly alternative: Alternative;
  /** How many it has: reading takes time, too. */
  voxels(): number;
  read(): Promise<Mask>;
}

export interface ReconstructRequest extends Watch {
  readonly skull: Mask;
  /** The same for the same voxels, for as long as the page is open: it may have been made ready ahead. */
  readonly skullId?: string;
  readonly model: string;
  readonly method?: MethodName;
  readonly alternative?: Alternative;
  /** Called at once when a provider is given up, so that it is never silent. */
  readonly onFallBack?: (warning: ReconstructionWarning) => void;
}

export interface RehearseRequest extends ReconstructRequest {
  readonly patch: Mask;
  readonly toCanonical: RigidTransform;
}

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
  private disposed = false;
  /** Providers that cannot work on this page, and why: not tried again for every run. */
  private readonly unusable = new Map<BrowserProvider, ReconstructionWarning>();
  private readonly checked: Set<string>;
  private ahead: NetworksAhead | undefined;
  /** The model whose networks were loaded ahead last, until a run. */
  private loadedAhead: string | undefined;
  /** Whether the worker said with its last result that it holds networks. */
  private isKeeping = false;
  /** The networks that it kept from its last run, by name. */
  private kept: string | undefined;
  /** Whoever stops a run wants the device free until the next one. */
  private stopped = false;

  constructor(options: WorkerClientOptions) {
    this.options = options;
    this.checked = options.checked ?? new Set();
  }

  get busy(): boolean {
    return this.running !== undefined;
  }

  /** Segments bone. The CT's buffer is handed over to the worker: the caller cannot use it after. */
  segmentBone(ct: CtVolume, threshold?: number): Promise<Mask> {
    return this.ask('segmentBone', { ct, threshold }, {}, [ct.data.buffer as ArrayBuffer]);
  }

  /**
   * Reconstructs on the best provider that works. A provider that is missing, computes wrongly or
   * fails in mid-run is given up with a `fell-back` warning and the run starts over on the next.
   */
  async reconstruct(request: ReconstructRequest): Promise<Reconstruction> {
    const { value, fallBacks } = await this.onBestProvider(request, (how) =>
      this.ask('reconstruct', how, request),
    );
    return { ...value, warnings: [...fallBacks, ...value.warnings] };
  }

  /** Repeats a reconstruction on the intact side of the skull; falls back as `reconstruct` does. */
  async rehearse(request: RehearseRequest): Promise<Rehearsal> {
    const { patch, toCanonical } = request;
    const { value } = await this.onBestProvider(request, (how) =>
      this.ask('rehearse', { patch, toCanonical, ...how }, request),
    );
    return value;
  }

  /**
   * Has a worker load the networks of a model for the next run with it, on the best provider that works, and make a
   * skull ready for them, while nobody waits for it. Once for each run. What fails here is left for that run to tell.
   */
  async loadAhead(model: string, skull?: SkullAhead): Promise<void> {
    if (this.disposed || this.stopped || this.loadedAhead === model) return;
    this.dropAhead();
    this.loadedAhead = model;
    const { environment, createWorker } = this.options;
    const providers = this.options.providers ?? browserProviders;
    for (const [index, provider] of providers.entries()) {
      if (this.unusable.has(provider)) continue;
      const ahead = new NetworksAhead(
        this.takeKept(networksName({ model, provider })) ?? createWorker(),
        { model, provider, checked: [...this.checked] },
        environment,
        (check) => this.checked.add(check),
      );
      this.ahead = ahead;
      const problem = await ahead.problem;
      // A run took it, or it is no longer wanted.
      if (this.ahead !== ahead) return;
      if (!problem) {
        if (skull) await this.prepareAhead(ahead, skull);
        return;
      }
      this.dropAhead();
      const next = providers[index + 1];
      if (problem === 'crashed' || problem.code !== 'no-provider' || !next) return;
      this.unusable.set(provider, fellBack(provider, next, problem));
    }
  }

  private async prepareAhead(ahead: NetworksAhead, { id, alternative, voxels, read }: SkullAhead) {
    if (voxels() > mostVoxelsAhead) return;
    const skull = await read();
    // A run may have taken the worker meanwhile.
    if (this.ahead === ahead && !this.busy) ahead.prepare({ skull, skullId: id, alternative });
  }

  private async onBestProvider<T>(
    request: ReconstructRequest,
    work: (how: NetworkJob) => Promise<T>,
  ): Promise<{ readonly value: T; readonly fallBacks: readonly ReconstructionWarning[] }> {
    const { skull, skullId, model, method = 'network', alternative } = request;
    // The mirrored baseline runs no network: there is nothing to fall back from.
    const providers =
      method === 'network' ? (this.options.providers ?? browserProviders) : (['wasm'] as const);
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
        if (method === 'network' && this.ahead)
          await this.takeAhead(this.ahead, { model, provider }, request);
        const checked = [...this.checked];
        const how = { skull, skullId, model, method, alternative, provider, checked };
        if (this.kept && this.kept !== networksName(how)) this.stopWorker();
        const value = await work(how);
        // The heap of a WebAssembly module never shrinks: it goes with its worker, unless it is small.
        if (this.isKeeping) this.kept = networksName(how);
        else this.stopWorker();
        this.loadedAhead = undefined;
        this.stopped = false;
        return { value, fallBacks };
      } catch (error) {
        if (!(error instanceof CranioplastyError) || !providerFailures.has(error.code)) throw error;
        // What computed right once and failed now is checked again.
        for (const check of this.checked)
          if (check.startsWith(`${provider}:`)) this.checked.delete(check);
        if (!next) throw withoutFallBack(error, provider);
        const warning = fellBack(provider, next, error);
        // A lost GPU may come back; one that is missing or computes wrongly stays so.
        if (error.code !== 'device-lost') this.unusable.set(provider, warning);
        this.stopWorker();
        giveUp(warning);
      }
    }
    throw new CranioplastyError('no-provider', why('error.no-providers'));
  }

  /** Works with the worker that loads these networks ahead, once it has them; one that has others ends. */
  private async takeAhead(
    ahead: NetworksAhead,
    choice: Pick<NetworkJob, 'model' | 'provider'>,
    { skullId, onProgress }: ReconstructRequest,
  ): Promise<void> {
    if (!ahead.isFor(choice, skullId)) {
      this.dropAhead();
      return;
    }
    onProgress?.({ stage: 'load-model', fraction: 0 });
    const problem = await new Promise<CranioplastyError | 'crashed' | undefined>(
      (resolve, reject) => {
        this.running = { reject };
        void ahead.problem.then(async (found) => {
          await ahead.rested(onProgress);
          resolve(found);
        });
      },
    ).finally(() => (this.running = undefined));
    if (problem || this.ahead !== ahead) return;
    this.stopWorker();
    this.worker = ahead.worker;
    this.ahead = undefined;
  }

  /** The idle worker, if it has these networks; one that has others ends. */
  private takeKept(networks: string): WorkerLike | undefined {
    const { worker, kept } = this;
    if (!kept || this.busy) return undefined;
    this.worker = undefined;
    this.kept = undefined;
    if (kept === networks) return worker;
    worker?.terminate();
    return undefined;
  }

  private dropAhead(): void {
    this.ahead?.worker.terminate();
    this.ahead = undefined;
  }

  /** Stops the running job and frees what it holds, the GPU's memory included. */
  cancel(): void {
    this.stopped = true;
    this.stopWorker();
    this.dropAhead();
    this.running?.reject(new CranioplastyError('cancelled', why('error.stopped')));
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

  /**
   * Has the worker do one thing. What the job holds is copied, but for buffers in `transfer`.
   * @throws CranioplastyError `bad-usage` while something else runs; `cancelled`; whatever the worker throws
   */
  async ask<Kind extends keyof Work>(
    kind: Kind,
    job: Work[Kind]['job'],
    { onProgress, onProvider }: Watch = {},
    transfer: ArrayBuffer[] = [],
  ): Promise<Work[Kind]['result']> {
    if (this.disposed) {
      throw new CranioplastyError('cancelled', why('error.left'));
    }
    if (this.running) {
      throw new CranioplastyError('bad-usage', why('error.busy'));
    }
    return new Promise((resolve, reject) => {
      const worker = (this.worker ??= this.options.createWorker());
      const over = new AbortController();
      const { signal } = over;
      const settle = (outcome: () => void) => {
        over.abort();
        this.running = undefined;
        outcome();
      };
      let answered = false;
      const onMessage = ({ data }: MessageEvent<Reply<Kind>>) => {
        const { progress, provider, checked, result, kept, error } = data;
        answered = true;
        if (progress) onProgress?.(progress);
        if (provider) onProvider?.(provider);
        if (checked) this.checked.add(checked);
        if (error) settle(() => reject(fromWire(error)));
        if (result) this.isKeeping = kept === true;
        if (result) settle(() => resolve(result));
      };
      const onCrash = (event: Event) => {
        // What a crashed worker holds is unknown: the next job gets a fresh one.
        this.stopWorker();
        settle(() => reject(answered ? crashed(event) : neverStarted(event)));
      };
      this.running = { reject: (error) => settle(() => reject(error)) };
      worker.addEventListener('message', onMessage, { signal });
      worker.addEventListener('error', onCrash, { signal });
      worker.addEventListener('messageerror', onCrash, { signal });
      const question: Question<Kind> = { kind, job, environment: this.options.environment };
      try {
        worker.postMessage(question, transfer);
      } catch (cause) {
        // A volume that no longer fits in memory is refused here.
        settle(() => reject(crashed(cause)));
      }
    });
  }

  private stopWorker(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.kept = undefined;
  }
}

function fellBack(
  provider: BrowserProvider,
  next: BrowserProvider,
  error: CranioplastyError,
): ReconstructionWarning {
  const names = { provider: providerNames[provider], next: providerNames[next] };
  if (error.code === 'no-provider') {
    return warning('fell-back', 'no-provider', { ...names, reason: error });
  }
  return warning('fell-back', error.code === 'device-lost' ? 'gpu-lost' : 'wrong-numbers', names);
}

/** With nothing left to fall back to, a bare reason becomes a sentence that says what to do. */
function withoutFallBack(error: CranioplastyError, provider: BrowserProvider): CranioplastyError {
  if (error.code !== 'no-provider') return error;
  return new CranioplastyError(
    'no-provider',
    why('error.no-provider', { provider: providerNames[provider], reason: error }),
    { cause: error },
  );
}

function crashed(cause: unknown): CranioplastyError {
  return new CranioplastyError('inference-failed', why('error.crashed'), {
    cause: new Error(describe(cause)),
  });
}

/** A worker that fails before its first word was not there: no other provider changes that. */
function neverStarted(cause: unknown): CranioplastyError {
  return new CranioplastyError('model-unavailable', why('error.no-worker'), {
    cause: new Error(describe(cause)),
  });
}

function describe(cause: unknown): string {
  const { message } = (cause ?? {}) as { message?: unknown };
  return typeof message === 'string' && message !== '' ? message : String(cause);
}
