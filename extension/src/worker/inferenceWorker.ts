import { CachedModelSource } from './CachedModelSource.ts';
import { carryOut } from '../engine/crew/carryOut.ts';
import type { Crew, Order } from '../engine/crew/Crew.ts';
import type { Atlas } from '../engine/pose/atlas.ts';
import { engine, type Engine } from './engine.ts';
import { OrtWebBackend } from './OrtWebBackend.ts';
import { helperName, openCrew } from './openCrew.ts';
import type { Question } from './protocol.ts';
import { buffersOf, runJob } from './runJob.ts';

/**
 * Entry point of the dedicated worker: the whole engine runs here, off the page's main thread. It starts itself once more
 * for each thread that helps.
 */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

/** The free atlas, read once: every measuring of a shape wants it. A model brings the one that it was made with. */
let atlas: Promise<Atlas> | undefined;
const ownEngine: Engine = {
  ...engine,
  loadAtlas: (source) => {
    atlas ??= engine.loadAtlas(source).catch((error: unknown) => {
      atlas = undefined;
      throw error;
    });
    return atlas;
  },
};

const ahead = {};
let crew: Crew | undefined;

/** One job at a time, and what one leaves the next may find. */
function serveJobs(): void {
  scope.addEventListener('message', ({ data }: MessageEvent<Question>) => {
    void runJob(data, {
      engine: ownEngine,
      ahead,
      openBackend: (provider, environment) => OrtWebBackend.open(provider, environment),
      modelSource: (folder) => new CachedModelSource(folder),
      openCrew: (environment) => (crew ??= openCrew(environment)),
      post: (reply, transfer = []) => scope.postMessage(reply, transfer),
    });
  });
}

/** Parts of another worker's job. */
function serveOrders(): void {
  scope.addEventListener('message', ({ data }: MessageEvent<Order>) =>
    carryOut(data, (answer) => scope.postMessage(answer, buffersOf(answer))),
  );
}

if (scope.name === helperName) serveOrders();
else serveJobs();
