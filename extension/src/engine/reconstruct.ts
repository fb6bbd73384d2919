/**
 * The reconstruction: its stages in order. Each is the work of a room (a folder), and a room uses only rooms below
 * it: judge, shape, cascade, prior, pose, bone, surface, space.
 */

import { measureAgreement } from './cascade/agreement.ts';
import { estimateCoarse } from './cascade/coarse.ts';
import type { FineEstimate } from './cascade/fine.ts';
import { refine } from './cascade/fine.ts';
import type { LoadedPrior } from './cascade/model.ts';
import { checkModel } from './cascade/model.ts';
import { allDone, Crew } from './crew/Crew.ts';
import type { Alignment } from './pose/align.ts';
import { findEdgeCut } from './pose/coverage.ts';
import type { Continuation } from './prior/continuation.ts';
import { continuationPatch, mirrorPatch } from './prior/mirror.ts';
import { deviationOver } from './prior/shapePrior.ts';
import { preparationFor, prepareSkull } from './preparedSkull.ts';
import { StageClock } from './progress.ts';
import type { ReconstructedShape, Reconstruction, ReconstructRequest } from './reconstruction.ts';
import { clipBelow } from './shape/lowerEnd.ts';
import { volumeOf } from './shape/measure.ts';
import { piecesOf } from './shape/pieces.ts';
import { postprocess } from './shape/postprocess.ts';
import { bridgeToBone } from './shape/seal.ts';
import type { RegionField } from './space/canonical.ts';
import { canonicalGrid, shapeThreshold } from './space/canonical.ts';
import { keepComponents } from './space/components.ts';
import { boundingBox, partInBox, roomAround, unionBox, wholeBox } from './space/crop.ts';
import type { Box } from './space/crop.ts';
import { noAlternative, noDefectFound } from './space/errors.ts';
import type { Grid, Vec3 } from './space/grid.ts';
import { voxelVolume } from './space/grid.ts';
import { resampleToCanonical, restoreToNative } from './space/resample.ts';
import type { Mask } from './space/volume.ts';
import { emptyMask } from './space/volume.ts';
import { anySet } from './space/voxels.ts';
import { overVertices } from './surface/perVertex.ts';
import { warningsOf } from './warnings.ts';

/** Pieces of a native mask smaller than this are resampling crumbs, mm³. */
const leastNativePiece = 50;

/**
 * The whole pipeline: align, resample, coarse, fine, postprocess, restore, surfaces, measure.
 *
 * @returns both shapes on the grid of the input skull, or on its continuation where it may grow, their surfaces in patient LPS mm, and how they were made
 * @throws CranioplastyError `bad-geometry`, `empty-skull`, `alignment-failed`, `skull-incomplete`,
 *   `no-defect`, `bad-usage`, `inference-failed`, `cancelled`
 */
export async function reconstruct(request: ReconstructRequest): Promise<Reconstruction> {
  const { skull, atlas, alternative = 'expected', crew = new Crew() } = request;
  const cascade = 'model' in request ? request : undefined;
  const prior = 'model' in request ? undefined : request.prior;
  const method = 'model' in request ? 'network' : request.method;
  const shapePrior = cascade ? cascade.model.shapePrior : prior?.shapePrior;
  if (alternative !== 'expected' && (method === 'mirror' || !shapePrior)) throw noAlternative();
  const clock = new StageClock(request);
  if (cascade && !cascade.modelChecked) {
    clock.enter('load-model');
    await checkModel(cascade.model, cascade.backend);
  }

  const preparation = cascade
    ? { ...preparationFor(cascade.model), atlas }
    : { atlas, shapePrior, canonical: mirrorGrid };
  const prepared = cascade?.prepared ?? (await prepareSkull(skull, preparation, clock, crew));
  const { alignment, content, placed, canonical } = prepared;
  const { toCanonical } = alignment;

  let patch: RegionField;
  let implant: RegionField;
  let continuation: Continuation | undefined;
  let opinions: Pick<FineEstimate, 'network' | 'continued'> | undefined;
  let windows = 0;
  if (cascade) {
    const { manifest } = cascade.model;
    prepared.handOut('bends', 'occupancy');
    continuation = await prepared.continued(alternative);
    clock.enter('coarse');
    const { backend } = cascade;
    const occupancy = await prepared.occupancy();
    const coarse = await estimateCoarse(occupancy, continuation, atlas, manifest, backend);
    clock.enter('fine');
    const fine = await refine(placed, continuation, atlas, coarse, manifest, backend, {
      onWindow: (done, total) => clock.window(done, total),
    });
    ({ patch, implant, windows } = fine);
    opinions = fine;
  } else {
    clock.enter('coarse');
    if (method === 'continuation') {
      prepared.handOut('bends');
      continuation = await prepared.continued(alternative);
    }
    const whole = resampleToCanonical(placed, canonical.grid);
    patch = continuation
      ? continuationPatch(whole, placed, continuation, atlas)
      : mirrorPatch(whole, atlas.centre);
    implant = { grid: patch.grid, data: patch.data.slice() };
  }

  clock.enter('postprocess');
  // Not before: beside the networks it would take memory from them.
  prepared.handOut('surface');
  const end = prepared.lowerEnd;
  const cut =
    end && [patch, implant].map((field) => clipBelow(field, end, shapeThreshold)).some(Boolean);
  const postprocessed = postprocess(
    { patch, implant },
    canonical.part(boxIn(canonical.grid, patch.grid)),
    cascade ? cascade.model.manifest.implant.clearanceMm : mirrorClearance,
    atlas.centre,
  );

  clock.enter('restore');
  const { masks, grown } = restoreShapes([patch, implant], request, alignment, content);
  const [patchMask] = masks;
  if (!anySet(patchMask.data)) {
    throw noDefectFound();
  }

  clock.enter('surfaces');
  const handed = [patch, implant].map((field, s) =>
    crew.hand('shape', {
      ...{ field: { ...field, data: crew.share(field.data) }, toCanonical, centre: atlas.centre },
      volume: volumeOf(masks[s]),
    }),
  );
  const drawn = await allDone(handed);
  const skullMesh = await prepared.takeMesh();

  clock.enter('measure');
  const shapes = masks.map((mask, s): ReconstructedShape => {
    const { mesh, measurements } = drawn[s];
    return { mask, mesh, measurements };
  });
  const [{ canonicalMesh }] = drawn;
  const shape = continuation?.shape;
  const agreement =
    opinions &&
    shape &&
    measureAgreement(patch, opinions.network, opinions.continued, canonicalMesh);
  const deviation = shape && overVertices(deviationOver(shape, canonicalMesh));
  const pieces = piecesOf(patchMask);
  const warnings = warningsOf({
    method,
    alignment,
    agreement,
    unlikeness: shape?.unlikeness,
    cut: Boolean(cut),
    edgeCut: grown
      ? findEdgeCut(skull, emptyMask(skull.grid), toCanonical)
      : findEdgeCut(skull, patchMask, toCanonical, patch),
    pieces,
    isBone: canonical.boneLookup(),
    width: canonical.grid.size[0] * canonical.grid.spacing[0],
    patch,
    postprocessed,
    atlas,
  });
  const timings = clock.finish();
  return {
    method,
    alternative,
    patch: shapes[0],
    implant: shapes[1],
    pieces,
    grown,
    skullMesh,
    alignment,
    agreement,
    deviation,
    unlikeness: shape?.unlikeness,
    warnings,
    model: cascade
      ? identify(cascade.model)
      : prior
        ? { ...identify(prior), name: `shape prior of ${prior.manifest.name}` }
        : { name: method, version: '1', hash: '' },
    provider: cascade?.backend.provider,
    windows,
    timings,
  };
}

/** The voxels of a canonical grid that a part of it covers. */
function boxIn(canonical: Grid, part: Grid): Box {
  const low = [0, 1, 2].map((a) =>
    Math.round((part.origin[a] - canonical.origin[a]) / part.spacing[a]),
  ) as unknown as Vec3;
  return shiftBox(wholeBox(part), low);
}

/** Mirroring works at this resolution whatever the models. */
const mirrorGrid = canonicalGrid(256, 0.8);
/** And its shape keeps this far from bone where it stands for an implant, mm. */
const mirrorClearance = 1;

const identify = ({
  manifest: { name, version, licence, use },
  hash,
}: Pick<LoadedPrior, 'manifest' | 'hash'>) => ({
  name,
  version,
  hash,
  licence,
  use,
});

/** How far beyond bone a result may reach where the grid may be continued, mm. */
const growthMargin = 30;

/**
 * Patch and implant back on the native grid, without the skull and without crumbs, the patch joined to the bone.
 * @param content where the skull is
 * @returns the masks, and the skull on their grid where that reaches beyond the skull's own
 */
function restoreShapes(
  fields: readonly RegionField[],
  { skull, mayGrow }: ReconstructRequest,
  { toCanonical }: Alignment,
  content: Box | undefined,
): { readonly masks: readonly Mask[]; readonly grown?: Mask } {
  const { grid } = skull;
  const own = wholeBox(grid);
  const room = mayGrow && content ? roomAround(content, growthMargin, grid) : own;
  const least = leastNativePiece / voxelVolume(grid);
  let box = own;
  const parts = fields.map((field) => {
    const part = restoreToNative(field, toCanonical, skull, shapeThreshold, room);
    keepComponents(part.mask, (voxels) => voxels >= least);
    const set = boundingBox([part.mask.data], part.mask.grid.size);
    if (set) box = unionBox(box, shiftBox(set, part.low));
    return part;
  });
  const masks = parts.map((part) => partInBox(part, grid, box));
  const larger = masks[0].data.length > skull.data.length;
  const grown = larger ? partInBox({ mask: skull, low: own.low }, grid, box) : undefined;
  bridgeToBone(masks[0], grown ?? skull);
  return { masks, grown };
}

const shiftBox = ({ low, high }: Box, by: Vec3): Box => ({
  low: low.map((n, a) => n + by[a]) as unknown as Vec3,
  high: high.map((n, a) => n + by[a]) as unknown as Vec3,
});
