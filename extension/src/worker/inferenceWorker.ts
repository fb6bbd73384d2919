import { CachedModelSource } from './CachedModelSource.ts';
import type { Atlas } from '../engine/pose/atlas.ts';
import { engine, type Engine } from './engine.ts';
import { OrtWebBackend } from './OrtWebBackend.ts';
import type { Question } from './protocol.ts';
import { runJob } from './runJob.ts';

/** Entry point of the dedicated worker: the whole engine runs here, off the page's main thread. */
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

scope.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  void runJob(data, {
    engine: ownEngine,
    ahead,
    openBackend: (provider, environment) => OrtWebBackend.open(provider, environment),
    modelSource: (folder) => new CachedModelSource(folder),
    post: (reply, transfer = []) => scope.postMessage(reply, transfer),
  });
});
