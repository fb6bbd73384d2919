import type { Progress } from '../engine/progress.ts';
import type { CranioplastyError } from '../engine/space/errors.ts';
import { networksName } from './protocol.ts';
import type {
  NetworkChoice,
  PrepareJob,
  Question,
  Reply,
  WorkerEnvironment,
  WorkerLike,
} from './protocol.ts';
import { fromWire } from './wireError.ts';

/** A worker that loads and checks networks, and makes a skull ready for them, before a run wants them. */
export class NetworksAhead {
  readonly choice: NetworkChoice;
  readonly worker: WorkerLike;
  /** Why they cannot be had, once that is known; undefined when they are ready. Never rejects. */
  readonly problem: Promise<CranioplastyError | 'crashed' | undefined>;
  private readonly environment: WorkerEnvironment;
  /** The skull that is being made ready, and when that is over. */
  private preparing: { readonly skullId: string; readonly over: Promise<void> } | undefined;
  private latest: Progress | undefined;
  private onProgress: ((progress: Progress) => void) | undefined;

  /** @param onChecked called with a golden check that passed */
  constructor(
    worker: WorkerLike,
    choice: NetworkChoice,
    environment: WorkerEnvironment,
    onChecked: (check: string) => void,
  ) {
    this.worker = worker;
    this.choice = choice;
    this.environment = environment;
    this.problem = new Promise((resolve) => {
      this.ask('loadNetworks', choice, resolve, ({ checked }) => checked && onChecked(checked));
    });
  }

  /** Whether a run on that model, provider and skull can work with it. */
  isFor(wanted: Pick<NetworkChoice, 'model' | 'provider'>, skullId: string | undefined): boolean {
    const { choice, preparing } = this;
    const isOther = preparing !== undefined && preparing.skullId !== skullId;
    return networksName(choice) === networksName(wanted) && !isOther;
  }

  /** Makes a skull ready, once the networks are there. What is wrong with it is left to its run. */
  prepare(job: PrepareJob): void {
    const { skullId } = job;
    const over = new Promise<unknown>((resolve) => {
      this.ask('prepareSkull', job, resolve, ({ progress }) => {
        this.latest = progress ?? this.latest;
        if (progress) this.onProgress?.(progress);
      });
    }).then(() => {
      this.preparing = undefined;
    });
    this.preparing = { skullId, over };
  }

  /** Waits until nothing is being made ready. */
  async rested(onProgress?: (progress: Progress) => void): Promise<void> {
    if (!this.preparing) return;
    if (this.latest) onProgress?.(this.latest);
    this.onProgress = onProgress;
    await this.preparing.over;
    this.onProgress = undefined;
  }

  private ask<Kind extends 'loadNetworks' | 'prepareSkull'>(
    kind: Kind,
    job: Question<Kind>['job'],
    onEnd: (problem?: CranioplastyError | 'crashed') => void,
    onReply: (reply: Reply<Kind>) => void,
  ): void {
    const over = new AbortController();
    const { signal } = over;
    const settle = (problem?: CranioplastyError | 'crashed') => {
      over.abort();
      onEnd(problem);
    };
    this.worker.addEventListener(
      'message',
      ({ data }: MessageEvent<Reply<Kind>>) => {
        onReply(data);
        if (data.error) settle(fromWire(data.error));
        if (data.result) settle();
      },
      { signal },
    );
    const crashed = () => settle('crashed');
    this.worker.addEventListener('error', crashed, { signal });
    this.worker.addEventListener('messageerror', crashed, { signal });
    const question: Question<Kind> = { kind, job, environment: this.environment };
    this.worker.postMessage(question);
  }
}
