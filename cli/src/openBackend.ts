import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import { checkModel, type LoadedModel } from '../../extension/src/engine/cascade/model.ts';
import type { InferenceBackend } from '../../extension/src/engine/cascade/backend.ts';
import { NodeBackend } from './nodeBackend.ts';

export const providers = ['auto', 'webgpu', 'cpu', 'wasm'] as const;
export type ProviderChoice = (typeof providers)[number];

/**
 * Whether this machine has a GPU. On Linux, Dawn takes a software renderer without telling, which is
 * slower than the CPU provider, so the kernel has to show a GPU first; elsewhere there always is one.
 */
export function hasGpu(): boolean {
  if (process.platform !== 'linux') return true;
  if (existsSync('/dev/nvidia0')) return true;
  return existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => /^renderD/.test(name));
}

/**
 * Opens a provider, loads the model into it and runs the golden check.
 *
 * @param choice `auto` is WebGPU where there is a GPU on which the model passes, else the CPU
 * @param onFallback told in one sentence why `auto` did not take the GPU
 * @param threads of the providers that compute on the CPU
 * @throws CranioplastyError `no-provider` for WebGPU without a GPU, `inference-failed`
 */
export async function openBackend(
  choice: ProviderChoice,
  model: LoadedModel,
  onFallback: (message: string) => void,
  threads = availableParallelism(),
): Promise<InferenceBackend> {
  if (choice === 'auto') {
    if (!hasGpu()) return openBackend('cpu', model, onFallback, threads);
    try {
      return await openBackend('webgpu', model, onFallback, threads);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onFallback(`The GPU could not be used and the CPU runs instead: ${reason}`);
      return openBackend('cpu', model, onFallback, threads);
    }
  }
  if (choice === 'webgpu' && !hasGpu() && !process.env['VK_ICD_FILENAMES']) {
    throw new CranioplastyError(
      'no-provider',
      'This machine has no GPU that can be used: choose --provider cpu.',
    );
  }
  const backend = await NodeBackend.create(choice, threads);
  try {
    await checkModel(model, backend);
  } catch (error) {
    await backend.release();
    throw error;
  }
  return backend;
}
