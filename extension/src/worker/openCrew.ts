import type { Answer, Helper, Order } from '../engine/crew/Crew.ts';
import { Crew, mostThreads } from '../engine/crew/Crew.ts';
import { isolated } from './isolated.ts';
import type { WorkerEnvironment } from './protocol.ts';

/** By its name a worker knows what it is for: all run the same script, which hosts may keep wherever they like. */
export const helperName = 'cranioplasty-helper';

/**
 * Threads of this worker's own script, as many as there are cores; none where pages may not share memory or a host lets
 * no worker start another.
 */
export function openCrew({ threads }: WorkerEnvironment): Crew {
  const wanted = Math.min(threads ?? globalThis.navigator?.hardwareConcurrency ?? 1, mostThreads);
  const beside = isolated() ? wanted - 1 : 0;
  try {
    return new Crew(Array.from({ length: Math.max(0, beside) }, startHelper));
  } catch {
    return new Crew();
  }
}

function startHelper(): Helper {
  const worker = new Worker(globalThis.location.href, { type: 'module', name: helperName });
  return {
    give: (order: Order) => worker.postMessage(order),
    listen: (onAnswer, onLost) => {
      worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => onAnswer(data));
      worker.addEventListener('error', onLost);
      worker.addEventListener('messageerror', onLost);
    },
    end: () => worker.terminate(),
  };
}
