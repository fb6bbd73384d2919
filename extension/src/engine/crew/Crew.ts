/**
 * Room `crew`: work that threads beside take off the caller, by memory that all of them share. Whoever is free first does
 * a task, the caller as well, and without threads all is done by the caller: the result is the same to the last bit.
 */

import type { Tasks } from './tasks.ts';
import { tasks } from './tasks.ts';

/** More threads than this gain nothing: the longest part of the work is one task. */
export const mostThreads = 4;

/** What a helper is told. */
export interface Order<Kind extends keyof Tasks = keyof Tasks> {
  readonly id: number;
  readonly kind: Kind;
  readonly input: Tasks[Kind]['input'];
  /** One number in shared memory: 1 once somebody does it. */
  readonly taken: Int32Array;
}

/** Whether nobody has begun a task; then it is begun. */
export const isFirst = (taken: Int32Array): boolean =>
  Atomics.compareExchange(taken, 0, 0, 1) === 0;

/** What it answers, if it did the task. */
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failed: true };

/** A thread beside, which calls `carryOut` for each order. */
export interface Helper {
  give(order: Order): void;
  /** @param onLost called when no more answers are to be expected */
  listen(onAnswer: (answer: Answer) => void, onLost: () => void): void;
  /** Ends the thread. */
  end(): void;
}

/** A task that somebody does. */
export interface Handed<T> {
  /** Does it here and now, unless somebody has begun it. */
  help(): void;
  /** Its result, done here if nobody has begun it or who has was lost. */
  done(): Promise<T>;
  /** Nobody needs it any more. */
  drop(): void;
}

/** Threads that share memory with the caller; none of them in the crew of one. */
export class Crew {
  private readonly waiting = new Map<number, (answer?: Answer) => void>();
  private readonly helpers = new Set<Helper>();
  private last = 0;

  constructor(helpers: Iterable<Helper> = []) {
    for (const helper of helpers) {
      this.helpers.add(helper);
      helper.listen(
        (answer) => this.settle(answer.id, answer),
        () => this.lose(helper),
      );
    }
  }

  /** How many threads there are, the caller's own included. */
  get size(): number {
    return 1 + this.helpers.size;
  }

  /** Memory for what tasks read and fill in; it is zero. */
  room(bytes: number): ArrayBuffer | SharedArrayBuffer {
    return this.helpers.size > 0 ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  }

  /** An array in memory that all share: a copy where there are threads beside. */
  share<T extends Float32Array | Float64Array | Int8Array | Uint8Array>(array: T): T {
    if (this.helpers.size === 0 || array.buffer instanceof SharedArrayBuffer) return array;
    const Kind = array.constructor as new (room: ArrayBufferLike) => T;
    const shared = new Kind(this.room(array.byteLength));
    shared.set(array);
    return shared;
  }

  /**
   * Hands out a task.
   * @param input its large arrays lie in shared memory: everything else is copied for each helper
   */
  hand<Kind extends keyof Tasks>(
    kind: Kind,
    input: Tasks[Kind]['input'],
  ): Handed<Tasks[Kind]['result']> {
    type Result = Tasks[Kind]['result'];
    let result: Promise<Result> | undefined;
    const here = async (): Promise<Result> => tasks[kind](input);
    if (this.helpers.size === 0) {
      const done = () => (result ??= here());
      return { help: () => void done().catch(() => undefined), done, drop: () => undefined };
    }
    const id = ++this.last;
    const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const answered = new Promise<Answer | undefined>((settle) => this.waiting.set(id, settle));
    for (const helper of this.helpers) helper.give({ id, kind, input, taken });
    const forget = () => this.waiting.delete(id);
    const elsewhere = async (): Promise<Result> => {
      const answer = await answered;
      return answer && 'result' in answer ? (answer.result as Result) : here();
    };
    const begin = (): void => {
      if (result || !isFirst(taken)) return;
      forget();
      result = here();
      result.catch(() => undefined);
    };
    return {
      help: begin,
      done: () => {
        begin();
        return (result ??= elsewhere());
      },
      drop: () => {
        if (isFirst(taken)) forget();
      },
    };
  }

  /** Ends all threads beside; the caller does what is left. */
  close(): void {
    for (const helper of [...this.helpers]) {
      this.lose(helper);
      helper.end();
    }
  }

  private lose(helper: Helper): void {
    this.helpers.delete(helper);
    // What it had begun is not known, and doing a task twice does no harm.
    for (const id of [...this.waiting.keys()]) this.settle(id);
  }

  private settle(id: number, answer?: Answer): void {
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }
}

/** Helps with tasks until all are begun, and waits for them. */
export function allDone<T>(handed: readonly Handed<T>[]): Promise<T[]> {
  for (const task of handed) task.help();
  return Promise.all(handed.map((task) => task.done()));
}

/** [0, count) in about as many parts. */
export function slabs(count: number, parts: number): { from: number; to: number }[] {
  const at = (n: number): number => Math.round((count * n) / parts);
  return Array.from({ length: parts }, (_, n) => ({ from: at(n), to: at(n + 1) })).filter(
    ({ from, to }) => to > from,
  );
}
