import { CachedModelSource } from './CachedModelSource.ts';
import { engine } from './engine.ts';
import { OrtWebBackend } from './OrtWebBackend.ts';
import { transferables, type Job, type Reply } from './protocol.ts';
import { runJob } from './runJob.ts';

/** Entry point of the dedicated worker: the whole engine runs here, off the page's main thread. */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

function post(reply: Reply): void {
  scope.postMessage(reply, transferables(reply));
}

scope.addEventListener('message', (event: MessageEvent<Job>) => {
  void runJob(event.data, {
    engine,
    openBackend: (provider, environment) => OrtWebBackend.open(provider, environment),
    modelSource: (folder) => new CachedModelSource(folder),
    post,
  });
});
