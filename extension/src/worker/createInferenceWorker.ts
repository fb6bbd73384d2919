/** Starts the inference worker. The bundler recognises this very form and builds the worker from it. */
export function createInferenceWorker(): Worker {
  return new Worker(new URL('./inferenceWorker.ts', import.meta.url), {
    type: 'module',
    name: 'cranioplasty-inference',
  });
}
