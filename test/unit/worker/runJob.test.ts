import { describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { defaultParameters } from '../../../extension/src/engine/implant/parameters.ts';
import { identityTransform } from '../../../extension/src/engine/space/transform.ts';
import type { LoadedModel, LoadedPrior } from '../../../extension/src/engine/cascade/model.ts';
import type { Atlas } from '../../../extension/src/engine/pose/atlas.ts';
import { tetrahedron } from '../../support/tetrahedron.ts';
import { Crew } from '../../../extension/src/engine/crew/Crew.ts';
import type { PreparedSkull } from '../../../extension/src/engine/preparedSkull.ts';
import type { Engine } from '../../../extension/src/worker/engine.ts';
import { drawPictures } from '../../../extension/src/pictures/drawPictures.ts';
import type { Question, Reply } from '../../../extension/src/worker/protocol.ts';
import { runJob } from '../../../extension/src/worker/runJob.ts';
import { completeParameters } from '../../../extension/src/engine/implant/parameters.ts';
import { fromWire, toWire } from '../../../extension/src/worker/wireError.ts';
import {
  smallComparison,
  smallDesign,
  smallFitError,
  smallMask,
  smallReconstruction,
  smallRehearsal,
} from './fakes.ts';

const environment = { modelsUrl: 'http://localhost/models/' };
const job = {
  skull: smallMask(),
  model: 'lite',
  method: 'network',
  provider: 'wasm',
  checked: [] as string[],
} as const;
const reconstruct: Question<'reconstruct'> = { kind: 'reconstruct', job, environment };

// Opaque to what is tested here.
const atlas = { centre: [0, 0, 0] } as unknown as Atlas;
const own = { centre: [1, 0, 0] } as unknown as Atlas;
const modelWith = (window: number) =>
  ({ manifest: { networks: { fine: { window } } }, atlas: own, hash: 'abc' }) as LoadedModel;
const model = modelWith(128);
const prepared = {} as PreparedSkull;
const crew = new Crew();
const prior = { manifest: {}, atlas: own, hash: 'prior' } as LoadedPrior;

function setting(overrides: Partial<Engine> = {}) {
  const replies: Reply[] = [];
  const transferred: ArrayBuffer[] = [];
  const folders: string[] = [];
  const backend = {
    provider: 'wasm' as const,
    report: { provider: 'wasm' as const, description: 'CPU, 1 thread' },
    load: vi.fn(),
    run: vi.fn(),
    release: vi.fn(async () => undefined),
  };
  const engine: Engine = {
    segmentBone: () => smallMask(),
    align: vi.fn(() => smallReconstruction().alignment),
    maskSurface: () => smallReconstruction().skullMesh,
    measureFitError: () => smallFitError(),
    compareTwo: () => smallComparison(),
    leaveOutPiece: ({ reconstruction }) => reconstruction,
    remeasure: () => ({ ...smallReconstruction().patch, pieces: [] }),
    designImplant: vi.fn(async () => smallDesign()),
    mapImplant: () => smallDesign().implant.maps!,
    lighten: vi.fn(async () => tetrahedron()),
    drawPictures,
    loadModel: async () => model,
    loadPrior: async () => prior,
    loadAtlas: async () => atlas,
    checkModel: vi.fn(async () => undefined),
    loadNetworks: vi.fn(async () => undefined),
    prepareSkull: vi.fn(async () => prepared),
    reconstruct: vi.fn(async () => smallReconstruction()),
    rehearse: async () => smallRehearsal(),
    ...overrides,
  };
  const surroundings = {
    engine,
    ahead: {},
    openBackend: vi.fn(async () => backend),
    openCrew: () => crew,
    modelSource: (folder: string) => {
      folders.push(folder);
      return { read: async () => new Uint8Array() };
    },
    post: (reply: Reply, transfer: ArrayBuffer[] = []) => {
      replies.push(reply);
      transferred.push(...transfer);
    },
  };
  return { surroundings, replies, transferred, folders, backend, engine };
}

describe('runJob', () => {
  it('leaves out a piece with the atlas and no backend', async () => {
    const { surroundings, replies } = setting();
    const reconstruction = smallReconstruction();
    await runJob(
      { kind: 'leaveOutPiece', job: { reconstruction, piece: 1 }, environment },
      surroundings,
    );
    expect(replies).toEqual([{ result: reconstruction }]);
    expect(surroundings.openBackend).not.toHaveBeenCalled();
  });

  it('aligns a skull with the atlas and no backend', async () => {
    const { surroundings, replies, engine } = setting();
    await runJob({ kind: 'align', job: { skull: smallMask() }, environment }, surroundings);
    expect(replies).toEqual([{ result: smallReconstruction().alignment }]);
    expect(engine.align).toHaveBeenCalledWith({ skull: smallMask(), atlas });
  });

  it('designs an implant with the atlas and the folder of the kernel', async () => {
    const { surroundings, replies, transferred, engine } = setting();
    const job = { toCanonical: identityTransform, parameters: defaultParameters };
    const runtimeUrl = 'http://localhost/runtime/';
    await runJob(
      { kind: 'designImplant', job, environment: { ...environment, runtimeUrl } },
      surroundings,
    );
    expect(replies).toEqual([{ result: smallDesign() }]);
    expect(engine.designImplant).toHaveBeenCalledWith({ ...job, atlas }, runtimeUrl);
    expect(transferred.length).toBeGreaterThan(0);
  });

  it('lightens a surface with the folder of the kernel and no backend', async () => {
    const { surroundings, replies, transferred, engine } = setting();
    const runtimeUrl = 'http://localhost/runtime/';
    const job = { mesh: tetrahedron(20) };
    await runJob(
      { kind: 'lighten', job, environment: { ...environment, runtimeUrl } },
      surroundings,
    );
    expect(engine.lighten).toHaveBeenCalledWith(job.mesh, runtimeUrl);
    expect(replies).toEqual([{ result: tetrahedron() }]);
    expect(transferred).toHaveLength(2);
    expect(surroundings.openBackend).not.toHaveBeenCalled();
  });

  it('compares two shapes with the atlas and no backend, and hands its arrays over', async () => {
    const compareTwo = vi.fn(() => smallComparison());
    const { surroundings, replies, transferred } = setting({ compareTwo });
    const masks = { first: smallMask(), second: smallMask() };
    await runJob(
      { kind: 'compare', job: { ...masks, toCanonical: identityTransform }, environment },
      surroundings,
    );
    expect(compareTwo).toHaveBeenCalledWith(expect.objectContaining({ ...masks, atlas }));
    expect(replies).toEqual([{ result: smallComparison() }]);
    expect(transferred).toHaveLength(6);
    expect(surroundings.openBackend).not.toHaveBeenCalled();
  });

  it('judges a fit with the atlas and no backend, and hands its arrays over', async () => {
    const measureFitError = vi.fn(() => smallFitError());
    const { surroundings, replies, transferred, folders } = setting({ measureFitError });
    const masks = {
      skull: smallMask(),
      patch: smallMask(),
      implant: smallMask(),
      reference: smallMask(),
    };
    const toCanonical = identityTransform;
    await runJob({ kind: 'fitError', job: { ...masks, toCanonical }, environment }, surroundings);
    expect(measureFitError).toHaveBeenCalledWith(
      expect.objectContaining({ ...masks, toCanonical, atlas }),
    );
    expect(folders).toEqual(['http://localhost/models/atlas/']);
    expect(replies).toEqual([{ result: smallFitError() }]);
    expect(transferred).toHaveLength(7);
    expect(surroundings.openBackend).not.toHaveBeenCalled();
  });

  it('continues the skull by the prior of a model, without networks and backend', async () => {
    const loadModel = vi.fn();
    const reconstruct = vi.fn(async () => smallReconstruction());
    const { surroundings, replies, folders } = setting({ loadModel, reconstruct });
    const question = { kind: 'reconstruct', job: { ...job, method: 'continuation' } } as const;
    await runJob({ ...question, environment }, surroundings);
    expect(reconstruct).toHaveBeenCalledWith(
      expect.objectContaining({ method: 'continuation', prior, atlas: own }),
    );
    expect(folders).toEqual(['http://localhost/models/lite/']);
    expect(loadModel).not.toHaveBeenCalled();
    expect(surroundings.openBackend).not.toHaveBeenCalled();
    expect(replies.at(-1)).toMatchObject({ result: smallReconstruction() });
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
    await runJob(reconstruct, surroundings);
    expect(order).toEqual(['check', 'reconstruct']);
    // The atlas is the model's.
    expect(folders).toEqual(['http://localhost/models/lite/']);
    expect(replies.flatMap(Object.keys)).toEqual([
      'progress',
      'provider',
      'checked',
      'progress',
      'result',
    ]);
    expect(backend.release).toHaveBeenCalledOnce();
  });

  it('checks a model once on a device: what passed in this session is only loaded', async () => {
    const first = setting();
    await runJob(reconstruct, first.surroundings);
    const [check] = first.replies.flatMap(({ checked }) => checked ?? []);
    expect(check).toBe('wasm: CPU, 1 thread: abc');
    const again = async (checked: string[]) => {
      const { surroundings } = setting();
      await runJob({ ...reconstruct, job: { ...job, checked } }, surroundings);
      const { checkModel, loadNetworks } = surroundings.engine;
      return [vi.mocked(checkModel).mock.calls.length, vi.mocked(loadNetworks).mock.calls.length];
    };
    expect(await again([check])).toEqual([0, 1]);
    expect(await again(['wasm: CPU, 1 thread: other', 'webgpu: GPU: abc'])).toEqual([1, 0]);
  });

  it('frees the backend after a failure and answers with its code', async () => {
    const { surroundings, replies, backend } = setting({
      checkModel: async () => {
        throw new CranioplastyError('inference-failed', 'Wrong golden output.');
      },
    });
    await runJob(reconstruct, surroundings);
    expect(replies.at(-1)).toEqual({
      error: { code: 'inference-failed', message: 'Wrong golden output.', detail: undefined },
    });
    expect(backend.release).toHaveBeenCalledOnce();
  });

  it('needs neither model nor device for the mirrored baseline', async () => {
    const loadModel = vi.fn(async () => Promise.reject(new Error('There are no models.')));
    const { surroundings, replies, folders } = setting({ loadModel });
    await runJob({ ...reconstruct, job: { ...job, method: 'mirror' } }, surroundings);
    expect(replies.at(-1)?.result).toEqual(smallReconstruction());
    expect(surroundings.openBackend).not.toHaveBeenCalled();
    expect(folders).toEqual(['http://localhost/models/atlas/']);
  });

  it('rehearses with the same backend and model as it reconstructs, and frees it', async () => {
    const rehearse = vi.fn(async () => smallRehearsal());
    const { surroundings, replies, backend } = setting({ rehearse });
    const about = { skull: smallMask(), patch: smallMask(), toCanonical: identityTransform };
    await runJob({ kind: 'rehearse', job: { ...job, ...about }, environment }, surroundings);
    expect(rehearse).toHaveBeenCalledWith(
      expect.objectContaining({ ...about, model, atlas: own, method: 'network' }),
    );
    expect(replies.flatMap(Object.keys)).toEqual(['progress', 'provider', 'checked', 'result']);
    expect(backend.release).toHaveBeenCalledOnce();
  });

  it('segments bone', async () => {
    const segmentBone = vi.fn(() => smallMask());
    const { surroundings, replies } = setting({ segmentBone });
    const ct = { grid: smallMask().grid, data: new Int16Array(24) };
    await runJob({ kind: 'segmentBone', job: { ct, threshold: 250 }, environment }, surroundings);
    expect(segmentBone).toHaveBeenCalledWith(ct, { threshold: 250 });
    expect(replies).toEqual([{ result: smallMask() }]);
  });
});

describe('messages', () => {
  it('transfer every buffer of a result once, and nothing else', async () => {
    const { surroundings, transferred } = setting({
      reconstruct: async ({ onProgress }) => {
        onProgress?.({ stage: 'fine', fraction: 0 });
        return smallReconstruction();
      },
    });
    await runJob(reconstruct, surroundings);
    expect(transferred).toHaveLength(9);
    expect(new Set(transferred).size).toBe(9);
  });

  it('tell a failure without networks as one of the segment', async () => {
    const { surroundings, replies } = setting({
      maskSurface: () => {
        throw new RangeError('Invalid typed array length');
      },
    });
    await runJob({ kind: 'surface', job: { mask: smallMask() }, environment }, surroundings);
    expect(replies).toMatchObject([
      { error: { code: 'bad-segmentation', detail: expect.stringContaining('RangeError') } },
    ]);
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

  it('keep what other languages need through structured cloning', () => {
    let error: unknown;
    try {
      completeParameters({ thickness: 12 });
    } catch (refused) {
      error = refused;
    }
    const back = fromWire(structuredClone(toWire(error, 'inference-failed')));
    expect(back.message).toBe('Thickness cannot be 12: choose 1 to 10 mm, or "bone".');
    expect(back.sentence).toEqual((error as CranioplastyError).sentence);
    expect(back.sentence).toMatchObject({
      name: 'error.parameter.range-or-word',
      values: { label: { sentence: { name: 'parameter.thickness.label' } }, value: '12' },
    });
  });

  it('give an unknown error a code and a sentence that says what to do', () => {
    const wire = toWire(new TypeError('x is not a function'), 'inference-failed');
    expect(wire.code).toBe('inference-failed');
    expect(wire.message).toMatch(/try again/);
    expect(wire.detail).toContain('x is not a function');
  });

  it('runs networks that were loaded ahead, and loads others anew', async () => {
    const { surroundings, replies, backend, engine } = setting();
    const load: Question<'loadNetworks'> = { kind: 'loadNetworks', job, environment };
    await runJob(load, surroundings);
    expect(replies.at(-1)).toEqual({ result: backend.report, kept: true });
    expect(backend.release).not.toHaveBeenCalled();
    await runJob(reconstruct, surroundings);
    expect(replies.at(-1)).toMatchObject({ result: smallReconstruction() });
    expect(surroundings.openBackend).toHaveBeenCalledTimes(1);
    expect(engine.checkModel).toHaveBeenCalledTimes(1);
    expect(backend.release).toHaveBeenCalledTimes(1);
    await runJob(reconstruct, surroundings);
    expect(surroundings.openBackend).toHaveBeenCalledTimes(2);

    await runJob(load, surroundings);
    await runJob({ ...reconstruct, job: { ...job, model: 'ct-lite' } }, surroundings);
    expect(surroundings.openBackend).toHaveBeenCalledTimes(4);
  });

  describe('with a skull that was made ready ahead', () => {
    const load: Question<'loadNetworks'> = { kind: 'loadNetworks', job, environment };
    const prepare: Question<'prepareSkull'> = {
      kind: 'prepareSkull',
      job: { skull: smallMask(), skullId: 'one', alternative: 'fuller' },
      environment,
    };
    const runOf = (skullId?: string): Question<'reconstruct'> => ({
      ...reconstruct,
      job: { ...job, skullId },
    });

    it('runs on it once, with the networks that it was made ready for', async () => {
      const { surroundings, replies, engine } = setting();
      await runJob(load, surroundings);
      await runJob(prepare, surroundings);
      expect(replies.at(-1)).toMatchObject({ result: { skullId: 'one' } });
      expect(engine.prepareSkull).toHaveBeenCalledWith(
        smallMask(),
        model,
        'fuller',
        expect.anything(),
        crew,
        undefined,
      );
      await runJob(runOf('one'), surroundings);
      expect(engine.reconstruct).toHaveBeenLastCalledWith(
        expect.objectContaining({ prepared, crew }),
      );
      // It is not told that the model is loaded once more.
      expect(replies.filter(({ progress }) => progress)).toEqual([]);
      await runJob(runOf('one'), surroundings);
      expect(engine.reconstruct).toHaveBeenLastCalledWith(
        expect.objectContaining({ prepared: undefined }),
      );
    });

    it('keeps small networks and the skull for the next run, which loads nothing', async () => {
      const small = modelWith(64);
      const { surroundings, replies, engine, backend } = setting({ loadModel: async () => small });
      await runJob(load, surroundings);
      await runJob(prepare, surroundings);
      await runJob(runOf('one'), surroundings);
      expect(replies.at(-1)).toMatchObject({ kept: true });
      expect(backend.release).not.toHaveBeenCalled();

      await runJob(load, surroundings);
      await runJob(prepare, surroundings);
      expect(engine.prepareSkull).toHaveBeenLastCalledWith(
        ...[smallMask(), small, 'fuller', expect.anything(), crew, prepared],
      );
      await runJob(runOf('one'), surroundings);
      expect(surroundings.openBackend).toHaveBeenCalledTimes(1);
      expect(engine.reconstruct).toHaveBeenLastCalledWith(expect.objectContaining({ prepared }));
    });

    it('keeps nothing after the run of a skull so large that memory is short', async () => {
      const { surroundings, replies, backend } = setting({ loadModel: async () => modelWith(64) });
      const skull = { grid: smallMask().grid, data: { length: 512 * 512 * 600 } as Uint8Array };
      await runJob({ ...reconstruct, job: { ...job, skull } }, surroundings);
      expect(replies.at(-1)).not.toHaveProperty('kept');
      expect(backend.release).toHaveBeenCalledTimes(1);
    });

    it('lets small networks go that failed, or that another model takes the place of', async () => {
      const small = modelWith(64);
      const { surroundings, replies, engine, backend } = setting({ loadModel: async () => small });
      await runJob(runOf('one'), surroundings);
      await runJob({ ...reconstruct, job: { ...job, model: 'ct-lite' } }, surroundings);
      expect(backend.release).toHaveBeenCalledTimes(1);
      expect(surroundings.openBackend).toHaveBeenCalledTimes(2);
      vi.mocked(engine.reconstruct).mockRejectedValueOnce(new Error('device lost'));
      await runJob({ ...reconstruct, job: { ...job, model: 'ct-lite' } }, surroundings);
      expect(replies.at(-1)?.error).toBeDefined();
      expect(backend.release).toHaveBeenCalledTimes(2);
    });

    it.each([
      ['another skull', runOf('two')],
      ['a skull without a name', runOf()],
      ['another model', { ...runOf('one'), job: { ...runOf('one').job, model: 'ct-lite' } }],
    ])('does not run on it for %s', async (_what, run) => {
      const { surroundings, engine } = setting();
      await runJob(load, surroundings);
      await runJob(prepare, surroundings);
      await runJob(run, surroundings);
      expect(engine.reconstruct).toHaveBeenLastCalledWith(
        expect.objectContaining({ prepared: undefined }),
      );
    });

    it('does not rehearse on it', async () => {
      const { surroundings, engine } = setting({ rehearse: vi.fn(async () => smallRehearsal()) });
      await runJob(load, surroundings);
      await runJob(prepare, surroundings);
      const patch = smallMask();
      const rehearsal = { ...job, patch, toCanonical: identityTransform };
      await runJob({ kind: 'rehearse', job: rehearsal, environment }, surroundings);
      expect(engine.rehearse).toHaveBeenLastCalledWith(
        expect.objectContaining({ prepared: undefined }),
      );
      expect(surroundings.ahead).not.toHaveProperty('skull.prepared');
    });

    it('makes none ready without networks, and leaves one that it cannot to the run', async () => {
      const idle = setting();
      await runJob(prepare, idle.surroundings);
      expect(idle.engine.prepareSkull).not.toHaveBeenCalled();

      const { surroundings, replies, engine, backend } = setting({
        prepareSkull: async () => {
          throw new CranioplastyError('empty-skull', 'There is no bone.');
        },
      });
      await runJob(load, surroundings);
      await runJob(prepare, surroundings);
      expect(replies.at(-1)?.error).toBeDefined();
      expect(backend.release).not.toHaveBeenCalled();
      await runJob(runOf('one'), surroundings);
      expect(engine.reconstruct).toHaveBeenLastCalledWith(
        expect.objectContaining({ prepared: undefined }),
      );
    });
  });
});
