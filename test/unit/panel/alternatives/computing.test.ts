import { describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { describeActivity } from '../../../../extension/src/panel/format.ts';
import { hasAlternatives } from '../../../../extension/src/services/actions/alternatives.ts';
import { never } from '../../worker/fakes.ts';
import { maskOnCt } from '../fakeViewer.ts';
import { answer, service, setUpService, state, viewer, workersDo } from '../serviceUnderTest.ts';
import { asAsked, patchOf, reconstructed, reconstructionOf, runs } from './runs.ts';

setUpService();

describe('computing the other shapes', () => {
  it('runs the two that are not there, on the same skull in the same way, and shows three', async () => {
    await reconstructed();
    const before = state().result;
    // What is chosen for another run plays no part.
    service.setMethod('mirror');
    service.chooseModel('ct-base');
    await service.computeAlternatives();
    expect(state().error).toBeUndefined();
    const [first, ...others] = runs();
    expect(others.map(({ alternative }) => alternative)).toEqual(['fuller', 'flatter']);
    for (const { method, model, skull, skullId } of others) {
      expect({ method, model }).toEqual({ method: 'continuation', model: first.model });
      // It may have been made ready, and is known again.
      expect(skullId).toBe(first.skullId);
      expect(skull).toEqual(first.skull);
    }
    // The result is what it was.
    expect(state().result).toEqual({ ...before, alternatives: expect.anything() });
    expect(state().result?.reconstruction).toBe(before?.reconstruction);

    expect(viewer.layout).toBe('alternatives');
    expect(viewer.surfaces.map(({ id, side }) => [id, side])).toEqual([
      ['skull', undefined],
      ['flatter', 'flatter'],
      ['expected', 'expected'],
      ['fuller', 'fuller'],
    ]);
    expect(viewer.scene.notes).toEqual({
      flatter: 'Flatter · 2.0 ml\n0.5 mm from the expected, on average',
      expected: 'Expected · 3.0 ml',
      fuller: 'Fuller · 4.0 ml\n0.5 mm from the expected, on average',
    });
    // From near by.
    expect(viewer.turned?.radius).toBe(90);
    // Where each stands out of the expected one; the outlines of all on the planes.
    const [, flatter, expected, fuller] = viewer.surfaces;
    expect(flatter.colours).toHaveLength(9);
    expect(fuller.colours).toHaveLength(9);
    expect(expected.colours).toBeUndefined();
    expect(viewer.contours?.mesh.positions).toHaveLength(27);
    expect(viewer.contours?.mesh.triangles).toHaveLength(9);
  });

  it('compares each with the expected one, whichever the result is', async () => {
    service.setAlternative('flatter');
    await reconstructed();
    const compared: unknown[] = [];
    workersDo((job, worker) => {
      if (job.kind === 'compare') compared.push([job.first.data, job.second.data]);
      return asAsked(job, worker);
    });
    await service.computeAlternatives();
    expect(runs().map(({ alternative }) => alternative)).toEqual(['flatter', 'expected', 'fuller']);
    const data = (alternative: keyof typeof patchOf) => maskOnCt(...patchOf[alternative]).data;
    expect(compared).toEqual([
      [data('expected'), data('flatter')],
      [data('expected'), data('fuller')],
    ]);
  });

  it('goes to the usual layout and back without a run', async () => {
    await reconstructed();
    service.showAlternatives(true);
    expect(viewer.layout).toBe('usual');
    await service.computeAlternatives();
    service.showAlternatives(false);
    expect(viewer.layout).toBe('usual');
    expect(viewer.turned?.radius).toBeUndefined();
    expect(viewer.scene.notes).toBeUndefined();
    expect(viewer.surfaces.map(({ id }) => id)).toEqual(['skull', 'patch', 'implant']);
    service.showAlternatives(true);
    expect(viewer.layout).toBe('alternatives');
    // A comparison takes its place, and an edit, which makes that void, does not bring it back.
    await service.compare();
    expect(viewer.layout).toBe('compared');
    viewer.edit(viewer.idOf('Skull patch'), 40);
    expect(viewer.layout).toBe('usual');
    service.showAlternatives(true);
    viewer.edit(viewer.idOf('Skull patch'), 41);
    expect(viewer.layout).toBe('alternatives');
    expect(runs()).toHaveLength(3);
  });

  it('says which of the shapes it is at, with times of its own', async () => {
    await reconstructed();
    const said: string[] = [];
    const stop = service.store.subscribe(() => {
      const { activity } = state();
      const { number } = activity?.run ?? {};
      if (activity?.progress && number !== undefined) {
        said[number - 1] = describeActivity(activity, activity.startedAt);
        expect(activity.fallBacks).toEqual([]);
      }
    });
    await service.computeAlternatives();
    stop();
    expect(said).toEqual([
      expect.stringMatching(/^Fuller, 1 of 2: Fine windows · 0 s/),
      expect.stringMatching(/^Flatter, 2 of 2: Fine windows · 0 s/),
    ]);
  });

  it('leaves all as it was when it is cancelled at the second shape', async () => {
    await reconstructed();
    const before = state().result;
    workersDo((job, worker) => {
      if (job.kind !== 'reconstruct' || job.alternative !== 'flatter') return asAsked(job, worker);
      return never();
    });
    const computing = service.computeAlternatives();
    await vi.waitFor(() => expect(runs()).toHaveLength(3));
    expect(state().activity?.run).toEqual({ alternative: 'flatter', number: 2, count: 2 });
    service.cancel();
    await computing;
    expect(state().activity).toBeUndefined();
    expect(state().error).toBeUndefined();
    expect(state().result).toBe(before);
    expect(viewer.layout).toBe('usual');
  });

  it('leaves all as it was when it fails', async () => {
    await reconstructed();
    const before = state().result;
    workersDo((job, worker) => {
      if (job.kind === 'compare') throw new CranioplastyError('bad-geometry', 'No grid.');
      return asAsked(job, worker);
    });
    await service.computeAlternatives();
    expect(state().error?.message).toBe('No grid.');
    expect(state().result).toBe(before);
    expect(viewer.layout).toBe('usual');
  });

  it('is not for what knows no other shape', async () => {
    await service.computeAlternatives();
    expect(state().error?.message).toContain('reconstruct first');
    await service.reconstruct();
    const { result } = state();
    expect(result && hasAlternatives(result)).toBe(false);
    await service.computeAlternatives();
    expect(state().error?.message).toContain('needs a model with a shape prior');
    expect(runs()).toHaveLength(1);
    expect(viewer.layout).toBe('usual');
  });

  it('wants the skull as it was reconstructed', async () => {
    await reconstructed();
    viewer.edit(viewer.idOf('Skull from CT (≥ 300 HU)'), 50);
    await service.computeAlternatives();
    expect(state().error?.message).toContain('update the result first');
    expect(runs()).toHaveLength(1);
  });

  it('computes the own shape again once a piece of it was left out', async () => {
    await reconstructed();
    await service.leaveOutPiece(1);
    await service.computeAlternatives();
    expect(runs().slice(1)).toHaveLength(3);
    const [, expected] = state().result?.alternatives ?? [];
    expect([...expected.voxels.patch]).toEqual(patchOf.expected);
  });

  it('is void once another result is there', async () => {
    await reconstructed();
    await service.computeAlternatives();
    await service.reconstruct();
    expect(state().result?.alternatives).toBeUndefined();
    expect(viewer.layout).toBe('usual');
  });

  it('stays for the next visit', async () => {
    await reconstructed();
    await service.computeAlternatives();
    const { alternatives } = state().result ?? {};
    service.leaveMode();
    viewer.segmentations.clear();
    viewer.revisions.clear();
    viewer.layout = 'usual';
    service.enterMode();
    viewer.change();
    await vi.waitFor(() => viewer.idOf('Skull patch'));
    expect(state().layout).toBe('usual');
    expect(state().result?.alternatives).toBe(alternatives);
    service.showAlternatives(true);
    expect(viewer.layout).toBe('alternatives');
  });
});

describe('a computed shape', () => {
  it('is kept without whole volumes, and with the one surface of the skull', async () => {
    await reconstructed();
    workersDo((job, worker) =>
      job.kind === 'reconstruct'
        ? reconstructionOf(job.alternative ?? 'expected')
        : answer(job, worker),
    );
    await service.computeAlternatives();
    const { alternatives = [], reconstruction } = state().result ?? {};
    for (const one of alternatives) {
      expect([...one.voxels.patch]).toEqual(patchOf[one.alternative]);
      expect(one.reconstruction.patch).not.toHaveProperty('mask');
      expect(one.reconstruction.skullMesh).toBe(reconstruction?.skullMesh);
    }
  });
});
