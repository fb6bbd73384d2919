import { defaultModel, shippedModels } from './models.ts';
import {
  browserProviders,
  type BrowserProvider,
  type WorkerEnvironment,
} from './worker/protocol.ts';

/** What the application's configuration and the address of the page decide. */
export interface Configuration {
  /** Folder of the model that runs where the user chooses no other. */
  readonly model: string;
  /** Folders of the models to choose from, as far as the site has them; `model` is the first. */
  readonly models: readonly string[];
  readonly environment: WorkerEnvironment;
  /** Address of the worker's script, if it does not lie beside the bundle. */
  readonly workerUrl?: string;
  /** Absent: all, best first. */
  readonly providers?: readonly BrowserProvider[];
}

/**
 * Reads `extensions: [['@cranioplasty/extension', { model, models, modelsUrl, runtimeUrl, workerUrl,
 * providers }]]` of the application's configuration. `?cranioplastyProvider=wasm` in the page's address chooses a
 * single provider, for comparisons and support.
 */
export function readConfiguration(
  given: Readonly<Record<string, unknown>> = {},
  page: URL = new URL(globalThis.location.href),
): Configuration {
  const publicUrl = (globalThis as { PUBLIC_URL?: unknown }).PUBLIC_URL;
  const root = new URL(typeof publicUrl === 'string' ? publicUrl : '/', page.origin);
  const folder = (value: unknown, fallback: string) =>
    new URL(typeof value === 'string' ? value : fallback, root).href.replace(/\/?$/, '/');
  const asked = page.searchParams.get('cranioplastyProvider');
  const listed = asked ? [asked] : Array.isArray(given['providers']) ? given['providers'] : [];
  const providers = browserProviders.filter((provider) => listed.includes(provider));
  const model = typeof given['model'] === 'string' ? given['model'] : defaultModel;
  const offered: readonly unknown[] = Array.isArray(given['models'])
    ? given['models']
    : shippedModels;
  const folders = offered.filter((folder) => typeof folder === 'string');
  return {
    model,
    models: [...new Set([model, ...folders])],
    environment: {
      modelsUrl: folder(given['modelsUrl'], 'models/'),
      runtimeUrl: given['runtimeUrl'] === undefined ? undefined : folder(given['runtimeUrl'], ''),
      // Whoever names the provider wants it even where it is emulated.
      allowSoftwareAdapter: asked === 'webgpu',
    },
    workerUrl:
      typeof given['workerUrl'] === 'string' ? new URL(given['workerUrl'], root).href : undefined,
    providers: providers.length > 0 ? providers : undefined,
  };
}
