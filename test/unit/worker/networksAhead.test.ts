import { describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import type { BrowserProvider } from '../../../extension/src/worker/protocol.ts';
import {
  clientOf as clientOfAny,
  never,
  smallMask,
  smallReconstruction,
  type FakeWorker,
  type Script,
} from './fakes.ts';

const request = { skull: smallMask(), model: 'lite' };

/** Loads and runs whatever it is asked for. */
const works: Script = (job) =>
  job.kind === 'loadNetworks'
    ? { provider: job.provider, description: 'test' }
    : smallReconstruction();

const clientOf = (script: Script, providers: readonly BrowserProvider[] = ['webgpu', 'wasm']) =>
  clientOfAny(script, providers);

const kinds = (workers: readonly FakeWorker[]) =>
  workers.map(({ jobs }) => jobs.map(({ kind }) => kind));

describe('networks that are loaded ahead', () => {
  it('are run where they lie, once', async () => {
    const { client, workers } = clientOf(works);
    await client.loadAhead('lite');
    await client.reconstruct(request);
    expect(kinds(workers)).toEqual([['loadNetworks', 'reconstruct']]);
    expect(workers[0].terminated).toBe(true);
    await client.reconstruct(request);
    expect(kinds(workers)).toEqual([['loadNetworks', 'reconstruct'], ['reconstruct']]);
  });

  it('are loaded once for each run', async () => {
    const { client, workers } = clientOf(works);
    await client.loadAhead('lite');
    await client.loadAhead('lite');
    expect(workers).toHaveLength(1);
    await client.reconstruct(request);
    await client.loadAhead('lite');
    expect(kinds(workers)).toEqual([['loadNetworks', 'reconstruct'], ['loadNetworks']]);
  });

  it('are waited for by a run, which says so', async () => {
    let loaded: (() => void) | undefined;
    const { client, workers } = clientOf((job, worker) => {
      if (job.kind !== 'loadNetworks') return works(job, worker);
      const report = { provider: job.provider, description: 'test' };
      return new Promise((resolve) => (loaded = () => resolve(report)));
    });
    void client.loadAhead('lite');
    const onProgress = vi.fn();
    const run = client.reconstruct({ ...request, onProgress });
    expect(client.busy).toBe(true);
    expect(onProgress).toHaveBeenCalledWith({ stage: 'load-model', fraction: 0 });
    await vi.waitFor(() => expect(loaded).toBeDefined());
    loaded?.();
    await run;
    expect(kinds(workers)).toEqual([['loadNetworks', 'reconstruct']]);
  });

  it('are those of the next provider where the best one is missing, and the run knows', async () => {
    const { client, workers } = clientOf((job, worker) => {
      if ('provider' in job && job.provider === 'webgpu')
        throw new CranioplastyError('no-provider', 'no GPU');
      return works(job, worker);
    });
    await client.loadAhead('lite');
    const { warnings } = await client.reconstruct(request);
    expect(kinds(workers)).toEqual([['loadNetworks'], ['loadNetworks', 'reconstruct']]);
    expect(warnings.map(({ code }) => code)).toContain('fell-back');
  });

  it('make way for a run of another model', async () => {
    const { client, workers } = clientOf(works);
    await client.loadAhead('lite');
    await client.reconstruct({ ...request, model: 'ct-lite' });
    expect(kinds(workers)).toEqual([['loadNetworks'], ['reconstruct']]);
    expect(workers[0].terminated).toBe(true);
  });

  it.each(['model-unavailable', 'inference-failed'] as const)(
    'leave it to the run to tell what is wrong: %s',
    async (code) => {
      const { client, workers } = clientOf(() => {
        throw new CranioplastyError(code, 'That is wrong.');
      }, ['wasm']);
      await client.loadAhead('lite');
      expect(workers[0].terminated).toBe(true);
      await expect(client.reconstruct(request)).rejects.toMatchObject({ code });
    },
  );

  it('do not hold a run up whose worker crashed', async () => {
    const { client, workers } = clientOf((job, worker) =>
      job.kind === 'loadNetworks' ? never() : works(job, worker),
    );
    void client.loadAhead('lite');
    const run = client.reconstruct(request);
    workers[0].crash('out of memory');
    await run;
    expect(workers).toHaveLength(2);
  });

  it('end with the run that waits for them, not to come back before another, and with the mode', async () => {
    const { client, workers } = clientOf(never);
    void client.loadAhead('lite');
    const run = client.reconstruct(request);
    client.cancel();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(client.busy).toBe(false);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true]);
    await client.loadAhead('lite');
    expect(workers).toHaveLength(1);

    const other = clientOf(never);
    void other.client.loadAhead('lite');
    other.client.dispose();
    expect(other.workers[0].terminated).toBe(true);
    await other.client.loadAhead('lite');
    expect(other.workers).toHaveLength(1);
  });
});
