import { parentPort } from 'node:worker_threads';
import { carryOut } from '../../extension/src/engine/crew/carryOut.ts';
import type { Order } from '../../extension/src/engine/crew/Crew.ts';

/** What a thread of `openCrew` does. */
parentPort?.on('message', (order: Order) =>
  carryOut(order, (answer) => parentPort?.postMessage(answer)),
);
