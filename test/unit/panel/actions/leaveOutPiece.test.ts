import { describe, expect, it, vi } from 'vitest';
import { CranioplastyError } from '../../../../extension/src/engine/space/errors.ts';
import { isEdited } from '../../../../extension/src/state/studyState.ts';
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

  it('is of the shape as it was edited, not of the one that was computed', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Skull patch'), 40);
    await service.leaveOutPiece(1);
    const { result } = state();
    expect(result?.editedBefore).toEqual(['patch']);
    expect(result && isEdited(result, 'patch')).toBe(true);
    expect(result && isEdited(result, 'implant')).toBe(false);
  });

  it('can be undone, with what was said before and what was edited since', async () => {
    await service.reconstruct();
    await service.rehearse();
    const before = state().result;
    await service.leaveOutPiece(1);
    expect(state().result?.leftOut).toMatchObject([{ volume: 0.3 }]);
    viewer.edit(viewer.idOf('Skull patch'), 41);
    await service.bringBackPiece();
    expect(voxelsOf('Skull patch')).toEqual([5, 6, 17, 41]);
    expect(voxelsOf('Implant')).toEqual([6, 18]);
    const { result } = state();
    expect(result).toMatchObject({ leftOut: [], editedBefore: [] });
    expect(result?.rehearsal).toBe(before?.rehearsal);
    expect(result?.reconstruction).toEqual(before?.reconstruction);
    await vi.waitFor(() => expect(state().result?.unmeasured).toEqual([]));
    expect(state().result?.shapes.patch.measurements.volume).toBe(4);
    await service.bringBackPiece();
    expect(state().error?.message).toContain('No piece was left out');
  });

  it('is still edited when the piece is back', async () => {
    await service.reconstruct();
    viewer.edit(viewer.idOf('Skull patch'), 40);
    await service.leaveOutPiece(1);
    await service.bringBackPiece();
    expect(voxelsOf('Skull patch')).toContain(40);
    const { result } = state();
    expect(result && isEdited(result, 'patch')).toBe(true);
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
