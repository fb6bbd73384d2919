import { describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { isEdited } from '../../../../extension/src/state/studyState.ts';
import type { CaseDescription } from '../../../../extension/src/services/report/caseReport.ts';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { smallDesign, type Job, type Script } from '../../worker/fakes.ts';
import { maskOnCt } from '../fakeViewer.ts';
import {
  answer,
  service,
  setUpService,
  state,
  viewer,
  workers,
  workersDo,
} from '../serviceUnderTest.ts';

setUpService();

const designJobs = (): Extract<Job, { kind: 'designImplant' }>[] =>
  workers.flatMap((worker) =>
    worker.jobs.flatMap((job) => (job.kind === 'designImplant' ? [job] : [])),
  );

/** A worker that designs an implant whose volume is ten times its thickness. */
const designs: Script = (job, worker) => {
  if (job.kind !== 'designImplant') return answer(job, worker);
  const { thickness } = job.parameters;
  return smallDesign(maskOnCt(6, 7), 10 * Number(thickness));
};

const settled = () =>
  vi.waitFor(() => {
    expect(state().result?.undesigned).toBe(false);
    expect(state().designing).toBe(false);
  });
const implant = () => state().result?.shapes.implant;
const shownImplant = () => viewer.readSegmentation(viewer.idOf('Implant'));

async function reconstructed(): Promise<void> {
  workersDo(designs);
  await service.reconstruct();
  expect(state().error).toBeUndefined();
}

describe('the designed implant', () => {
  it('is the implant after a reconstruction: shown, measured, not edited', async () => {
    await reconstructed();
    const { result } = state();
    expect(implant()?.measurements.volume).toBe(40);
    expect(result && isEdited(result, 'implant')).toBe(false);
    expect(shownImplant()).toEqual(maskOnCt(6, 7));
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant', 'axis']);
    const [job] = designJobs();
    expect(job.from?.skull).toEqual(maskOnCt(1, 2, 3));
    expect(job.from?.patch).toEqual(maskOnCt(5, 6, 17));
    expect(job.parameters).toMatchObject({ thickness: 4, material: 'PEEK', density: 1.3 });
  });

  it('is shown once, however busy the viewer is while it is designed', async () => {
    workersDo((job, worker) => {
      if (job.kind === 'designImplant') viewer.change();
      return designs(job, worker);
    });
    await service.reconstruct();
    expect(viewer.segmentations.size).toBe(2);
  });

  it('is designed once, though that begins before its patch is on the screen', async () => {
    const show = viewer.showSegmentation.bind(viewer);
    vi.spyOn(viewer, 'showSegmentation').mockImplementation((...how) => {
      viewer.change();
      return show(...how);
    });
    workersDo(async (job, worker) => {
      if (job.kind === 'designImplant')
        await vi.waitFor(() => expect(state().result?.segmentationIds.implant).toBeDefined());
      return designs(job, worker);
    });
    await service.reconstruct();
    await settled();
    expect(designJobs()).toHaveLength(1);
    expect(shownImplant()).toEqual(maskOnCt(6, 7));
  });

  it('is drawn on its way in, and then in its place', async () => {
    await reconstructed();
    service.setAppearance('patch', { visible: false });
    const shifts: unknown[] = [];
    const show = viewer.showScene.bind(viewer);
    vi.spyOn(viewer, 'showScene').mockImplementation((scene) => {
      shifts.push(scene.surfaces.find(({ id }) => id === 'implant')?.shift?.[2]);
      show(scene);
    });
    vi.useFakeTimers();
    const lowered = service.lowerImplant();
    await vi.runAllTimersAsync();
    vi.useRealTimers();
    await lowered;
    expect(shifts[0]).toBe(40);
    expect(shifts.at(-1)).toBe(0);
    expect(shifts).toEqual([...shifts].sort((a, b) => Number(b) - Number(a)));
  });

  it('is coloured in 3D by its thickness or its gap, and is to be seen then', async () => {
    await reconstructed();
    const drawn = () => viewer.surfaces.find(({ id }) => id === 'implant');
    expect(drawn()).toMatchObject({ colours: undefined, appearance: { visible: false } });
    service.setImplantColours('gap');
    expect(drawn()?.appearance.visible).toBe(true);
    // Nothing, half of 3 mm, and beyond the end of the scale.
    expect([...(drawn()?.colours ?? [])]).toEqual([237, 248, 251, 140, 150, 198, 129, 15, 124]);
    service.setImplantColours('thickness');
    const { colours } = drawn() ?? {};
    // Grey where there is none to measure, half of the 4 mm asked for, and as much.
    expect([...(colours ?? [])]).toEqual([150, 150, 150, 140, 150, 198, 129, 15, 124]);
    service.setAppearance('skull', { opacity: 0.5 });
    expect(drawn()?.colours).toBe(colours);
    service.setImplantColours('plain');
    expect(drawn()?.colours).toBeUndefined();
  });

  it('has its own colour where its maps are not known, or are of another surface', async () => {
    workersDo((job, worker) => {
      if (job.kind === 'mapImplant')
        throw new CranioplastyError('nothing-left', 'Nothing is left.');
      const design = designs(job, worker);
      if (job.kind !== 'designImplant') return design;
      const { implant, shape } = smallDesign(maskOnCt(6, 7));
      return { shape, implant: { ...implant, maps: undefined } };
    });
    await service.reconstruct();
    service.setImplantColours('gap');
    const drawn = () => viewer.surfaces.find(({ id }) => id === 'implant');
    expect(drawn()?.colours).toBeUndefined();
    workersDo(designs);
    service.setImplantParameters({ thickness: 5 });
    await settled();
    await vi.waitFor(() => expect(drawn()?.colours).toBeDefined());
    viewer.edit(viewer.idOf('Implant'), 40);
    await vi.waitFor(() => {
      const { result } = state();
      expect(result && isEdited(result, 'implant')).toBe(true);
    });
    await vi.waitFor(() => expect(drawn()?.colours).toBeUndefined());
  });

  it('follows its parameters, with what was prepared of the patch', async () => {
    await reconstructed();
    service.setImplantParameters({ thickness: 3 });
    service.setImplantParameters({ thickness: 6 });
    expect(state().result?.undesigned).toBe(true);
    await settled();
    expect(implant()?.measurements.volume).toBe(60);
    const [, ...later] = designJobs();
    expect(later.map(({ from, parameters }) => [from, parameters.thickness])).toEqual([
      [undefined, 6],
    ]);
  });

  it('follows the patch, once it was edited', async () => {
    await reconstructed();
    viewer.edit(viewer.idOf('Skull patch'), 40);
    await settled();
    const jobs = designJobs();
    expect(jobs).toHaveLength(2);
    expect(jobs[1].from?.patch).toEqual(maskOnCt(5, 6, 17, 40));
    const { result } = state();
    expect(result && isEdited(result, 'patch')).toBe(true);
    expect(result && isEdited(result, 'implant')).toBe(false);
  });

  it('is no longer what was stored once it is another', async () => {
    await reconstructed();
    await service.save();
    expect(state().result?.saved).toBeDefined();
    service.setImplantParameters({ thickness: 6 });
    await settled();
    expect(state().result?.saved).toBeUndefined();
  });

  it('leaves the predicted one, with a sentence, where it cannot be designed', async () => {
    await service.reconstruct();
    expect(state().error).toBeUndefined();
    expect(state().result?.designProblem?.message).toBe('The patch has 2 separate pieces.');
    expect(implant()).toBe(state().result?.reconstruction.implant);
    workersDo(designs);
    service.chooseImplantPiece(1);
    await settled();
    expect(state().result?.designProblem).toBeUndefined();
    expect(implant()?.measurements.volume).toBe(40);
    expect(designJobs().at(-1)?.from?.piece).toBe(1);
  });

  it('stays as it was while a parameter is out of its range', async () => {
    await reconstructed();
    service.setImplantParameters({ thickness: 12 });
    await settled();
    expect(state().result?.designProblem?.message).toContain('Thickness cannot be 12');
    expect(implant()?.measurements.volume).toBe(40);
    expect(designJobs()).toHaveLength(1);
    service.resetImplantParameters();
    await settled();
    expect(state().result?.designProblem).toBeUndefined();
  });

  it('is prepared anew after a worker crashed', async () => {
    await reconstructed();
    workersDo((job, worker) => {
      if (job.kind === 'designImplant') worker.crash('out of memory');
      return designs(job, worker);
    });
    service.setImplantParameters({ thickness: 5 });
    await settled();
    expect(state().result?.designProblem?.message).toContain('reload the page');
    workersDo(designs);
    service.setImplantParameters({ thickness: 6 });
    await settled();
    expect(designJobs().at(-1)?.from?.patch).toBeDefined();
    expect(implant()?.measurements.volume).toBe(60);
  });

  it('is prepared once for parameters that leave nothing', async () => {
    await reconstructed();
    workersDo((job, worker) => {
      if (job.kind !== 'designImplant') return answer(job, worker);
      throw new CranioplastyError('nothing-left', 'Nothing is left.');
    });
    service.setImplantParameters({ clearance: 3 });
    await settled();
    expect(state().result?.designProblem?.message).toBe('Nothing is left.');
    workersDo(designs);
    service.setImplantParameters({ clearance: 1 });
    await settled();
    expect(designJobs().map(({ from }) => from !== undefined)).toEqual([true, false, false]);
  });
});

describe('an implant that was edited by hand', () => {
  it('is left alone by patch and parameters until its edits are taken back', async () => {
    await reconstructed();
    const id = viewer.idOf('Implant');
    viewer.edit(id, 30);
    service.setImplantParameters({ thickness: 6 });
    viewer.edit(viewer.idOf('Skull patch'), 40);
    await service.downloadReport();
    expect(shownImplant()).toEqual(maskOnCt(6, 7, 30));
    expect(designJobs()).toHaveLength(1);
    await service.chooseImplantKind('predicted');
    expect(state().error?.message).toContain('edited by hand');

    await service.takeBackImplantEdits();
    await settled();
    expect(shownImplant()).toEqual(maskOnCt(6, 7));
    const { result } = state();
    expect(result && isEdited(result, 'implant')).toBe(false);
    expect(implant()?.measurements.volume).toBe(60);
  });
});

describe('the choice of an implant', () => {
  it('shows the predicted one and back, without designing again', async () => {
    await reconstructed();
    await service.chooseImplantKind('predicted');
    expect(implant()).toBe(state().result?.reconstruction.implant);
    expect(shownImplant()).toEqual(maskOnCt(6, 18));
    expect(viewer.surfaces.map(({ id }) => id)).not.toContain('axis');
    await service.chooseImplantKind('designed');
    expect(shownImplant()).toEqual(maskOnCt(6, 7));
    expect(designJobs()).toHaveLength(1);
  });

  it('is settled before it is judged or compared, so that nothing said of it is void at once', async () => {
    await reconstructed();
    viewer.edit(viewer.idOf('Skull patch'), 40);
    await service.judgeFit();
    expect(state().result?.undesigned).toBe(false);
    expect(state().fit).toBeDefined();
    service.setImplantParameters({ thickness: 6 });
    await service.compare();
    expect(implant()?.measurements.volume).toBe(60);
    expect(state().compared).toBeDefined();
  });

  it('offers the other one for comparison', async () => {
    await reconstructed();
    const labels = () => service.comparables(viewer.findCt()).map(({ label }) => label);
    expect(labels()).toContain('Implant as predicted');
    await service.chooseImplantKind('predicted');
    expect(labels()).toContain('Implant as designed');
  });
});

describe('parameters', () => {
  it('are taken back and done again', async () => {
    await reconstructed();
    service.setImplantParameters({ thickness: 6 });
    service.setImplantParameters({ clearance: 1 });
    service.undoImplantParameters();
    expect(state().implant.parameters).toEqual({ thickness: 6 });
    service.undoImplantParameters();
    service.undoImplantParameters();
    expect(state().implant.parameters).toEqual({});
    service.redoImplantParameters();
    service.redoImplantParameters();
    service.redoImplantParameters();
    expect(state().implant.parameters).toEqual({ thickness: 6, clearance: 1 });
    service.undoImplantParameters();
    service.resetImplantParameters();
    expect(state().implant.future).toEqual([]);
  });

  it('take the axis from the 3D view, if there is one', async () => {
    await reconstructed();
    viewer.direction = [1, 0, 0];
    await service.takeImplantAxisFromView();
    expect(state().implant.parameters.axis).toEqual([1, 0, 0]);
    viewer.direction = undefined;
    await service.takeImplantAxisFromView();
    expect(state().error?.code).toBe('bad-axis');
  });
});

describe('what leaves the product', () => {
  it('tells the design in report and SEG, and each piece is a file of its own', async () => {
    const design = smallDesign(maskOnCt(6, 7));
    const [mesh] = design.implant.meshes;
    const two = { ...design, implant: { ...design.implant, meshes: [mesh, mesh] } };
    workersDo((job, worker) => (job.kind === 'designImplant' ? two : answer(job, worker)));
    await service.reconstruct();
    await service.downloadStl('implant');
    expect(viewer.files.map(({ name }) => name.split('_').at(-1))).toEqual([
      'implant-1.stl',
      'implant-2.stl',
    ]);
    await service.downloadReport();
    const json = viewer.files.find(({ name }) => name.endsWith('.json'));
    const about = JSON.parse(String(json?.bytes)) as CaseDescription;
    expect(about.design).toMatchObject({
      mass: 13,
      axis: [0, 0, 1],
      parameters: { thickness: 4 },
      checks: [{ name: 'manifold' }, { name: 'gap', result: 'warn' }],
    });
    const page = viewer.files.find(({ name }) => name.endsWith('.html'));
    expect(String(page?.bytes)).toContain('The gap is wide.');
    expect(String(page?.bytes)).toContain('<h1>Designed implant</h1>');
    await service.save();
    const [stored] = viewer.pacs.objects;
    const { segments } = readSegmentation(stored);
    expect(segments.map(({ label }) => label)).toEqual(['Skull patch', 'Implant']);
  });
});
