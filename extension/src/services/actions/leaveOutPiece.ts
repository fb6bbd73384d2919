import type { Mask } from '../../engine/space/volume.ts';
import { sameVoxels, withoutLost } from '../../engine/space/voxels.ts';
import { requireResult, type Parts } from '../parts.ts';

/**
 * Takes a piece of the patch, and the implant in its place, out of the result; edits stay. What was said of
 * the whole patch is void.
 *
 * @param piece number in the reconstruction's pieces
 */
export function leaveOutPiece(parts: Parts, piece: number): Promise<void> {
  const { viewer, store, work, edits, shapes } = parts;
  return work.run('leave-out-piece', async (ct, client) => {
    const study = ct.studyInstanceUID;
    const { reconstruction: before } = requireResult(parts, study);
    const reconstruction = await client.ask('leaveOutPiece', { reconstruction: before, piece });
    const result = requireResult(parts, study);
    const now = edits.currentMasks(result);
    const masks = {
      patch: lessLost(now.patch, before.patch.mask, reconstruction.patch.mask),
      implant: lessLost(now.implant, before.implant.mask, reconstruction.implant.mask),
    };
    for (const id of Object.values(result.segmentationIds)) viewer.removeSegmentation(id);
    shapes.forgetJudgements(study);
    store.update(study, {
      result: {
        ...result,
        reconstruction,
        masks,
        segmentationIds: {},
        rehearsal: undefined,
        saved: undefined,
      },
    });
    await shapes.show(study);
  });
}

/** What is shown now without what the computed shape lost; that shape itself where nothing was edited. */
function lessLost(now: Mask, before: Mask, after: Mask): Mask {
  if (sameVoxels(now.data, before.data)) return after;
  return { grid: now.grid, data: withoutLost(now.data, before.data, after.data) };
}
