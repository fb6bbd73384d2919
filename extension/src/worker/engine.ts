import { CranioplastyError } from '../engine/errors.ts';
import type { EnginePort } from './runJob.ts';

function missing(): never {
  throw new CranioplastyError(
    'model-unavailable',
    'This build holds no reconstruction engine yet: install a newer version.',
  );
}

/** Stand-in until the engine's entry points are committed, so that the bundle builds. */
export const engine: EnginePort<unknown, unknown> = {
  segmentBone: missing,
  loadModel: missing,
  loadAtlas: missing,
  checkModel: missing,
  reconstruct: missing,
};
