import { describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { identityTransform } from '../../../extension/src/engine/space/transform.ts';
import { transferables, type Reply } from '../../../extension/src/worker/protocol.ts';
import { runJob, type EnginePort } from '../../../extension/src/worker/runJob.ts';
import { fromWire, toWire } from '../../../extension/src/worker/wireError.ts';
import {
  smallComparison,
  smallFitError,
  smallMask,
  smallReconstruction,
  smallRehearsal,
} from './fakes.ts';

const job = {
  kind: 'reconstruct',
  id: 7,
  skull: smallMask(),
  model: 'lite',
  method: 'network',
  provider: 'wasm',
  environment: { modelsUrl: 'http://localhost/models/' },
} as const;

function setting(overrides: Partial<EnginePort<string, string>> = {}) {
  const replies: Reply[] = [];
  const folders: string[] = [];
  const backend = {
    provider: 'wasm' as const,
    report: { provider: 'wasm' as const, description: 'CPU, 1 thread' },
    load: vi.fn(),
    run: vi.fn(),
    release: vi.fn(async () => undefined),
  };
  const engine: EnginePort<string, string> = {
    segmentBone: () => smallMask(),
    maskSurface: () => smallReconstruction().skullMesh,
    measureFitError: () => smallFitError(),
    compareTwo: () => smallComparison(),
    leaveOutPiece: ({ reconstruction }) => reconstruction,
    loadModel: async () => 'model',
    loadAtlas: async () => 'atlas',
    checkModel: vi.fn(async () => undefined),
    reconstruct: async () => smallReconstruction(),
    rehearse: async () => smallRehearsal(),
    ...overrides,
  };
  const surroundings = {
    engine,
    openBackend: vi.fn(async () => backend),
    modelSource: (folder: string) => {
      folders.push(folder);
      return { read: async () => new Uint8Array() };
    },
    post: (reply: Reply) => void replies.push(reply),
  };
  return { surroundings, replies, folders, backend, engine };
}

describe('runJob', () => {
  it('leaves out a piece with the atlas and no backend', async () => {
    const { surroundings, replies } = setting();
    const reconstruction = smallReconstruction();
    const { environment } = job;
    await runJob(
      { kind: 'leave-out-piece', id: 5, reconstruction, piece: 1, environment },
      surroundings,
    );
    expect(replies).toEqual([{ kind: 'reconstruction', id: 5, reconstruction }]);
    expect(surroundings.openBackend).not.toHaveBeenCalled();
  });

  it('compares two shapes with the atlas and no backend, and hands its arrays over', async () => {
    const compareTwo = vi.fn(() => smallComparison());
    const { surroundings, replies } = setting({ compareTwo });
    const masks = { first: smallMask(), second: smallMask() };
    const { environment } = job;
    await runJob(
      { kind: 'compare', id: 4, ...masks, toCanonical: identityTransform, environment },
      surroundings,
    );
    expect(compareTwo).toHaveBeenCalledWith(expect.objectContaining({ ...masks, atlas: 'atlas' }));
    expect(replies.map(({ kind, id }) => [kind, id])).toEqual([['comparison', 4]]);
    expect(transferables(replies[0])).toHaveLength(6);
    expect(surroundings.openBackend).not.toHaveBeenCalled();
  });

  it('judges a fit with the atlas and no backend, and hands its arrays over', async () => {
    const measureFitError = vi.fn(() => smallFitError());
    const { surroundings, replies, folders } = setting({ measureFitError });
    const masks = {
      skull: smallMask(),
      patch: smallMask(),
      implant: smallMask(),
      reference: smallMask(),
    };
    const toCanonical = identityTransform;
    await runJob(
      { kind: 'fit-error', id: 3, ...masks, toCanonical, environment: job.environment },
      surroundings,
    );
    expect(measureFitError).toHaveBeenCalledWith(
      expect.objectContaining({ ...masks, toCanonical, atlas: 'atlas' }),
    );
    expect(folders).toEqual(['http://localhost/models/atlas/']);
    expect(replies.map(({ kind, id }) => [kind, id])).toEqual([['fit-error', 3]]);
    expect(transferables(replies[0])).toHaveLength(7);
    expect(surroundings.openBackend).not.toHaveBeenCalled();
  });

  it('checks the model before it reconstructs, and frees the backend', async () => {
    const order: string[] = [];
    const { surroundings, replies, folders, backend } = setting({
      checkModel: async () => void order.push('check'),
      reconstruct: async ({ onProgress }) => {
        order.push('reconstruct');
        onProgress?.({ stage: 'align', fraction: 0.1 });
        return smallReconstruction();
      },
    });
    await runJob(job, surroundings);
    expect(order).toEqual(['check', 'reconstruct']);
    expect(folders).toEqual(['http://localhost/models/lite/', 'http://localhost/models/atlas/']);
    expect(replies.map((r) => r.kind)).toEqual([
      'progress',
      'provider',
      'progress',
      'reconstruction',
    ]);
    expect(replies.every((r) => r.id === 7)).toBe(true);
    expect(backend.release).toHaveBeenCalledOnce();
  });

  it('frees the backend after a failure and answers with its code', async () => {
    const { surroundings, replies, backend } = setting({
      checkModel: async () => {
        throw new CranioplastyError('inference-failed', 'Wrong golden output.');
      },
    });
    await runJob(job, surroundings);
    expect(replies.at(-1)).toEqual({
      kind: 'failed',
      id: 7,
      error: { code: 'inference-failed', message: 'Wrong golden output.', detail: undefined },
    });
    expect(backend.release).toHaveBeenCalledOnce();
  });

  it('needs neither model nor device for the mirrored baseline', async () => {
    const loadModel = vi.fn(async () => Promise.reject(new Error('There are no models.')));
    const { surroundings, replies, folders } = setting({ loadModel });
    await runJob({ ...job, method: 'mirror' }, surroundings);
    expect(replies.at(-1)?.kind).toBe('reconstruction');
    expect(surroundings.openBackend).not.toHaveBeenCalled();
    expect(folders).toEqual(['http://localhost/models/atlas/']);
  });

  it('rehearses with the same backend and model as it reconstructs, and frees it', async () => {
    const rehearse = vi.fn(async () => smallRehearsal());
    const { surroundings, replies, backend } = setting({ rehearse });
    const about = { skull: smallMask(), patch: smallMask(), toCanonical: identityTransform };
    await runJob({ ...job, ...about, kind: 'rehearse' }, surroundings);
    expect(rehearse).toHaveBeenCalledWith(
      expect.objectContaining({ ...about, model: 'model', atlas: 'atlas', method: 'network' }),
    );
    expect(replies.map((r) => r.kind)).toEqual(['progress', 'provider', 'rehearsal']);
    expect(backend.release).toHaveBeenCalledOnce();
  });

  it('segments bone', async () => {
    const segmentBone = vi.fn(() => smallMask());
    const { surroundings, replies } = setting({ segmentBone });
    const ct = { grid: smallMask().grid, data: new Int16Array(24) };
    await runJob({ kind: 'segment-bone', id: 3, ct, threshold: 250 }, surroundings);
    expect(segmentBone).toHaveBeenCalledWith(ct, { threshold: 250 });
    expect(replies).toEqual([{ kind: 'skull', id: 3, skull: smallMask() }]);
  });
});

describe('messages', () => {
  it('transfer every buffer of a result once', () => {
    const reconstruction = smallReconstruction();
    const buffers = transferables({ kind: 'reconstruction', id: 1, reconstruction });
    expect(buffers).toHaveLength(9);
    expect(new Set(buffers).size).toBe(9);
    expect(
      transferables({ kind: 'progress', id: 1, progress: { stage: 'fine', fraction: 0 } }),
    ).toEqual([]);
  });

  it('keep code, message and cause of an error through structured cloning', () => {
    const cause = new RangeError('Array buffer allocation failed');
    const error = new CranioplastyError('device-lost', 'The GPU was lost.', { cause });
    const back = fromWire(structuredClone(toWire(error, 'inference-failed')));
    expect(back).toBeInstanceOf(CranioplastyError);
    expect(back.code).toBe('device-lost');
    expect(back.message).toBe('The GPU was lost.');
    expect((back.cause as Error).message).toContain('RangeError: Array buffer allocation failed');
  });

  it('give an unknown error a code and a sentence that says what to do', () => {
    const wire = toWire(new TypeError('x is not a function'), 'inference-failed');
    expect(wire.code).toBe('inference-failed');
    expect(wire.message).toMatch(/try again/);
    expect(wire.detail).toContain('x is not a function');
  });
});
