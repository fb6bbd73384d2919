import type { Answer, Order } from './Crew.ts';
import { isFirst } from './Crew.ts';
import { tasks } from './tasks.ts';

/** What a helper does with an order: the task, unless somebody else has begun it. */
export function carryOut(
  { id, kind, input, taken }: Order,
  answer: (answer: Answer) => void,
): void {
  if (!isFirst(taken)) return;
  try {
    const run = tasks[kind] as (given: typeof input) => unknown;
    answer({ id, result: run(input) });
  } catch {
    // Whoever ordered does it again and tells what is wrong.
    answer({ id, failed: true });
  }
}
