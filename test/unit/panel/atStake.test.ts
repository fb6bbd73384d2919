import { describe, expect, it, vi } from 'vitest';
import { never } from '../worker/fakes.ts';
import { service, setUpService, state, viewer, workersDo } from './serviceUnderTest.ts';

setUpService();

describe('what is at stake', () => {
  it('is nothing before anything was done', () => {
    expect(service.atStake('page')).toBeUndefined();
    expect(service.atStake('mode')).toBeUndefined();
  });

  it('is a run that goes on', async () => {
    workersDo(never);
    const run = service.reconstruct();
    await vi.waitFor(() => expect(state().activity).toBeDefined());
    expect(service.atStake('mode')).toBe(
      'The reconstruction is still going on and will be stopped.',
    );
    expect(service.atStake('page')).toBe(service.atStake('mode'));
    service.cancel();
    await run;
    expect(service.atStake('page')).toBeUndefined();
  });

  it('is a result with the page, until it is saved, but not with the mode, which it outlives', async () => {
    await service.reconstruct();
    expect(service.atStake('page')).toContain('reconstruction that was not saved');
    expect(service.atStake('mode')).toBeUndefined();
    await service.save();
    expect(service.atStake('page')).toBeUndefined();
  });

  it('is what was edited since it was saved, also on the list of studies', async () => {
    await service.reconstruct();
    await service.save();
    viewer.edit(viewer.idOf('Implant'), 40);
    expect(service.atStake('page')).toBe('Edits that were not saved to the PACS will be lost.');
    expect(service.atStake('mode')).toContain('kept only until this page is closed');
    service.leaveMode();
    expect(service.atStake('page')).toBe('Edits that were not saved to the PACS will be lost.');
  });

  it('is a piece that was left out, and an edited skull', async () => {
    await service.reconstruct();
    await service.leaveOutPiece(1);
    expect(service.atStake('mode')).toContain('Edits were not saved');
    await service.bringBackPiece();
    expect(service.atStake('mode')).toBeUndefined();
    await service.segmentBone();
    viewer.edit(viewer.idOf('Skull from CT (≥ 250 HU)'), 9);
    expect(service.atStake('mode')).toContain('Edits were not saved');
  });
});
