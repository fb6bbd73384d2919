import { describe, expect, it } from 'vitest';
import { service, setUpService, viewer } from '../serviceUnderTest.ts';

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
