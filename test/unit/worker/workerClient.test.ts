import { describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { identityTransform } from '../../../extension/src/engine/space/transform.ts';
import { WorkerClient } from '../../../extension/src/worker/WorkerClient.ts';
import type { BrowserProvider } from '../../../extension/src/worker/protocol.ts';
import {
  clientOf,
  FakeWorker,
  never,
  smallMask,
  smallReconstruction,
  smallRehearsal,
  type Job,
} from './fakes.ts';

const environment = { modelsUrl: 'http://localhost/models/' };

function providerOf(job: Job): BrowserProvider | undefined {
  return job.kind === 'reconstruct' || job.kind === 'rehearse' ? job.provider : undefined;
}

/** Long enough for a message to come through. */
const arrival = () => new Promise((resolve) => setTimeout(resolve, 20));

const request = () => ({ skull: smallMask(), model: 'lite' });

describe('WorkerClient', () => {
  it('tells progress and provider, and resolves with the reconstruction', async () => {
    const { client } = clientOf((_job, worker) => {
      worker.reply({ provider: { provider: 'webgpu', description: 'test GPU' } });
      worker.reply({ progress: { stage: 'fine', fraction: 0.5, window: { done: 1, total: 2 } } });
      return smallReconstruction();
    });
    const onProgress = vi.fn();
    const onProvider = vi.fn();
    const result = await client.reconstruct({ ...request(), onProgress, onProvider });
    expect(result.warnings.map((w) => w.code)).toEqual(['several-defects']);
    expect(onProgress).toHaveBeenCalledWith({
      stage: 'fine',
      fraction: 0.5,
      window: { done: 1, total: 2 },
    });
    expect(onProvider).toHaveBeenCalledWith({ provider: 'webgpu', description: 'test GPU' });
    expect(client.busy).toBe(false);
  });

  it('lets go of the memory of a run with its worker', async () => {
    const { client, workers } = clientOf(smallReconstruction);
    await client.reconstruct(request());
    expect(workers[0].terminated).toBe(true);
    await client.reconstruct(request());
    expect(workers).toHaveLength(2);
  });

  it('remembers for the page what was checked, and forgets it when that provider fails', async () => {
    const checked = new Set<string>();
    const asked: string[][] = [];
    let fails = false;
    const visit = () =>
      new WorkerClient({
        environment,
        providers: ['webgpu', 'wasm'],
        checked,
        createWorker: () =>
          new FakeWorker((job, worker) => {
            if (job.kind !== 'reconstruct') return never();
            asked.push([...job.checked]);
            if (fails && job.provider === 'webgpu')
              throw new CranioplastyError('device-lost', 'The GPU was lost.');
            worker.reply({ checked: `${job.provider}: device: abc` });
            return smallReconstruction();
          }),
      });
    await visit().reconstruct(request());
    // Another visit of the mode has another client.
    await visit().reconstruct(request());
    fails = true;
    await visit().reconstruct(request());
    expect(asked).toEqual([[], ['webgpu: device: abc'], ['webgpu: device: abc'], []]);
    expect([...checked]).toEqual(['wasm: device: abc']);
  });

  it('rehearses on the next provider when one fails', async () => {
    const seen: Job[] = [];
    const { client } = clientOf((job) => {
      seen.push(job);
      if (providerOf(job) === 'webgpu') {
        throw new CranioplastyError('device-lost', 'The GPU was lost.');
      }
      return smallRehearsal();
    });
    const onFallBack = vi.fn();
    const about = { patch: smallMask(), toCanonical: identityTransform };
    const rehearsal = await client.rehearse({ ...request(), ...about, onFallBack });
    expect(rehearsal).toEqual(smallRehearsal());
    expect(onFallBack).toHaveBeenCalledWith(expect.objectContaining({ code: 'fell-back' }));
    expect(seen.map(providerOf)).toEqual(['webgpu', 'wasm-threads']);
    expect(seen[1]).toMatchObject({ kind: 'rehearse', ...about });
  });

  it('keeps the skull on the page', async () => {
    const { client } = clientOf(smallReconstruction);
    const skull = smallMask();
    await client.reconstruct({ skull, model: 'lite' });
    expect(skull.data.length).toBe(24);
  });

  it('carries the code and the message of an error across', async () => {
    const { client } = clientOf(() => {
      throw new CranioplastyError('no-defect', 'The skull has no defect.');
    });
    await expect(client.reconstruct(request())).rejects.toMatchObject({
      code: 'no-defect',
      message: 'The skull has no defect.',
    });
  });

  it.each(['inference-failed', 'device-lost', 'no-provider'] as const)(
    'falls back on %s in a fresh worker, and says so',
    async (code) => {
      const { client, workers } = clientOf((job) => {
        if (providerOf(job) === 'webgpu') throw new CranioplastyError(code, 'broken');
        return smallReconstruction();
      });
      const onFallBack = vi.fn();
      const result = await client.reconstruct({ ...request(), onFallBack });
      expect(workers.map((w) => w.jobs.map(providerOf))).toEqual([['webgpu'], ['wasm-threads']]);
      expect(workers[0].terminated).toBe(true);
      expect(result.warnings.map((w) => w.code)).toEqual(['fell-back', 'several-defects']);
      expect(onFallBack).toHaveBeenCalledOnce();
      expect(result.warnings[0].message).toContain('WebGPU');
    },
  );

  it('does not try a provider again that computes wrongly, and still says so', async () => {
    const { client, workers } = clientOf((job) => {
      if (providerOf(job) === 'webgpu') {
        throw new CranioplastyError('inference-failed', 'wrong golden output');
      }
      return smallReconstruction();
    });
    await client.reconstruct(request());
    const second = await client.reconstruct(request());
    expect(workers.flatMap((w) => w.jobs.map(providerOf))).toEqual([
      'webgpu',
      'wasm-threads',
      'wasm-threads',
    ]);
    expect(second.warnings[0].code).toBe('fell-back');
  });

  it('tries a GPU again that was lost', async () => {
    let losses = 1;
    const { client } = clientOf((job) => {
      if (providerOf(job) === 'webgpu' && losses-- > 0) {
        throw new CranioplastyError('device-lost', 'gone');
      }
      return smallReconstruction();
    });
    await client.reconstruct(request());
    const second = await client.reconstruct(request());
    expect(second.warnings.map((w) => w.code)).toEqual(['several-defects']);
  });

  it('does not fall back on errors that no provider can help', async () => {
    const { client, workers } = clientOf(() => {
      throw new CranioplastyError('model-tampered', 'wrong hash');
    });
    await expect(client.reconstruct(request())).rejects.toMatchObject({ code: 'model-tampered' });
    expect(workers.flatMap((w) => w.jobs)).toHaveLength(1);
  });

  it('says clearly that nothing works when the last provider fails', async () => {
    const { client } = clientOf(() => {
      throw new CranioplastyError('no-provider', 'no reason');
    });
    const error = await client.reconstruct(request()).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'no-provider' });
    expect((error as Error).message).toMatch(/use a current/);
  });

  it('cancels by terminating the worker, ignores what still arrives, and can start again', async () => {
    const { client, workers } = clientOf(() =>
      workers.length > 1 ? smallReconstruction() : never(),
    );
    const onProgress = vi.fn();
    const run = client.reconstruct({ ...request(), onProgress });
    await Promise.resolve();
    expect(client.busy).toBe(true);
    client.cancel();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(workers[0].terminated).toBe(true);
    workers[0].reply({ progress: { stage: 'fine', fraction: 0.9 } });
    await arrival();
    expect(onProgress).not.toHaveBeenCalled();
    await expect(client.reconstruct(request())).resolves.toBeDefined();
    expect(workers).toHaveLength(2);
  });

  it('takes a worker that dies in mid-run for a failed provider', async () => {
    const { client, workers } = clientOf((job, worker) => {
      if (providerOf(job) === 'webgpu') {
        worker.reply({ progress: { stage: 'align', fraction: 0.1 } });
        void arrival().then(() => worker.crash('out of memory'));
        return never();
      }
      return smallReconstruction();
    });
    const result = await client.reconstruct(request());
    expect(result.warnings[0].code).toBe('fell-back');
    expect(workers[0].terminated).toBe(true);
  });

  it('says that the program could not be loaded when the worker never starts', async () => {
    const { client, workers } = clientOf((_job, worker) => {
      worker.crash('404');
      return never();
    });
    await expect(client.reconstruct(request())).rejects.toMatchObject({
      code: 'model-unavailable',
    });
    expect(workers).toHaveLength(1);
  });

  it('says that the computation stopped when a message cannot be read', async () => {
    const { client, workers } = clientOf(
      async (_job, worker) => {
        worker.reply({ progress: { stage: 'align', fraction: 0.1 } });
        await arrival();
        worker.dispatchEvent(new Event('messageerror'));
        return never();
      },
      ['wasm'],
    );
    await expect(client.reconstruct(request())).rejects.toMatchObject({
      code: 'inference-failed',
      message: expect.stringContaining('lack of memory'),
    });
    expect(workers[0].terminated).toBe(true);
  });

  it('hands the CT over, copies masks, and keeps the worker until it rests', async () => {
    const { client, workers } = clientOf((job) =>
      job.kind === 'surface' ? smallReconstruction().skullMesh : smallMask(),
    );
    const ct = { grid: smallMask().grid, data: new Int16Array(24) };
    const mask = smallMask();
    await expect(client.segmentBone(ct, 250)).resolves.toEqual(smallMask());
    await expect(client.ask('surface', { mask })).resolves.toEqual(smallReconstruction().skullMesh);
    expect(workers[0].jobs).toMatchObject([
      { kind: 'segmentBone', threshold: 250, ct: { data: new Int16Array(24) } },
      { kind: 'surface', mask },
    ]);
    expect([ct.data.length, mask.data.length]).toEqual([0, 24]);
    expect(workers[0].terminated).toBe(false);
    client.rest();
    expect(workers[0].terminated).toBe(true);
  });

  it('refuses a job that cannot be sent, and takes the next', async () => {
    const { client } = clientOf(() => smallReconstruction().skullMesh);
    const notToCopy = { ...smallMask(), read: () => undefined };
    await expect(client.ask('surface', { mask: notToCopy })).rejects.toMatchObject({
      code: 'inference-failed',
      message: expect.stringContaining('lack of memory'),
    });
    await expect(client.ask('surface', { mask: smallMask() })).resolves.toBeDefined();
  });

  it('lets no late answer of an ended worker end the next job', async () => {
    const { client, workers } = clientOf(never);
    const first = client.reconstruct(request());
    client.cancel();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    const second = client.reconstruct(request());
    workers[0].reply({ result: smallReconstruction() });
    await arrival();
    expect(client.busy).toBe(true);
    client.cancel();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('runs one job at a time', async () => {
    const { client } = clientOf(never);
    const first = client.reconstruct(request());
    await expect(
      client.segmentBone({ ...smallMask(), data: new Int16Array(24) }),
    ).rejects.toMatchObject({ code: 'bad-usage' });
    client.cancel();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('stops the run when the mode is left, and starts none after', async () => {
    const { client, workers } = clientOf(never);
    const run = client.reconstruct(request());
    client.dispose();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(workers[0].terminated).toBe(true);
    await expect(client.reconstruct(request())).rejects.toMatchObject({ code: 'cancelled' });
    expect(workers).toHaveLength(1);
  });
});
