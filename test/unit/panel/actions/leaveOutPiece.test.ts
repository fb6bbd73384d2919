import { describe, expect, it } from 'vitest';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { service, setUpService, state, viewer, workersDo } from '../serviceUnderTest.ts';

setUpService();

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
    workersDo(() => {
      throw new CranioplastyError('bad-usage', 'No piece.');
    });
    await service.leaveOutPiece(7);
    expect(state().error).toEqual({ code: 'bad-usage', message: 'No piece.' });
    expect(state().result).toBe(before);
  });
});
