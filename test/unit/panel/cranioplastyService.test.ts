import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readSegmentation } from '../../../extension/src/dicom/readSegmentation.ts';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { createCommandsModule } from '../../../extension/src/commandsModule.ts';
import type { CaseDescription } from '../../../extension/src/services/caseReport.ts';
import { CranioplastyService } from '../../../extension/src/services/CranioplastyService.ts';
import { WorkerClient } from '../../../extension/src/worker/WorkerClient.ts';
import type { Job } from '../../../extension/src/worker/protocol.ts';
import {
  fail,
  FakeWorker,
  smallComparison,
  smallFitError,
  smallRehearsal,
} from '../worker/fakes.ts';
import { FakeViewer, maskOnCt, reconstructionOnCt } from './fakeViewer.ts';

const study = '1.2.3';

/** What the worker does with a job; replaced by single tests. */
let script: (job: Job, worker: FakeWorker) => void;
let workers: FakeWorker[];
let viewer: FakeViewer;
let service: CranioplastyService;

function answer(job: Job, worker: FakeWorker): void {
  const { id } = job;
  if (job.kind === 'segment-bone') {
    worker.reply({ kind: 'skull', id, skull: maskOnCt(1, 2) });
  } else if (job.kind === 'surface') {
    const mesh = { positions: new Float32Array(9), triangles: new Uint32Array([0, 1, 2]) };
    worker.reply({ kind: 'surface', id, mesh });
  } else if (job.kind === 'fit-error') {
    worker.reply({ kind: 'fit-error', id, fit: smallFitError() });
  } else if (job.kind === 'compare') {
    worker.reply({ kind: 'comparison', id, comparison: smallComparison() });
  } else if (job.kind === 'rehearse') {
    worker.reply({ kind: 'rehearsal', id, rehearsal: smallRehearsal() });
  } else if (job.kind === 'leave-out-piece') {
    // Voxel 17 of the patch and 18 of the implant are the second piece.
    const { patch, implant, pieces } = job.reconstruction;
    const reconstruction = {
      ...job.reconstruction,
      patch: { ...patch, mask: maskOnCt(5, 6) },
      implant: { ...implant, mask: maskOnCt(6) },
      pieces: pieces.slice(0, 1),
    };
    worker.reply({ kind: 'reconstruction', id, reconstruction });
  } else {
    const report = { provider: job.provider, description: 'test' };
    worker.reply({ kind: 'provider', id, report });
    worker.reply({ kind: 'progress', id, progress: { stage: 'fine', fraction: 0.5 } });
    worker.reply({ kind: 'reconstruction', id, reconstruction: reconstructionOnCt() });
  }
}

beforeEach(() => {
  script = answer;
  workers = [];
  viewer = new FakeViewer();
  service = new CranioplastyService({
    viewer,
    model: 'lite',
    createClient: () =>
      new WorkerClient({
        environment: { modelsUrl: 'http://localhost/models/' },
        createWorker: () => {
          const worker = new FakeWorker((job, self) => script(job, self));
          workers.push(worker);
          return worker;
        },
      }),
  });
  service.enterMode();
});

const state = () => service.store.get(study);

describe('reconstructing', () => {
  it('shows both shapes, all surfaces, and goes to the patch', async () => {
    await service.reconstruct();
    expect(state().error).toBeUndefined();
    expect(state().activity).toBeUndefined();
    expect(state().result).toMatchObject({
      skullSource: { label: 'Skull' },
      provider: { provider: 'webgpu', description: 'test' },
    });
    expect([...viewer.segmentations.values()].map(({ label }) => label)).toEqual([
      'Skull patch',
      'Implant',
    ]);
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
    expect(viewer.position).toBeDefined();
  });

  it('does not offer results as skulls', async () => {
    await service.reconstruct();
    expect(service.skullSources(viewer.findCt()).map(({ key }) => key)).toEqual(['stored:1:1']);
  });

  it('tells progress and provider while it runs', async () => {
    const seen: unknown[] = [];
    service.store.subscribe(() => seen.push(state().activity?.progress?.stage));
    await service.reconstruct();
    expect(seen).toContain('fine');
  });

  it('keeps the previous result when the next run fails', async () => {
    await service.reconstruct();
    const before = state().result;
    script = (job, worker) => fail(worker, job, new CranioplastyError('no-defect', 'No defect.'));
    await service.reconstruct();
    expect(state().error).toEqual({ code: 'no-defect', message: 'No defect.' });
    expect(state().result).toBe(before);
    expect(viewer.segmentations.size).toBe(2);
  });

  it('replaces the previous shapes, but never those that the user edited', async () => {
    await service.reconstruct();
    const patch = viewer.idOf('Skull patch');
    viewer.edit(patch, 40);
    await service.reconstruct();
    expect(viewer.segmentations.size).toBe(3);
    expect(viewer.segmentations.has(patch)).toBe(true);
  });

  it('cancels without an error and frees the worker', async () => {
    script = () => undefined;
    const run = service.reconstruct();
    await vi.waitFor(() => expect(workers).toHaveLength(1));
    service.cancel();
    await run;
    expect(workers[0].terminated).toBe(true);
    const { activity, error, result } = state();
    expect([activity, error, result]).toEqual([undefined, undefined, undefined]);
  });

  it('refuses a second computation while one runs', async () => {
    script = () => undefined;
    const first = service.reconstruct();
    await vi.waitFor(() => expect(workers).toHaveLength(1));
    await service.segmentBone();
    expect(state().error?.code).toBe('bad-usage');
    expect(state().activity?.kind).toBe('reconstruct');
    service.cancel();
    await first;
  });

  it('stops when the mode is left, and keeps an earlier result for the next visit', async () => {
    await service.reconstruct();
    script = () => undefined;
    const run = service.reconstruct();
    await vi.waitFor(() => expect(workers.at(-1)?.jobs.length).toBeGreaterThan(0));
    service.leaveMode();
    await run;
    expect(workers.at(-1)?.terminated).toBe(true);
    expect(state().result).toBeDefined();
    expect(state().activity).toBeUndefined();
  });
});

describe('leaving and coming back', () => {
  it('shows the shapes again, edits included, once the viewports are up', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Skull patch'), 50);
    service.leaveMode();
    viewer.segmentations.clear();
    viewer.ready = false;
    service.enterMode();
    viewer.change();
    expect(viewer.segmentations.size).toBe(0);
    viewer.ready = true;
    viewer.change();
    await vi.waitFor(() => expect(viewer.segmentations.size).toBe(2));
    expect(viewer.segmentations.get(viewer.idOf('Skull patch'))?.mask.data[50]).toBe(1);
  });

  it('keeps a study apart from others', async () => {
    await service.reconstruct();
    expect(service.store.get('9.9.9').result).toBeUndefined();
  });
});

describe('segmenting bone', () => {
  it('becomes a segmentation and the chosen skull', async () => {
    service.setThreshold(300);
    await service.segmentBone();
    const [job] = workers[0].jobs;
    expect(job).toMatchObject({ kind: 'segment-bone', threshold: 300 });
    const [id] = viewer.segmentations.keys();
    expect(state().skullKey).toBe(`loaded:${id}:1`);
    expect(service.chosenSource(viewer.findCt())?.kind).toBe('loaded');
  });
});

describe('a CT that cannot be worked on', () => {
  it('is said to be so before anything is tried, and no longer once it is whole', () => {
    const ct = viewer.findCt();
    const { instances } = viewer;
    viewer.instances = instances.filter((_, k) => k !== 2);
    expect(service.ctProblem(ct)).toMatch(/slice/);
    viewer.instances = instances;
    expect(service.ctProblem(ct)).toBeUndefined();
  });
});

describe('where the two runs disagree', () => {
  it('colours the patch by it, and gives its own colour back', async () => {
    await service.reconstruct();
    const patch = () => viewer.surfaces.find(({ id }) => id === 'patch');
    expect(patch()?.colours).toBeUndefined();
    service.showDisagreement(true);
    const colours = patch()?.colours;
    // Nothing, half-way and beyond the end of the scale.
    expect([...(colours ?? [])]).toEqual([255, 255, 204, 253, 141, 60, 128, 0, 38]);
    service.setAppearance('patch', { opacity: 0.5 });
    expect(patch()?.colours).toBe(colours);
    service.showDisagreement(false);
    expect(patch()?.colours).toBeUndefined();
  });
});

describe('surfaces of segments', () => {
  it('appear without being asked, and follow edits', async () => {
    await service.segmentBone();
    viewer.change();
    await vi.waitFor(() => expect(viewer.surfaces).toHaveLength(1));
    const [id] = viewer.segmentations.keys();
    const before = viewer.surfaces[0].mesh;
    viewer.edit(id, 30);
    await vi.waitFor(() => expect(viewer.surfaces[0].mesh).not.toBe(before));
  });

  it('do not come twice: a result brings its skull along', async () => {
    await service.segmentBone();
    await service.reconstruct();
    viewer.change();
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
  });

  it('are not tried again for a segment that has none', async () => {
    const jobs: string[] = [];
    script = (job, worker) => {
      jobs.push(job.kind);
      if (job.kind !== 'surface') return answer(job, worker);
      const mesh = { positions: new Float32Array(0), triangles: new Uint32Array(0) };
      worker.reply({ kind: 'surface', id: job.id, mesh });
    };
    await service.segmentBone();
    viewer.change();
    await vi.waitFor(() => expect(jobs).toContain('surface'));
    viewer.change();
    viewer.change();
    expect(jobs.filter((kind) => kind === 'surface')).toHaveLength(1);
    expect(viewer.surfaces).toHaveLength(0);
  });
});

describe('saving', () => {
  it('says saved after the comparison and makes the object known', async () => {
    await service.reconstruct();
    await service.save();
    expect(state().error).toBeUndefined();
    expect(state().result?.saved?.sopInstanceUID).toBe(viewer.announced[0]['SOPInstanceUID']);
    expect(service.isShownAsResult(String(viewer.announced[0]['SeriesInstanceUID']))).toBe(true);
    expect(service.isShownAsResult('1.2.3')).toBe(false);
  });

  it('stores what the user edited', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Implant'), 44);
    await service.save();
    const [, implant] = readSegmentation(viewer.pacs.objects[0]).segments;
    expect(implant.algorithm.type).toBe('SEMIAUTOMATIC');
    expect(implant.mask().data.filter((v) => v !== 0)).toHaveLength(3);
  });

  it('is no longer saved after an edit', async () => {
    await service.reconstruct();
    await service.save();
    viewer.edit(viewer.idOf('Implant'), 44);
    expect(state().result?.saved).toBeUndefined();
  });

  it('keeps the result when the PACS refuses', async () => {
    await service.reconstruct();
    viewer.pacs.refuse = new CranioplastyError('pacs-refused', 'Refused.');
    await service.save();
    expect(state().error?.code).toBe('pacs-refused');
    expect(state().result?.saved).toBeUndefined();
    expect(viewer.announced).toHaveLength(0);
    expect(viewer.segmentations.size).toBe(2);
  });
});

describe('downloads', () => {
  it('hands out the SEG and both surfaces', async () => {
    await service.reconstruct();
    await service.downloadSeg();
    await service.downloadStl('patch');
    await service.downloadStl('implant');
    expect(viewer.files.map(({ name }) => name)).toEqual([
      'cranioplasty-seg.dcm',
      'skull-patch.stl',
      'implant.stl',
    ]);
    const header = new TextDecoder().decode((viewer.files[1].bytes as Uint8Array).subarray(0, 80));
    expect(header).toContain('Research use only');
    // One triangle.
    expect(viewer.files[1].size).toBe(84 + 50);
  });

  it('makes the surface anew once the shape was edited', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Skull patch'), 41);
    await service.downloadStl('patch');
    expect(workers.flatMap((worker) => worker.jobs.map(({ kind }) => kind))).toContain('surface');
  });

  it('says so when there is nothing yet', async () => {
    await service.downloadSeg();
    expect(state().error?.code).toBe('bad-usage');
  });
});

describe('without a CT', () => {
  it('tells why and does nothing', async () => {
    viewer.ct = new CranioplastyError('no-ct', 'There is no CT.');
    expect(service.currentCt().error?.code).toBe('no-ct');
    service.chooseSkull('x');
    service.setAppearance('patch', { visible: false });
    await service.downloadSeg();
    expect(workers).toHaveLength(0);
  });
});

describe('commands', () => {
  it.each([
    ['segmentBoneFromCt', 'segmentBone', undefined, []],
    ['reconstructSkull', 'reconstruct', undefined, []],
    ['cancelReconstruction', 'cancel', undefined, []],
    ['rehearseReconstruction', 'rehearse', undefined, []],
    ['leaveOutPatchPiece', 'leaveOutPiece', { piece: 1 }, [1]],
    ['saveReconstruction', 'save', undefined, []],
    ['downloadReconstructionSeg', 'downloadSeg', undefined, []],
    ['downloadReconstructionStl', 'downloadStl', { shape: 'implant' }, ['implant']],
    [
      'setReconstructionAppearance',
      'setAppearance',
      { shape: 'patch', opacity: 0.5 },
      ['patch', { opacity: 0.5 }],
    ],
  ] as const)('%s is wired', (command, method, options, args) => {
    const called = vi.spyOn(service, method).mockReturnValue(undefined as never);
    const { definitions } = createCommandsModule(service);
    definitions[command].commandFn(options as never);
    expect(called).toHaveBeenCalledWith(...args);
  });
});

describe('rehearsing', () => {
  it('says that there is nothing to rehearse yet', async () => {
    await service.rehearse();
    expect(state().error?.message).toContain('reconstruct first');
  });

  it('repeats the method of the result on its skull and patch, until there is another', async () => {
    await service.reconstruct();
    const { reconstruction } = state().result ?? {};
    const jobs: Job[] = [];
    script = (job, worker) => {
      jobs.push(job);
      answer(job, worker);
    };
    // What is chosen for the next run does not matter.
    service.setMethod('mirror');
    await service.rehearse();
    expect(jobs).toHaveLength(1);
    expect(jobs[0]).toMatchObject({
      kind: 'rehearse',
      method: 'network',
      patch: reconstruction?.patch.mask,
      toCanonical: reconstruction?.alignment.toCanonical,
    });
    expect(state().result?.rehearsal).toEqual(smallRehearsal());
    expect(state().result?.reconstruction).toBe(reconstruction);
    await service.reconstruct();
    expect(state().result?.rehearsal).toBeUndefined();
  });

  it('leaves the result as it was when it fails', async () => {
    await service.reconstruct();
    const before = state().result;
    script = (job, worker) => fail(worker, job, new CranioplastyError('no-reference', 'No bone.'));
    await service.rehearse();
    expect(state().error).toEqual({ code: 'no-reference', message: 'No bone.' });
    expect(state().result).toBe(before);
  });
});

describe('leaving out a piece', () => {
  const voxelsOf = (label: string): number[] => {
    const data = viewer.segmentations.get(viewer.idOf(label))?.mask.data ?? new Uint8Array();
    return [...data.keys()].filter((p) => data[p]);
  };

  it('says that there is nothing to leave out yet', async () => {
    await service.leaveOutPiece(1);
    expect(state().error?.message).toContain('reconstruct first');
  });

  it('takes it out of what is shown, and forgets what was said of the whole', async () => {
    await service.reconstruct();
    await service.rehearse();
    await service.judgeFit();
    await service.save();
    await service.leaveOutPiece(1);
    expect(voxelsOf('Skull patch')).toEqual([5, 6]);
    expect(voxelsOf('Implant')).toEqual([6]);
    expect(viewer.segmentations.size).toBe(2);
    const { result, fit } = state();
    expect(result?.reconstruction.pieces).toHaveLength(1);
    expect(result).toMatchObject({ rehearsal: undefined, saved: undefined });
    expect(fit).toBeUndefined();
  });

  it('keeps what the user edited elsewhere', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Skull patch'), 40);
    await service.leaveOutPiece(1);
    expect(voxelsOf('Skull patch')).toEqual([5, 6, 40]);
    expect(voxelsOf('Implant')).toEqual([6]);
  });

  it('leaves the result as it was when it fails', async () => {
    await service.reconstruct();
    const before = state().result;
    script = (job, worker) => fail(worker, job, new CranioplastyError('bad-usage', 'No piece.'));
    await service.leaveOutPiece(7);
    expect(state().error).toEqual({ code: 'bad-usage', message: 'No piece.' });
    expect(state().result).toBe(before);
  });
});

describe('judging the fit', () => {
  it('says that there is nothing to judge yet', async () => {
    await service.judgeFit();
    expect(state().error?.message).toContain('reconstruct first');
  });

  it('judges by the opposite side, shows it in the place of the shapes, and hides it again', async () => {
    await service.reconstruct();
    const jobs: Job[] = [];
    script = (job, worker) => {
      jobs.push(job);
      answer(job, worker);
    };
    await service.judgeFit();
    expect(jobs[0]).toMatchObject({ kind: 'fit-error', reference: undefined });
    expect(state().fit).toMatchObject({ reference: expect.stringContaining('Opposite side') });
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'fit']);
    const overlay = viewer.surfaces[1];
    // At the ends of the scale and where patch and reference are the same.
    expect([...(overlay.colours ?? [])]).toEqual([247, 247, 247, 103, 0, 31, 5, 48, 97]);
    service.setFitOverlay({ quantity: 'curvature' });
    expect(viewer.surfaces[1].colours).not.toBe(overlay.colours);
    expect(viewer.surfaces[1].mesh).toBe(overlay.mesh);
    expect(viewer.contours?.colours).toBe(viewer.surfaces[1].colours);
    service.setFitOverlay({ quantity: 'thickness' });
    expect(viewer.surfaces[1].mesh).toBe(state().fit?.error.thickness.mesh);
    // Both ends of the other scale.
    expect([...(viewer.surfaces[1].colours ?? [])].filter((_, c) => c < 3 || c > 5)).toEqual([
      255, 255, 204, 128, 0, 38,
    ]);
    service.setFitOverlay({ shown: false });
    expect(viewer.contours).toBeUndefined();
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
    expect(viewer.segmentations.size).toBe(2);
  });

  it('goes to the worst place', async () => {
    service.lookAt([1, 2, 3]);
    expect(viewer.position).toEqual([1, 2, 3]);
  });

  it('forgets the judgement once the patch is edited or made anew', async () => {
    await service.reconstruct();
    await service.judgeFit();
    viewer.edit(viewer.idOf('Skull patch'), 40);
    expect(state().fit).toBeUndefined();
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
    await service.judgeFit();
    expect(state().fit).toBeDefined();
    await service.reconstruct();
    expect(state().fit).toBeUndefined();
  });
});

describe('comparing two shapes', () => {
  /** Runs a comparison and returns the job that it sent. */
  async function compare(): Promise<Job | undefined> {
    let sent: Job | undefined;
    script = (job, worker) => {
      sent = job;
      answer(job, worker);
    };
    await service.compare();
    return sent;
  }

  it('says that there is nothing to compare yet', async () => {
    await service.compare();
    expect(state().error?.message).toContain('reconstruct first');
    expect(viewer.sideBySide).toBe(false);
  });

  it('shows patch and implant side by side, coloured by where they differ, and goes back', async () => {
    await service.reconstruct();
    const { patch, implant } = reconstructionOnCt();
    expect(await compare()).toMatchObject({
      kind: 'compare',
      first: { data: patch.mask.data },
      second: { data: implant.mask.data },
    });
    expect(state().compared?.labels).toEqual([
      'Skull patch of this result',
      'Implant of this result',
    ]);
    expect(viewer.sideBySide).toBe(true);
    expect(viewer.surfaces.map(({ id, side }) => [id, side])).toEqual([
      ['skull', undefined],
      ['first', 'first'],
      ['second', 'second'],
    ]);
    expect([...(viewer.surfaces[1].colours ?? [])]).toEqual([247, 247, 247, 103, 0, 31, 5, 48, 97]);
    // Both outlines on the planes, one after the other.
    expect([...(viewer.contours?.mesh.triangles ?? [])]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(viewer.contours?.mesh.positions).toHaveLength(18);
    expect(new Set(viewer.contours?.colours.slice(0, 9))).toEqual(new Set([230, 159, 0]));

    service.showSideBySide(false);
    expect(viewer.sideBySide).toBe(false);
    expect(viewer.contours).toBeUndefined();
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
    service.showSideBySide(true);
    expect(viewer.sideBySide).toBe(true);
  });

  it('takes any other segment, but not the skull that was closed', async () => {
    await service.reconstruct();
    const ct = viewer.findCt();
    expect(service.comparables(ct).map(({ label }) => label)).toEqual([
      'Skull patch of this result',
      'Implant of this result',
    ]);
    const id = await viewer.showSegmentation(ct, {
      label: 'Expert',
      rgb: [1, 2, 3],
      mask: maskOnCt(9),
    });
    service.chooseComparables([`loaded:${id}:1`, 'result:patch']);
    viewer.skull = maskOnCt(9);
    expect(await compare()).toMatchObject({ first: { data: viewer.skull.data } });
    expect(state().compared?.labels[0]).toBe('Expert');
  });

  it('says so when a chosen segment is gone', async () => {
    await service.reconstruct();
    service.chooseComparables(['loaded:gone:1', 'result:patch']);
    await service.compare();
    expect(state().error?.message).toContain('no longer there');
    expect(viewer.sideBySide).toBe(false);
  });

  it('is void once a shape is edited or made anew, and the usual layout comes back', async () => {
    await service.reconstruct();
    await service.compare();
    viewer.edit(viewer.idOf('Implant'), 40);
    expect(state().compared).toBeUndefined();
    expect(viewer.sideBySide).toBe(false);
    await service.compare();
    await service.reconstruct();
    expect(state().compared).toBeUndefined();
    expect(viewer.sideBySide).toBe(false);
  });

  it('stands in the report', async () => {
    await service.reconstruct();
    await service.compare();
    await service.downloadReport();
    const [page, json] = viewer.files.slice(-2);
    expect(JSON.parse(String(json.bytes))).toMatchObject({
      comparison: {
        first: { label: 'Skull patch of this result', alone: 1, measurements: { volume: 2 } },
        second: { measurements: { volume: 3 } },
        hd95: 1.5,
      },
    });
    expect(String(page.bytes)).toContain('2.0, 3.0 ml');
  });
});

describe('the report', () => {
  it('is a page and JSON with figures, versions, warnings and the reference', async () => {
    await service.reconstruct();
    await service.judgeFit();
    await service.downloadReport();
    expect(state().error).toBeUndefined();
    const [page, json] = viewer.files.slice(-2);
    expect([page.name, json.name]).toEqual([
      'cranioplasty-report.html',
      'cranioplasty-report.json',
    ]);
    const about = JSON.parse(String(json.bytes)) as CaseDescription;
    expect(about).toMatchObject({
      product: { use: 'Research use only, not a medical device' },
      study: { studyInstanceUID: study, skull: 'Skull' },
      shapes: { skullPatch: { edited: false } },
      fit: { judgedBy: expect.stringContaining('Opposite side'), worst: [{ distance: 3 }] },
    });
    expect(new Date(about.created).getTime()).toBeGreaterThan(0);
    const html = String(page.bytes);
    for (const text of [
      'Research use only, not a medical device',
      'data:image/jpeg',
      'Opposite side',
      '1. bump',
      about.model.hash,
      about.study.seriesInstanceUID,
      ...about.warnings.map(({ message }) => message),
    ])
      expect(html).toContain(text);
  });

  it('says that nothing was judged, and that a shape was edited', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Implant'), 40);
    await service.downloadReport();
    const [page, json] = viewer.files.slice(-2);
    const about = JSON.parse(String(json.bytes)) as CaseDescription;
    expect(about.fit).toBeUndefined();
    expect(about.shapes).toMatchObject({
      skullPatch: { edited: false },
      implant: { edited: true },
    });
    expect(String(page.bytes)).toContain('Not judged');
  });

  it('needs a result', async () => {
    await service.downloadReport();
    expect(state().error?.message).toContain('reconstruct first');
  });
});
