import type { Atlas } from '../engine/pose/atlas.ts';
import { compareTwo } from '../engine/judge/comparison.ts';
import { measureFitError } from '../engine/judge/fitError.ts';
import { designedShape } from '../engine/designedShape.ts';
import { leaveOutPiece } from '../engine/leaveOutPiece.ts';
import { checkModel, loadModel, loadNetworks, loadPrior } from '../engine/cascade/model.ts';
import { align } from '../engine/pose/align.ts';
import { loadAtlas } from '../engine/pose/atlas.ts';
import { reconstruct } from '../engine/reconstruct.ts';
import { remeasure } from '../engine/remeasure.ts';
import { rehearse } from '../engine/rehearsal.ts';
import { segmentBone } from '../engine/bone/segmentBone.ts';
import { maskSurface } from '../engine/surface/skullSurface.ts';
import { applyRigid, invertRigid } from '../engine/space/transform.ts';
import { drawPictures } from '../pictures/drawPictures.ts';
import { openSolidKernel } from '../solidKernel.ts';
import { ImplantDesigner } from './ImplantDesigner.ts';
import type { DesignJob, ImplantDesign, Work } from './protocol.ts';

type Align = Work['align']['job'] & { readonly atlas: Atlas };
type LeaveOutPiece = Work['leaveOutPiece']['job'] & { readonly atlas: Atlas };
type Remeasure = Work['remeasure']['job'] & { readonly atlas: Atlas };

const designer = new ImplantDesigner((runtimeUrl) =>
  openSolidKernel(
    () => new URL('manifold.wasm', runtimeUrl ?? new URL('./', globalThis.location.href)).href,
  ),
);

async function designImplant(
  job: DesignJob & { readonly atlas: Atlas },
  runtimeUrl: string | undefined,
): Promise<ImplantDesign> {
  const implant = await designer.design(job, runtimeUrl);
  const cavity = applyRigid(invertRigid(job.toCanonical), job.atlas.centre);
  return { implant, shape: designedShape(implant, cavity) };
}

/** The engine as the worker sees it. */
export const engine = {
  segmentBone,
  align: ({ skull, atlas }: Align) => align(skull, atlas),
  maskSurface,
  measureFitError,
  compareTwo,
  leaveOutPiece: ({ reconstruction, piece, atlas }: LeaveOutPiece) =>
    leaveOutPiece(reconstruction, piece, atlas.centre),
  remeasure: ({ mask, toCanonical, atlas }: Remeasure) =>
    remeasure(mask, toCanonical, atlas.centre),
  designImplant,
  drawPictures,
  loadModel,
  loadPrior,
  loadAtlas,
  checkModel,
  loadNetworks,
  reconstruct,
  rehearse,
};

export type Engine = typeof engine;
