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

/** Loads, makes ready and runs whatever it is asked for. */
const works: Script = (job) => {
  if (job.kind === 'loadNetworks') return { provider: job.provider, description: 'test' };
  if (job.kind === 'prepareSkull') return { skullId: job.skullId };
  return smallReconstruction();
};

/** A skull that may be run soon. */
const skullAhead = (id = 'one') => ({
  id,
  alternative: 'expected' as const,
  voxels: () => 24,
  read: async () => smallMask(),
});

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

describe('a skull that is made ready ahead', () => {
  it('is given to the worker that has the networks, and runs there', async () => {
    const { client, workers } = clientOf(works);
    await client.loadAhead('lite', skullAhead());
    await client.reconstruct({ ...request, skullId: 'one' });
    expect(kinds(workers)).toEqual([['loadNetworks', 'prepareSkull', 'reconstruct']]);
    expect(workers[0].jobs[1]).toMatchObject({ skullId: 'one', alternative: 'expected' });
    expect(workers[0].jobs[2]).toMatchObject({ skullId: 'one' });
  });

  it('is waited for by its run, which shows how far it is', async () => {
    let ready: (() => void) | undefined;
    const { client, workers } = clientOf((job, worker) => {
      if (job.kind !== 'prepareSkull') return works(job, worker);
      worker.reply({ progress: { stage: 'align', fraction: 0.05 } });
      return new Promise((resolve) => (ready = () => resolve({ skullId: job.skullId })));
    });
    await client.loadAhead('lite', skullAhead());
    await vi.waitFor(() => expect(ready).toBeDefined());
    const onProgress = vi.fn();
    const run = client.reconstruct({ ...request, skullId: 'one', onProgress });
    await vi.waitFor(() =>
      expect(onProgress).toHaveBeenLastCalledWith({ stage: 'align', fraction: 0.05 }),
    );
    workers[0].reply({ progress: { stage: 'resample', fraction: 0.12 } });
    await vi.waitFor(() =>
      expect(onProgress).toHaveBeenLastCalledWith({ stage: 'resample', fraction: 0.12 }),
    );
    ready?.();
    await run;
    expect(kinds(workers)).toEqual([['loadNetworks', 'prepareSkull', 'reconstruct']]);
  });

  it('does not hold up a run of another one', async () => {
    const { client, workers } = clientOf((job, worker) =>
      job.kind === 'prepareSkull' ? never() : works(job, worker),
    );
    await client.loadAhead('lite', skullAhead());
    await client.reconstruct({ ...request, skullId: 'two' });
    expect(kinds(workers)).toEqual([['loadNetworks', 'prepareSkull'], ['reconstruct']]);
    expect(workers[0].terminated).toBe(true);
  });

  it('does not come after a run that took the networks first', async () => {
    const { client, workers } = clientOf(works);
    let read: ((skull: ReturnType<typeof smallMask>) => void) | undefined;
    const slow = {
      ...skullAhead(),
      read: () => new Promise<ReturnType<typeof smallMask>>((resolve) => (read = resolve)),
    };
    const ahead = client.loadAhead('lite', slow);
    await vi.waitFor(() => expect(read).toBeDefined());
    await client.reconstruct({ ...request, skullId: 'one' });
    read?.(smallMask());
    await ahead;
    expect(kinds(workers)).toEqual([['loadNetworks', 'reconstruct']]);
  });

  it('is not made ready where it is so large that memory is short', async () => {
    const { client, workers } = clientOf(works);
    const read = vi.fn(async () => smallMask());
    await client.loadAhead('lite', { ...skullAhead(), voxels: () => 512 * 512 * 600, read });
    expect(kinds(workers)).toEqual([['loadNetworks']]);
    expect(read).not.toHaveBeenCalled();
  });

  it('leaves the networks to the run where it cannot be read or made ready', async () => {
    const unread = clientOf(works);
    const bad = { ...skullAhead(), read: async () => Promise.reject(new Error('gone')) };
    await expect(unread.client.loadAhead('lite', bad)).rejects.toThrow('gone');
    await unread.client.reconstruct({ ...request, skullId: 'one' });
    expect(kinds(unread.workers)).toEqual([['loadNetworks', 'reconstruct']]);

    const refused = clientOf((job, worker) => {
      if (job.kind !== 'prepareSkull') return works(job, worker);
      throw new CranioplastyError('empty-skull', 'There is no bone.');
    });
    await refused.client.loadAhead('lite', skullAhead());
    await refused.client.reconstruct({ ...request, skullId: 'one' });
    expect(kinds(refused.workers)).toEqual([['loadNetworks', 'prepareSkull', 'reconstruct']]);
  });

  it('ends with the run that waits for it', async () => {
    const { client, workers } = clientOf((job, worker) =>
      job.kind === 'prepareSkull' ? never() : works(job, worker),
    );
    await client.loadAhead('lite', skullAhead());
    const run = client.reconstruct({ ...request, skullId: 'one' });
    client.cancel();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(workers.map(({ terminated }) => terminated)).toEqual([true]);
  });
});

describe('small networks that a worker kept after a run', () => {
  /** As `works`, and says that it keeps them. */
  const keeps: Script = async (job, worker) => {
    const result = await works(job, worker);
    worker.keeps = true;
    return result;
  };

  it('serve the next run, and are those that are loaded ahead of it', async () => {
    const { client, workers } = clientOf(keeps);
    await client.reconstruct(request);
    await client.reconstruct(request);
    await client.loadAhead('lite', skullAhead());
    await client.reconstruct({ ...request, skullId: 'one' });
    expect(kinds(workers)).toEqual([
      ['reconstruct', 'reconstruct', 'loadNetworks', 'prepareSkull', 'reconstruct'],
    ]);
    expect(workers[0].terminated).toBe(false);
    client.dispose();
    expect(workers[0].terminated).toBe(true);
  });

  it('end with their worker when another model is wanted', async () => {
    const { client, workers } = clientOf(keeps);
    await client.reconstruct(request);
    await client.reconstruct({ ...request, model: 'ct-lite' });
    await client.loadAhead('lite');
    expect(kinds(workers)).toEqual([['reconstruct'], ['reconstruct'], ['loadNetworks']]);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, true, false]);
  });

  it('end with a run that is stopped', async () => {
    const { client, workers } = clientOf(keeps);
    await client.reconstruct(request);
    client.cancel();
    expect(workers[0].terminated).toBe(true);
  });
});
