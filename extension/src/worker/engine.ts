import type { Atlas } from '../engine/pose/atlas.ts';
import { compareTwo } from '../engine/judge/comparison.ts';
import { measureFitError } from '../engine/judge/fitError.ts';
import { designedShape } from '../engine/designedShape.ts';
import { leaveOutPiece } from '../engine/leaveOutPiece.ts';
import { checkModel, loadModel, loadNetworks, loadPrior } from '../engine/cascade/model.ts';
import { align } from '../engine/pose/align.ts';
import { loadAtlas } from '../engine/pose/atlas.ts';
import { prepareAhead } from '../engine/preparedSkull.ts';
import { reconstruct } from '../engine/reconstruct.ts';
import type { Reconstruction } from '../engine/reconstruction.ts';
import { remeasure } from '../engine/remeasure.ts';
import { rehearse } from '../engine/rehearsal.ts';
import { segmentBone } from '../engine/bone/segmentBone.ts';
import type { Mask } from '../engine/space/volume.ts';
import type { Mesh } from '../engine/surface/mesh.ts';
import { withNormals } from '../engine/surface/mesh.ts';
import { maskSurface } from '../engine/surface/skullSurface.ts';
import { thinOut } from '../engine/surface/thinOut.ts';
import { applyRigid, invertRigid } from '../engine/space/transform.ts';
import { drawPictures } from '../pictures/drawPictures.ts';
import { openSolidKernel } from '../solidKernel.ts';
import { ImplantDesigner } from './ImplantDesigner.ts';
import type { DesignJob, ImplantDesign, MapJob, Work } from './protocol.ts';

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

type Reconstruct = Parameters<typeof reconstruct>[0];

/** The surface that is drawn first and is the largest comes with all that drawing needs. */
async function reconstructToDraw(request: Reconstruct): Promise<Reconstruction> {
  const { skullMesh, ...rest } = await reconstruct(request);
  return { ...rest, skullMesh: withNormals(skullMesh) };
}

/** The engine as the worker sees it. */
export const engine = {
  segmentBone,
  align: ({ skull, atlas }: Align) => align(skull, atlas),
  maskSurface: (mask: Mask, cell?: number) => {
    const mesh = maskSurface(mask);
    return cell === undefined ? withNormals(mesh) : thinOut(mesh, cell);
  },
  measureFitError,
  compareTwo,
  leaveOutPiece: ({ reconstruction, piece, atlas }: LeaveOutPiece) =>
    leaveOutPiece(reconstruction, piece, atlas.centre),
  remeasure: ({ mask, toCanonical, atlas }: Remeasure) =>
    remeasure(mask, toCanonical, atlas.centre),
  designImplant,
  mapImplant: (job: MapJob) => designer.map(job),
  lighten: (mesh: Mesh, runtimeUrl?: string) => designer.lighten(mesh, runtimeUrl),
  drawPictures,
  loadModel,
  loadPrior,
  loadAtlas,
  checkModel,
  loadNetworks,
  prepareSkull: prepareAhead,
  reconstruct: reconstructToDraw,
  rehearse,
};

export type Engine = typeof engine;
