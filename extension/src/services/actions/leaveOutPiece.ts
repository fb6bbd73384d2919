import { CranioplastyError } from '../../engine/space/errors.ts';
import type { ReconstructedShape, Reconstruction } from '../../engine/reconstruction.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { lostVoxels, sameVoxels, withVoxels } from '../../engine/space/voxels.ts';
import { resultShapes, type ResultShape } from '../../state/shapes.ts';
import {
  isEdited,
  shownDesign,
  type LeftOutPiece,
  type StudyResult,
} from '../../state/studyState.ts';
import { requireResult, type Parts } from '../parts.ts';
import { bareShape } from '../shapes/keptReconstruction.ts';
import { unedited } from '../shapes/resultParts.ts';
import { why } from '../../words/errorSentences.ts';

/**
 * Takes a piece of the patch, and the implant in its place, out of the result; edits stay. What was said of
 * the whole patch is void.
 *
 * @param piece number in the result's pieces
 */
export function leaveOutPiece(parts: Parts, piece: number): Promise<void> {
  const { work, shapes } = parts;
  return work.run('leave-out-piece', async (ct, client) => {
    const study = ct.studyInstanceUID;
    await shapes.settled(study);
    const given = withPredicted(requireResult(parts, study));
    const before = asEdited(given);
    const reconstruction = await client.ask('leaveOutPiece', { reconstruction: before, piece });
    const lost = byShape((shape) =>
      lostVoxels(before[shape].mask.data, reconstruction[shape].mask.data),
    );
    const leftOut: LeftOutPiece = {
      volume: given.pieces[piece].volume,
      lost,
      before: { ...before, patch: bareShape(before.patch), implant: bareShape(before.implant) },
      rehearsal: given.rehearsal,
    };
    // The user may have gone on editing meanwhile.
    const result = withPredicted(requireResult(parts, study));
    const now = currentMasks(parts, result);
    await replace(parts, study, {
      ...result,
      ...withMasks(reconstruction, (shape) => changed(now[shape], lost[shape], 0)),
      editedBefore: resultShapes.filter((shape) => isEdited(given, shape)),
      leftOut: [...given.leftOut, leftOut],
      rehearsal: undefined,
    });
  });
}

/** Brings back the piece that was left out last; edits since stay. */
export function bringBackPiece(parts: Parts): Promise<void> {
  return parts.work.run('bring-back-piece', async (ct) => {
    const study = ct.studyInstanceUID;
    const result = withPredicted(requireResult(parts, study));
    const last = result.leftOut.at(-1);
    if (!last) {
      throw new CranioplastyError('bad-usage', why('error.nothing-left-out'));
    }
    const { before, lost, rehearsal } = last;
    const whole = (shape: ResultShape): ReconstructedShape => ({
      ...before[shape],
      mask: changed(result.reconstruction[shape].mask, lost[shape], 1),
    });
    const now = currentMasks(parts, result);
    await replace(parts, study, {
      ...result,
      ...withMasks({ ...before, patch: whole('patch'), implant: whole('implant') }, (shape) =>
        changed(now[shape], lost[shape], 1),
      ),
      editedBefore: result.editedBefore,
      leftOut: result.leftOut.slice(0, -1),
      rehearsal,
    });
  });
}

/** A result with the predicted implant: what was designed for the patch before says nothing of the one after. */
function withPredicted(result: StudyResult): StudyResult {
  if (!shownDesign(result) || isEdited(result, 'implant')) return result;
  const { implant } = result.reconstruction;
  return {
    ...result,
    design: undefined,
    computed: { ...result.computed, implant },
    shapes: { ...result.shapes, implant },
  };
}

/** What the viewer shows, but of a predicted implant that a designed one stands in the place of. */
function currentMasks({ store, edits }: Parts, result: StudyResult): Record<ResultShape, Mask> {
  const shown = store.get(result.ct.studyInstanceUID).result;
  const masks = edits.currentMasks(result);
  return shown?.shapes.implant === result.shapes.implant
    ? masks
    : { ...masks, implant: result.shapes.implant.mask };
}

/** What a result holds in the place of what was computed. */
function asEdited({ reconstruction, shapes, pieces }: StudyResult): Reconstruction {
  const same = shapes.patch === reconstruction.patch;
  const agreement = same ? reconstruction.agreement : undefined;
  return { ...reconstruction, ...shapes, pieces, agreement };
}

/** The parts of a result of a reconstruction whose shapes have these voxels by now. */
function withMasks(reconstruction: Reconstruction, maskOf: (shape: ResultShape) => Mask) {
  const edited = resultShapes.filter(
    (shape) => !sameVoxels(maskOf(shape).data, reconstruction[shape].mask.data),
  );
  const shapes = byShape((shape) =>
    edited.includes(shape)
      ? { ...reconstruction[shape], mask: maskOf(shape) }
      : reconstruction[shape],
  );
  return { ...unedited(reconstruction), shapes, unmeasured: edited };
}

/** Shows another result in the place of the one before, of which what was judged is void. */
async function replace(parts: Parts, study: string, result: StudyResult): Promise<void> {
  const { viewer, store, shapes } = parts;
  for (const id of Object.values(result.segmentationIds)) viewer.removeSegmentation(id);
  shapes.forgetJudgements(study);
  store.update(study, { result: { ...result, segmentationIds: {}, saved: undefined } });
  await shapes.show(study);
}

const changed = ({ grid, data }: Mask, voxels: Uint32Array, value: 0 | 1): Mask => ({
  grid,
  data: withVoxels(data, voxels, value),
});

const byShape = <T>(of: (shape: ResultShape) => T): Record<ResultShape, T> => ({
  patch: of('patch'),
  implant: of('implant'),
});
