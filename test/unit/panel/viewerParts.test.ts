import { describe, expect, it, vi } from 'vitest';
import { readConfiguration } from '../../../extension/src/configuration.ts';
import {
  describeActivity,
  formatTime,
  shareDone,
  timeLeft,
} from '../../../extension/src/panel/format.ts';
import { middleVertex } from '../../../extension/src/engine/surface/mesh.ts';
import type { NaturalDataset } from '../../../extension/src/dicom/part10/attributes.ts';
import type { DisplaySet, Services } from '../../../extension/src/types/ohif.ts';
import {
  ctDisplaySets,
  findCtDisplaySet,
  isCtToHang,
  summaryOf,
  viewportsShowing,
} from '../../../extension/src/viewer/ctSelection.ts';
import { EditTracker } from '../../../extension/src/viewer/segments/EditTracker.ts';
import { createPacs } from '../../../extension/src/viewer/pacs.ts';
import { ctInstances } from './fakeViewer.ts';

/** Metadata of a CT of slices that are 300 mm / count apart. */
function ctImages(count: number, more: object = {}): NaturalDataset[] {
  return Array.from({ length: count }, (_, k) => ({
    ...ctInstances()[0],
    SOPInstanceUID: `1.${count}.${k}`,
    ImagePositionPatient: [0, 0, (k * 300) / count],
    ...more,
  }));
}

function displaySet(
  displaySetInstanceUID: string,
  Modality: string,
  slices = 1,
  more: object = {},
): DisplaySet {
  return {
    instances: Modality === 'CT' ? ctImages(slices, more) : [],
    displaySetInstanceUID,
    Modality,
    StudyInstanceUID: '1',
    SeriesInstanceUID: displaySetInstanceUID,
    imageIds: Array.from({ length: slices }, (_, i) => `image:${i}`),
  };
}

function services(
  displaySets: DisplaySet[],
  shown: Record<string, string[]> = {},
  activeViewportId: string | null = null,
): Services {
  const viewports = new Map(
    Object.entries(shown).map(([viewportId, displaySetInstanceUIDs]) => [
      viewportId,
      { viewportId, displaySetInstanceUIDs },
    ]),
  );
  return {
    displaySetService: { getActiveDisplaySets: () => displaySets },
    viewportGridService: { getState: () => ({ activeViewportId, viewports }) },
  } as unknown as Services;
}

describe('the CT that is looked at', () => {
  const thin = displaySet('thin', 'CT', 300);
  const thick = displaySet('thick', 'CT', 30);

  it('is the one in the active viewport', () => {
    const given = services([thin, thick], { a: ['thin'], b: ['thick'] }, 'b');
    expect(findCtDisplaySet(given)).toBe(thick);
  });

  it('is one that is shown, else the best', () => {
    expect(findCtDisplaySet(services([thin, thick], { a: ['thick'] }))).toBe(thick);
    expect(findCtDisplaySet(services([thick, thin]))).toBe(thin);
  });

  it('is hung by the same choice: the best at first, then whatever is looked at', () => {
    const hung = (given: Services) => [thick, thin].filter((ct) => isCtToHang(given, ct));
    expect(hung(services([thick, thin]))).toEqual([thin]);
    expect(hung(services([thick, thin], { a: ['thick'] }))).toEqual([thick]);
    expect(hung(services([displaySet('mr', 'MR')]))).toEqual([]);
  });

  it('is listed with the others, the best one first', () => {
    const bone = displaySet('bone', 'CT', 300, { ConvolutionKernel: 'Hr68s' });
    const stack = { ...displaySet('stack', 'CT', 900), isReconstructable: false };
    const given = services([thick, thin, stack, bone]);
    expect(ctDisplaySets(given)).toEqual([bone, thick, thin]);
    expect(summaryOf(bone)).toMatchObject({ thickness: 1, bone: true });
  });

  it('is refused by name when it is something else', () => {
    const given = services([displaySet('mr', 'MR'), displaySet('seg', 'SEG')]);
    expect(() => findCtDisplaySet(given)).toThrow(
      expect.objectContaining({ code: 'wrong-modality', message: expect.stringContaining('MR') }),
    );
  });

  it('is refused when there is none', () => {
    expect(() => findCtDisplaySet(services([]))).toThrow(
      expect.objectContaining({ code: 'no-ct' }),
    );
    expect(() => findCtDisplaySet(services([displaySet('seg', 'SEG')]))).toThrow(
      expect.objectContaining({ code: 'no-ct' }),
    );
  });

  it('is found in every viewport that shows it', () => {
    const given = services([thin], { a: ['thin'], b: ['other'], c: ['x', 'thin'] });
    expect(viewportsShowing(given, thin)).toEqual(['a', 'c']);
  });
});

describe('EditTracker', () => {
  it('takes no event for an edit unless voxels changed', () => {
    let fingerprint = 1;
    const tracker = new EditTracker(() => new Map([[1, fingerprint]]));
    tracker.start('a');
    tracker.question('a');
    expect(tracker.revisionOf('a')).toBe(0);
    fingerprint = 2;
    // Not asked to look: an event says when it is worth it.
    expect(tracker.revisionOf('a')).toBe(0);
    tracker.question('a');
    expect(tracker.revisionOf('a')).toBe(1);
    expect(tracker.revisionOf('a')).toBe(1);
  });

  it('tells which segments were changed, also one that is new or was emptied', () => {
    let voxels = new Map([
      [1, 10],
      [2, 20],
    ]);
    const tracker = new EditTracker(() => voxels);
    const revisions = () => [undefined, 1, 2, 3].map((n) => tracker.revisionOf('a', n));
    tracker.start('a');
    voxels = new Map(voxels).set(3, 30);
    tracker.question('a');
    expect(revisions()).toEqual([1, 0, 0, 1]);
    voxels = new Map(voxels).set(2, 21);
    tracker.question('a');
    expect(revisions()).toEqual([2, 0, 1, 1]);
    voxels = new Map([[1, 10]]);
    tracker.question('a');
    expect(revisions()).toEqual([3, 0, 2, 2]);
  });

  it('knows nothing of segmentations that are not loaded', () => {
    const tracker = new EditTracker(() => undefined);
    tracker.start('a');
    tracker.question('a');
    expect(tracker.revisionOf('a')).toBe(0);
  });
});

describe('the PACS behind OHIF', () => {
  const auth = {
    userAuthenticationService: { getAuthorizationHeader: () => ({ Authorization: 'Bearer x' }) },
  };
  const instance = { studyInstanceUID: '1', seriesInstanceUID: '2', sopInstanceUID: '3' };

  it.each([
    [{ status: 409 }, 'pacs-refused', 'HTTP 409'],
    [{ status: 0 }, 'pacs-unreachable', 'did not answer'],
    [new TypeError('network'), 'pacs-unreachable', 'did not answer'],
  ])('a failed store is told apart: %o', async (failure, code, words) => {
    const pacs = createPacs(() => ({ store: { dicom: () => Promise.reject(failure) } }), auth);
    await expect(pacs.store(new ArrayBuffer(1), 'segmentation')).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it('a data source that cannot store says so', async () => {
    const pacs = createPacs(() => ({}), auth);
    await expect(pacs.store(new ArrayBuffer(1), 'segmentation')).rejects.toMatchObject({
      code: 'pacs-refused',
    });
  });

  it('objects are asked for with the credentials of the moment', async () => {
    const file = new ArrayBuffer(3);
    const client = { headers: {}, retrieveInstance: vi.fn(async () => file) };
    const pacs = createPacs(() => ({ retrieve: { getWadoDicomWebClient: () => client } }), auth);
    expect(await pacs.retrieve(instance)).toBe(file);
    expect(client.headers).toEqual({ Authorization: 'Bearer x' });
    expect(client.retrieveInstance).toHaveBeenCalledWith(instance);
  });

  it('an answer without a file is no object', async () => {
    const client = { headers: {}, retrieveInstance: async () => undefined };
    const pacs = createPacs(() => ({ retrieve: { getWadoDicomWebClient: () => client } }), auth);
    await expect(pacs.retrieve(instance)).rejects.toMatchObject({ code: 'pacs-unreachable' });
  });
});

describe('configuration', () => {
  const page = (query = '') => new URL(`http://host/cranioplasty${query}`);

  it('has everything on the own origin by default', () => {
    expect(readConfiguration(undefined, page())).toEqual({
      model: 'ct-lite',
      models: ['ct-lite', 'ct-base', 'lite'],
      providers: undefined,
      environment: {
        modelsUrl: 'http://host/models/',
        runtimeUrl: undefined,
        allowSoftwareAdapter: false,
      },
    });
  });

  it('takes model, folders and providers from the application', () => {
    const given = { model: 'base', modelsUrl: '/data/models', providers: ['wasm', 'webgpu', 'x'] };
    expect(readConfiguration(given, page())).toMatchObject({
      model: 'base',
      // What runs without a choice can be chosen, too.
      models: ['base', 'ct-lite', 'ct-base', 'lite'],
      // Best first, whatever the order in which they were listed.
      providers: ['webgpu', 'wasm'],
      environment: { modelsUrl: 'http://host/data/models/' },
    });
  });

  it('lets a site name the models that it offers', () => {
    const given = { model: 'lite', models: ['own', 'lite', 3] };
    expect(readConfiguration(given, page()).models).toEqual(['lite', 'own']);
  });

  it('lets the address of the page choose one provider', () => {
    const { providers, environment } = readConfiguration({}, page('?cranioplastyProvider=webgpu'));
    expect(providers).toEqual(['webgpu']);
    expect(environment.allowSoftwareAdapter).toBe(true);
    expect(readConfiguration({}, page('?cranioplastyProvider=nonsense')).providers).toBeUndefined();
  });
});

describe('progress in words', () => {
  const base = { kind: 'reconstruct', startedAt: 0, fallBacks: [] } as const;

  it('names stage, window, elapsed and remaining time', () => {
    const progress = { stage: 'fine', fraction: 0.5, window: { done: 3, total: 12 } } as const;
    const known = { postprocess: 2000 };
    const timeline = {
      began: [{ stage: 'fine', at: 11_000 } as const],
      windows: { done: 3, total: 12, at: 17_000 },
    };
    expect(describeActivity({ ...base, progress, timeline, known }, 20_000)).toBe(
      'Fine windows 3 of 12 · 20 s · about 17 s left',
    );
    // It is not over before it is over.
    expect(timeLeft({ ...base, progress, timeline, known }, 90_000)).toBe(2000);
    expect(timeLeft({ ...base, progress, timeline, known: {} }, 90_000)).toBe(1000);
  });

  it('counts runs that have not begun, and the share of all that is done', () => {
    const progress = { stage: 'measure', fraction: 0.97 } as const;
    const timeline = { began: [{ stage: 'measure', at: 6000 } as const] };
    const known = { measure: 4000 };
    const at = (number: number) => ({
      ...base,
      kind: 'alternatives' as const,
      progress,
      timeline,
      known,
      run: { alternative: 'fuller' as const, number, count: 2 },
    });
    expect(describeActivity(at(1), 8000)).toBe('Fuller, 1 of 2: Measuring · 8 s · about 12 s left');
    expect(shareDone(at(1), 8000)).toBeCloseTo(0.4);
    expect(timeLeft(at(2), 8000)).toBe(2000);
    expect(shareDone(at(2), 8000)).toBeCloseTo(0.9);
    expect(shareDone({ ...base, progress, timeline, known }, 8000)).toBeCloseTo(0.8);
    expect(shareDone({ ...base, progress }, 8000)).toBeUndefined();
  });

  it('gives no estimate from too little', () => {
    const progress = { stage: 'coarse', fraction: 0.16 } as const;
    const timeline = { began: [{ stage: 'coarse', at: 9000 } as const] };
    expect(describeActivity({ ...base, progress, timeline }, 10_000)).toBe(
      'Coarse estimate · 10 s',
    );
    expect(describeActivity({ ...base }, 1000)).toBe('Reading the skull');
  });

  it('writes minutes', () => {
    expect(formatTime(125_400)).toBe('2 min 5 s');
  });
});

it('the middle of a curved patch lies on the patch', () => {
  const positions = new Float32Array([-10, 0, 0, 0, 5, 0, 10, 0, 0]);
  expect(middleVertex({ positions, triangles: new Uint32Array([0, 1, 2]) })).toEqual([0, 5, 0]);
});
