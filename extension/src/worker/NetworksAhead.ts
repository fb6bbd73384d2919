import type { CranioplastyError } from '../engine/space/errors.ts';
import type { NetworkChoice, Question, Reply, WorkerEnvironment } from './protocol.ts';
import type { WorkerLike } from './WorkerClient.ts';
import { fromWire } from './wireError.ts';

/** A worker that loads and checks networks before a run wants them. */
export class NetworksAhead {
  readonly choice: NetworkChoice;
  readonly worker: WorkerLike;
  /** Why they cannot be had, once that is known; undefined when they are ready. Never rejects. */
  readonly problem: Promise<CranioplastyError | 'crashed' | undefined>;

  /** @param onChecked called with a golden check that passed */
  constructor(
    worker: WorkerLike,
    choice: NetworkChoice,
    environment: WorkerEnvironment,
    onChecked: (check: string) => void,
  ) {
    this.worker = worker;
    this.choice = choice;
    const over = new AbortController();
    const { signal } = over;
    this.problem = new Promise((resolve) => {
      const settle = (problem?: CranioplastyError | 'crashed') => {
        over.abort();
        resolve(problem);
      };
      worker.addEventListener(
        'message',
        ({ data }: MessageEvent<Reply<'loadNetworks'>>) => {
          const { checked, error, result } = data;
          if (checked) onChecked(checked);
          if (error) settle(fromWire(error));
          if (result) settle();
        },
        { signal },
      );
      const crashed = () => settle('crashed');
      worker.addEventListener('error', crashed, { signal });
      worker.addEventListener('messageerror', crashed, { signal });
    });
    const question: Question<'loadNetworks'> = { kind: 'loadNetworks', job: choice, environment };
    worker.postMessage(question);
  }

  isFor({ model, provider }: Pick<NetworkChoice, 'model' | 'provider'>): boolean {
    return this.choice.model === model && this.choice.provider === provider;
  }
}
