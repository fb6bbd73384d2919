import type { Mask } from '../../engine/space/volume.ts';
import { sameVoxels } from '../Edits.ts';
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
    const reconstruction = await client.leaveOutPiece(before, piece);
    const result = requireResult(parts, study);
    const now = edits.currentMasks(result);
    const masks = {
      patch: withoutLost(now.patch, before.patch.mask, reconstruction.patch.mask),
      implant: withoutLost(now.implant, before.implant.mask, reconstruction.implant.mask),
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
function withoutLost(now: Mask, before: Mask, after: Mask): Mask {
  if (sameVoxels(now, before)) return after;
  return { grid: now.grid, data: now.data.map((v, p) => (before.data[p] > after.data[p] ? 0 : v)) };
}
