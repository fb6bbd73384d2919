import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Answer, Helper } from '../../extension/src/engine/crew/Crew.ts';
import { Crew, mostThreads } from '../../extension/src/engine/crew/Crew.ts';

/**
 * Threads that share the work of a reconstruction. The process goes on until they are closed.
 * @param threads in all, this one included
 */
export function openCrew(threads = availableParallelism()): Crew {
  return new Crew(Array.from({ length: Math.min(threads, mostThreads) - 1 }, startHelper));
}

function startHelper(): Helper {
  const worker = new Worker(new URL('../bin/helper.mjs', import.meta.url));
  return {
    give: (order) => worker.postMessage(order),
    listen: (onAnswer, onLost) => {
      worker.on('message', (answer: Answer) => onAnswer(answer));
      worker.on('error', onLost);
      worker.on('exit', onLost);
    },
    end: () => void worker.terminate(),
  };
}
