import { describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { createCommandsModule } from '../../../extension/src/commandsModule.ts';
import { service, setUpService, viewer, workers } from './serviceUnderTest.ts';

setUpService();

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

describe('a CT that cannot be worked on', () => {
  it('is said to be so before anything is tried, and no longer once it is whole', () => {
    const ct = viewer.findCt();
    const { instances } = viewer;
    viewer.instances = instances.filter((_, k) => k !== 2);
    expect(service.ctProblem(ct)?.message).toMatch(/slice/);
    viewer.instances = instances;
    expect(service.ctProblem(ct)).toBeUndefined();
  });
});

describe('what can be a defective skull', () => {
  it('is no patch and no implant, which are there to judge and compare by', async () => {
    const ct = viewer.findCt();
    await viewer.showSegmentation(ct, { label: 'Skull patch', rgb: [0, 0, 0], mask: viewer.skull });
    await viewer.showSegmentation(ct, { label: 'Mine', rgb: [0, 0, 0], mask: viewer.skull });
    const labels = (sources: readonly { label: string }[]) => sources.map(({ label }) => label);
    expect(labels(service.skullSources(ct))).toEqual(['Skull', 'Mine']);
    expect(labels(service.references(ct))).toContain('Skull patch');
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
    ['computeAlternativeShapes', 'computeAlternatives', undefined, []],
    ['showAlternativeShapes', 'showAlternatives', { show: true }, [true]],
    [
      'takeAlternativeShape',
      'takeAlternative',
      { alternative: 'fuller', keepEdits: true },
      ['fuller', true],
    ],
    ['rehearseReconstruction', 'rehearse', undefined, []],
    ['leaveOutPatchPiece', 'leaveOutPiece', { piece: 1 }, [1]],
    ['saveReconstruction', 'save', undefined, []],
    ['downloadReconstructionSeg', 'downloadSeg', undefined, []],
    ['downloadReconstructionStl', 'downloadStl', { shape: 'implant' }, ['implant']],
    ['downloadImplant3mf', 'downloadThreeMf', undefined, []],
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
