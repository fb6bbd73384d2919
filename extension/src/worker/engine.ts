import type { Atlas } from '../engine/pose/atlas.ts';
import { compareTwo } from '../engine/judge/comparison.ts';
import { measureFitError } from '../engine/judge/fitError.ts';
import { leaveOutPiece } from '../engine/leaveOutPiece.ts';
import { checkModel, loadModel, loadNetworks, loadPrior } from '../engine/cascade/model.ts';
import { loadAtlas } from '../engine/pose/atlas.ts';
import { reconstruct } from '../engine/reconstruct.ts';
import { remeasure } from '../engine/remeasure.ts';
import { rehearse } from '../engine/rehearsal.ts';
import { segmentBone } from '../engine/bone/segmentBone.ts';
import { maskSurface } from '../engine/surface/skullSurface.ts';
import type { Work } from './protocol.ts';

type LeaveOutPiece = Work['leaveOutPiece']['job'] & { readonly atlas: Atlas };
type Remeasure = Work['remeasure']['job'] & { readonly atlas: Atlas };

/** The engine as the worker sees it. */
export const engine = {
  segmentBone,
  maskSurface,
  measureFitError,
  compareTwo,
  leaveOutPiece: ({ reconstruction, piece, atlas }: LeaveOutPiece) =>
    leaveOutPiece(reconstruction, piece, atlas.centre),
  remeasure: ({ mask, toCanonical, atlas }: Remeasure) =>
    remeasure(mask, toCanonical, atlas.centre),
  loadModel,
  loadPrior,
  loadAtlas,
  checkModel,
  loadNetworks,
  reconstruct,
  rehearse,
};

export type Engine = typeof engine;
