const name = 'cranioplasty-inference';

/**
 * Starts the inference worker. The bundler recognises the second form and builds the worker from it.
 * @param url where the worker's script is, for hosts that keep it elsewhere than beside the bundle
 */
export function createInferenceWorker(url?: string): Worker {
  if (url !== undefined) return new Worker(url, { type: 'module', name });
  return new Worker(new URL('./inferenceWorker.ts', import.meta.url), {
    type: 'module',
    name: 'cranioplasty-inference',
  });
}
