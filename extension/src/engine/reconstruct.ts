import { measureAgreement } from './agreement.ts';
import { align } from './align.ts';
import type { Atlas } from './atlas.ts';
import { boneLookup, openDirections, openShare } from './closure.ts';
import { estimateCoarse } from './coarse.ts';
import { distanceOnLattice, fitContinuation } from './continuation.ts';
import { assertVaultCovered } from './coverage.ts';
import { cropToContent, skullMargin } from './crop.ts';
import { keepComponents } from './components.ts';
import { CranioplastyError, noDefectFound } from './errors.ts';
import { refine } from './fine.ts';
import { clipBelow, findLowerEnd } from './lowerEnd.ts';
import type { Grid } from './grid.ts';
import { assertGrid, voxelVolume } from './grid.ts';
import { measureShape } from './measure.ts';
import { continuationPatch, mirrorPatch } from './mirror.ts';
import type { LoadedModel } from './model.ts';
import { checkModel } from './model.ts';
import { piecesOf, warnOfPieces } from './pieces.ts';
import type { PostprocessReport } from './postprocess.ts';
import { postprocess } from './postprocess.ts';
import type { RegionField } from './resample.ts';
import { canonicalGrid, resampleToCanonical, restoreToNative } from './resample.ts';
import { signedDistance } from './signedDistance.ts';
import { isosurface, placeMesh, skullSurface, smoothField } from './surface.ts';
import { invertRigid } from './transform.ts';
import type {
  Agreement,
  Alignment,
  InferenceBackend,
  Progress,
  ReconstructedShape,
  Reconstruction,
  ReconstructionWarning,
  Stage,
} from './types.ts';
import { shapeThreshold } from './types.ts';
import type { Mask } from './volume.ts';
import { atLeast, countSet, makeVolume } from './volume.ts';

export { loadAtlas } from './atlas.ts';
export { checkModel, loadModel } from './model.ts';

/** What every reconstruction needs. */
interface BaseRequest {
  /** Defective skull on its native grid. */
  readonly skull: Mask;
  readonly atlas: Atlas;
  readonly signal?: { readonly aborted: boolean };
  readonly onProgress?: (progress: Progress) => void;
}

/** A reconstruction by the cascade. */
export interface CascadeRequest extends BaseRequest {
  readonly method?: 'network';
  readonly model: LoadedModel;
  readonly backend: InferenceBackend;
  /** The backend already holds this model's networks and passed the golden check. */
  readonly modelChecked?: boolean;
}

/**
 * Without a network, model or device: the mirrored skull as baseline and fallback, or what the networks
 * are given as it is.
 */
export interface MirrorRequest extends BaseRequest {
  readonly method: 'mirror' | 'continuation';
}

export type ReconstructRequest = CascadeRequest | MirrorRequest;

/** Share of the whole run that is over when a stage begins. */
const stageStart: Readonly<Record<Stage, number>> = {
  'load-model': 0,
  align: 0.05,
  resample: 0.12,
  coarse: 0.16,
  fine: 0.22,
  postprocess: 0.84,
  restore: 0.88,
  surfaces: 0.91,
  measure: 0.97,
};
/** Residual of the atlas fit from which on the pose is doubtful, mm. */
const doubtfulResidual = 2;
/** Axis scales of the atlas fit outside this range are unlike the training skulls. */
const usualScales: readonly [number, number] = [0.88, 1.13];
/**
 * Distance between both runs' surfaces (95th percentile) from which on a patch is doubtful, mm. On the
 * validation cases of `lite` it sets the worst one apart.
 */
const doubtfulSpread = 1.5;
/** Vault area that may stay open without a warning, cm², and the vault's whole area in the rays' view. */
const mayStayOpen = 0.8;
const vaultArea = 400;
/** Pieces of a native mask smaller than this are resampling crumbs, mm³. */
const leastNativePiece = 50;

/**
 * The whole pipeline: align, resample, coarse, fine, postprocess, restore, surfaces, measure.
 *
 * @returns both shapes on the grid of the input skull, their surfaces in patient LPS mm, and how they were made
 * @throws CranioplastyError `bad-geometry`, `empty-skull`, `alignment-failed`, `skull-incomplete`,
 *   `no-defect`, `inference-failed`, `cancelled`
 */
export async function reconstruct(request: ReconstructRequest): Promise<Reconstruction> {
  const { skull, atlas } = request;
  const cascade = 'model' in request ? request : undefined;
  const clock = new StageClock(request);
  assertGrid(skull.grid);
  makeVolume(skull.grid, skull.data);
  if (cascade && !cascade.modelChecked) {
    clock.enter('load-model');
    await checkModel(cascade.model, cascade.backend);
  }

  clock.enter('align');
  // Most of a scan is air: what looks at the skull alone works on its bounding box.
  const bone = cropToContent(skull, skullMargin);
  const alignment = align(bone, atlas);
  const { toCanonical } = alignment;
  assertVaultCovered(skull.grid, toCanonical, atlas);

  clock.enter('resample');
  const { size, spacing } = cascade ? cascade.model.manifest.canonicalGrid : mirrorGrid;
  const placed = { field: signedDistance(bone), toCanonical };
  const canonical = resampleToCanonical(placed, canonicalGrid(size, spacing));

  const distance = () => distanceOnLattice(placed);
  let patch: RegionField;
  let implant: RegionField;
  let disagreement: RegionField | undefined;
  let windows = 0;
  if (cascade) {
    const { manifest } = cascade.model;
    const continuation = fitContinuation(distance(), atlas);
    clock.enter('coarse');
    const coarse = await estimateCoarse(canonical, continuation, atlas, manifest, cascade.backend);
    clock.enter('fine');
    const fine = await refine(placed, continuation, atlas, coarse, manifest, cascade.backend, {
      onWindow: (done, total) => clock.window(done, total),
    });
    ({ patch, implant, disagreement, windows } = fine);
  } else {
    clock.enter('coarse');
    patch =
      request.method === 'continuation'
        ? continuationPatch(canonical, placed, fitContinuation(distance(), atlas), atlas)
        : mirrorPatch(canonical, atlas.centre);
    implant = { grid: patch.grid, data: patch.data.slice() };
  }

  clock.enter('postprocess');
  const end = findLowerEnd(canonical, atlas.centre);
  const cut =
    end && [patch, implant].map((field) => clipBelow(field, end, shapeThreshold)).some(Boolean);
  const found = postprocess(
    { patch, implant },
    canonical,
    cascade ? cascade.model.manifest.implant.clearanceMm : mirrorClearance,
    atlas.centre,
  );

  clock.enter('restore');
  const patchMask = restoreShape(patch, skull, alignment);
  const implantMask = restoreShape(implant, skull, alignment);
  if (countSet(patchMask.data) === 0) {
    throw noDefectFound();
  }

  clock.enter('surfaces');
  const surfaces = [patch, implant].map((field) => {
    const smooth = smoothField(field, 2);
    const canonicalMesh = placeMesh(isosurface(smooth, shapeThreshold), field.grid);
    return { smooth, canonicalMesh };
  });
  const skullMesh = skullSurface(placed.field);

  clock.enter('measure');
  const shapes = [patchMask, implantMask].map((mask, s): ReconstructedShape => {
    const { smooth, canonicalMesh } = surfaces[s];
    return {
      mask,
      mesh: placeMesh(canonicalMesh, identityGrid, invertRigid(toCanonical)),
      measurements: measureShape(mask, smooth, shapeThreshold, canonicalMesh, atlas.centre),
    };
  });
  const agreement =
    disagreement && measureAgreement(patch, disagreement, surfaces[0].canonicalMesh);
  const pieces = piecesOf(patchMask);
  const warnings = [
    ...judgeAlignment(alignment),
    ...judgeAgreement(agreement),
    ...(cut ? [cutWarning] : []),
    ...warnOfPieces(pieces),
    ...judgePatch(canonical, patch, found, atlas),
    ...(cascade ? [] : [request.method === 'mirror' ? mirrorWarning : continuationWarning]),
  ];
  const timings = clock.finish();
  return {
    patch: shapes[0],
    implant: shapes[1],
    pieces,
    skullMesh,
    alignment,
    agreement,
    warnings,
    model: cascade
      ? identify(cascade.model)
      : { name: request.method ?? 'mirror', version: '1', hash: '' },
    provider: cascade?.backend.provider,
    windows,
    timings,
  };
}

/** Mirroring works at this resolution whatever the models. */
const mirrorGrid = { size: 256, spacing: 0.8 };
/** And its shape keeps this far from bone where it stands for an implant, mm. */
const mirrorClearance = 1;

const identify = ({ manifest: { name, version }, hash }: LoadedModel) => ({ name, version, hash });

/** Voxel indices are mm and the other way round. */
const identityGrid: Grid = { ...canonicalGrid(1, 1), origin: [0, 0, 0] };

/** A field back on the native grid, without the skull and without crumbs. */
function restoreShape(field: RegionField, skull: Mask, alignment: Alignment): Mask {
  const mask = restoreToNative(field, alignment.toCanonical, skull, shapeThreshold);
  const least = leastNativePiece / voxelVolume(skull.grid);
  keepComponents(mask, (voxels) => voxels >= least);
  return mask;
}

const mirrorWarning: ReconstructionWarning = {
  code: 'mirrored-baseline',
  message:
    'This result is the mirrored opposite side, not a prediction of the network: asymmetry of the head shows as steps at the border.',
};

const cutWarning: ReconstructionWarning = {
  code: 'touches-volume-edge',
  message:
    'The skull ends in a plane above its base, where the scan or the segmentation was cut: the patch ends there too.',
};

const continuationWarning: ReconstructionWarning = {
  code: 'mirrored-baseline',
  message:
    'This result is the opposite side and the mean skull, fitted to this skull, not a prediction of the network: look at its edges and at its inner side.',
};

function judgeAlignment(alignment: Alignment): ReconstructionWarning[] {
  const warnings: ReconstructionWarning[] = [];
  if (alignment.residual > doubtfulResidual) {
    warnings.push({
      code: 'poor-alignment',
      message: `The skull fits the mean skull only to ${alignment.residual.toFixed(1)} mm: check the result against the opposite side.`,
    });
  }
  if (alignment.scales.some((s) => s < usualScales[0] || s > usualScales[1])) {
    warnings.push({
      code: 'unusual-skull',
      message:
        'The proportions of this skull lie outside those the model was trained on: check the result with care.',
    });
  }
  return warnings;
}

function judgeAgreement(agreement?: Agreement): ReconstructionWarning[] {
  if (!agreement || agreement.p95 <= doubtfulSpread) return [];
  return [
    {
      code: 'low-confidence',
      message: `The network is not sure of this patch: on the mirrored head it puts parts of the surface ${agreement.p95.toFixed(1)} mm away. Look at these parts before you use it.`,
    },
  ];
}

function judgePatch(
  skull: Mask,
  patch: RegionField,
  { leftOut }: PostprocessReport,
  atlas: Atlas,
): ReconstructionWarning[] {
  const warnings: ReconstructionWarning[] = [];
  if (leftOut.pieces > 0) {
    warnings.push({
      code: 'small-openings',
      message: `The skull has ${leftOut.pieces} small openings low in the skull (${leftOut.volume.toFixed(1)} ml of bone) that the patch leaves open: there thin bone is easily lost by a scan.`,
    });
  }
  const { grid } = patch;
  const edge = skull.grid.size[0] * skull.grid.spacing[0];
  const touches = [0, 1, 2].some((a) => {
    const low = grid.origin[a] - grid.spacing[a] / 2;
    const end = low + grid.size[a] * grid.spacing[a];
    return (
      (low <= 1e-6 && reachesFace(patch, a, 0)) || (end >= edge - 1e-6 && reachesFace(patch, a, 1))
    );
  });
  if (touches) {
    warnings.push({
      code: 'touches-volume-edge',
      message:
        'The defect reaches the edge of the region that the model sees, below the skull base plane: the patch ends there.',
    });
  }
  const isBone = boneLookup(skull);
  const isPatch = boneLookup({
    grid: patch.grid,
    data: atLeast(patch.data, shapeThreshold),
  });
  const open =
    vaultArea *
    openShare(openDirections((x, y, z) => isBone(x, y, z) || isPatch(x, y, z), atlas.centre, 0.8));
  if (open > mayStayOpen) {
    warnings.push({
      code: 'not-closed',
      message: `About ${open.toFixed(1)} cm² of the vault stay open: look for holes before you use the patch.`,
    });
  }
  return warnings;
}

/** Whether a field is set on the first (side 0) or last (side 1) layer along an axis. */
function reachesFace(field: RegionField, axis: number, side: 0 | 1): boolean {
  const { size } = field.grid;
  const strides = [1, size[0], size[0] * size[1]];
  const [u, v] = [0, 1, 2].filter((a) => a !== axis);
  const base = side * (size[axis] - 1) * strides[axis];
  for (let b = 0; b < size[v]; b++)
    for (let a = 0; a < size[u]; a++)
      if (field.data[base + a * strides[u] + b * strides[v]] >= shapeThreshold) return true;
  return false;
}

/** Tells progress, measures stages, and stops at the next stage or window once the run is cancelled. */
class StageClock {
  private readonly timings: Partial<Record<Stage, number>> = {};
  private stage: Stage | null = null;
  private since = 0;

  constructor(private readonly request: ReconstructRequest) {}

  enter(stage: Stage): void {
    this.leave();
    this.assertRunning();
    this.stage = stage;
    this.since = performance.now();
    this.request.onProgress?.({ stage, fraction: stageStart[stage] });
  }

  window(done: number, total: number): void {
    this.assertRunning();
    const fraction = stageStart.fine + ((stageStart.postprocess - stageStart.fine) * done) / total;
    this.request.onProgress?.({ stage: 'fine', fraction, window: { done, total } });
  }

  finish(): Partial<Record<Stage, number>> {
    this.leave();
    return this.timings;
  }

  private leave(): void {
    if (this.stage) this.timings[this.stage] = performance.now() - this.since;
  }

  private assertRunning(): void {
    if (this.request.signal?.aborted) {
      throw new CranioplastyError('cancelled', 'The reconstruction was cancelled.');
    }
  }
}
