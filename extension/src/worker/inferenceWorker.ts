import { CachedModelSource } from './CachedModelSource.ts';
import { engine } from './engine.ts';
import { OrtWebBackend } from './OrtWebBackend.ts';
import type { Question } from './protocol.ts';
import { runJob } from './runJob.ts';

/** Entry point of the dedicated worker: the whole engine runs here, off the page's main thread. */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

scope.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  void runJob(data, {
    engine,
    openBackend: (provider, environment) => OrtWebBackend.open(provider, environment),
    modelSource: (folder) => new CachedModelSource(folder),
    post: (reply, transfer = []) => scope.postMessage(reply, transfer),
  });
});
