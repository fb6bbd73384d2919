import type { Atlas } from '../engine/atlas.ts';
import { compareTwo } from '../engine/comparison.ts';
import { measureFitError } from '../engine/fitError.ts';
import type { LoadedModel } from '../engine/model.ts';
import { leaveOutPiece } from '../engine/pieces.ts';
import { checkModel, loadAtlas, loadModel, reconstruct } from '../engine/reconstruct.ts';
import { rehearse } from '../engine/rehearsal.ts';
import { segmentBone } from '../engine/segmentBone.ts';
import { maskSurface } from '../engine/surface.ts';
import type { EnginePort } from './runJob.ts';

/** The real engine behind the worker's port. */
export const engine: EnginePort<LoadedModel, Atlas> = {
  segmentBone,
  maskSurface,
  measureFitError,
  compareTwo,
  leaveOutPiece: ({ reconstruction, piece, atlas }) =>
    leaveOutPiece(reconstruction, piece, atlas.centre),
  loadModel,
  loadAtlas,
  checkModel,
  reconstruct,
  rehearse,
};
