import { describe, expect, it, vi } from 'vitest';
import { middleOfHead } from '../../../../extension/src/engine/shape/site.ts';
import { service, setUpService, state, viewer } from '../serviceUnderTest.ts';

setUpService();

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

describe('what is seen first of a result', () => {
  it('is the patch from the side of the defect, without the implant', async () => {
    await service.reconstruct();
    expect(viewer.turned?.position).toEqual(viewer.position);
    const { toCanonical } = state().result?.reconstruction.alignment ?? {};
    expect(viewer.turned?.middle).toEqual(toCanonical && middleOfHead(toCanonical));
    const seen = viewer.surfaces.filter(({ appearance }) => appearance.visible);
    expect(seen.map(({ id }) => id)).toEqual(['skull', 'patch']);
  });

  it('is the same on the next visit', async () => {
    await service.reconstruct();
    service.leaveMode();
    viewer.turned = undefined;
    service.enterMode();
    viewer.change();
    await vi.waitFor(() => expect(viewer.turned).toBeDefined());
  });

  it('turns to whatever place is asked for', async () => {
    service.lookAt([1, 2, 3]);
    expect(viewer.position).toEqual([1, 2, 3]);
    // Which way the head lies is known only of a result.
    expect(viewer.turned).toBeUndefined();
    await service.reconstruct();
    service.lookAt([4, 5, 6]);
    expect(viewer.turned?.position).toEqual([4, 5, 6]);
  });
});
