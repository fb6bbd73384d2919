/** What a user is told about a result, one sentence each. */

import type { BoneLookup } from './bone/closure.ts';
import { boneLookup, openDirections, openShare } from './bone/closure.ts';
import type { Agreement } from './cascade/agreement.ts';
import type { Alignment } from './pose/align.ts';
import type { Atlas } from './pose/atlas.ts';
import type { EdgeCut } from './pose/coverage.ts';
import type { PatchPiece } from './shape/pieces.ts';
import type { PostprocessReport } from './shape/postprocess.ts';
import { leastPiece } from './shape/postprocess.ts';
import type { RegionField } from './space/canonical.ts';
import { shapeThreshold } from './space/canonical.ts';
import { turnOf } from './space/transform.ts';
import { atLeast } from './space/voxels.ts';
import type { Said, SentenceValues } from './words/sentence.ts';
import { sayOfWarning, type SentenceName } from './words/warningSentences.ts';

export type WarningCode =
  | 'poor-alignment'
  | 'turned-head'
  | 'unusual-skull'
  | 'touches-volume-edge'
  | 'several-defects'
  | 'piece-left-out'
  | 'small-openings'
  | 'not-closed'
  | 'low-confidence'
  | 'poor-rehearsal'
  | 'fell-back'
  | 'resampled-ct'
  | 'mirrored-baseline';

/** Something the user must know before trusting the result; one sentence. */
export interface ReconstructionWarning extends Said {
  readonly code: WarningCode;
}

export function warning(
  code: WarningCode,
  name: SentenceName,
  values: SentenceValues = {},
): ReconstructionWarning {
  return { code, ...sayOfWarning(name, values) };
}

/** Residual of the atlas fit from which on the pose is doubtful, mm. */
const doubtfulResidual = 2;
/** A head that lies turned by more than this against its file's own left, front and top contradicts it, degrees. */
const mayBeTurned = 60;
/** Axis scales of the atlas fit outside this range are unlike the training skulls. */
const usualScales: readonly [number, number] = [0.88, 1.13];
/**
 * Overlap of the network's patch with the shape prior's below which a patch is doubtful. Of the 34 validation cases of
 * `ct-lite` it warns of five: of five of the six whose Dice is below 0.87, and of none above.
 */
const doubtfulAgreement = 0.9;
/**
 * Bone this many of the shape prior's standard deviations from what it expects is unlike the training heads. Heads
 * left out of the training of the CT prior come to 0.5 to 1.1, of the free one's 11 to 1.8, validation heads to 1.2.
 */
const unlikeTraining = 2;
/** Vault area that may stay open without a warning, cm², and the vault's whole area in the rays' view. */
const mayStayOpen = 0.8;
const vaultArea = 400;

const edgeWarnings: Readonly<Record<EdgeCut, SentenceName | undefined>> = {
  none: undefined,
  skull: 'vault-cut',
  patch: 'patch-cut',
};

/** What a run has found out about its own result. */
export interface Findings {
  readonly method: 'network' | 'mirror' | 'continuation';
  readonly alignment: Alignment;
  /** Absent without a network. */
  readonly agreement?: Agreement;
  /** Absent without a shape prior. */
  readonly unlikeness?: number;
  /** Whether the shapes were clipped where the skull ends. */
  readonly cut: boolean;
  /** What the edge of the native volume cuts into. */
  readonly edgeCut: EdgeCut;
  readonly pieces: readonly PatchPiece[];
  /** Where the defective skull has bone on the canonical grid. */
  readonly isBone: BoneLookup;
  /** Width of the canonical box, mm. */
  readonly width: number;
  readonly patch: RegionField;
  readonly postprocessed: PostprocessReport;
  readonly atlas: Atlas;
}

/** All that the user must know before trusting a result. */
export function warningsOf(findings: Findings): ReconstructionWarning[] {
  const {
    method,
    alignment,
    agreement,
    unlikeness,
    cut,
    edgeCut,
    pieces,
    patch,
    postprocessed,
    atlas,
  } = findings;
  return [
    ...judgeAlignment(alignment, unlikeness),
    ...judgeAgreement(agreement),
    ...[cut ? ('skull-ends' as const) : undefined, edgeWarnings[edgeCut]].flatMap((name) =>
      name ? [warning('touches-volume-edge', name)] : [],
    ),
    ...warnOfPieces(pieces),
    ...judgePatch(findings, patch, postprocessed, atlas),
    ...(method === 'network'
      ? []
      : [warning('mirrored-baseline', method === 'mirror' ? 'mirrored' : 'continued')]),
  ];
}

/** Says of how many pieces a patch is, if there are several; slivers of one are listed and not counted. */
export function warnOfPieces(pieces: readonly PatchPiece[]): ReconstructionWarning[] {
  const count = pieces.filter(({ volume }) => volume >= leastPiece).length;
  return count < 2 ? [] : [warning('several-defects', 'several-defects', { count })];
}

function judgeAlignment(alignment: Alignment, unlikeness = 0): ReconstructionWarning[] {
  const warnings: ReconstructionWarning[] = [];
  if (alignment.residual > doubtfulResidual) {
    const residual = alignment.residual.toFixed(1);
    warnings.push(warning('poor-alignment', 'poor-alignment', { residual }));
  }
  const degrees = Math.round(turnOf(alignment.toCanonical));
  if (degrees > mayBeTurned) warnings.push(warning('turned-head', 'turned-head', { degrees }));
  const unusual = alignment.scales.some((s) => s < usualScales[0] || s > usualScales[1]);
  if (unusual || unlikeness > unlikeTraining) {
    warnings.push(warning('unusual-skull', 'unusual-skull'));
  }
  return warnings;
}

function judgeAgreement(agreement?: Agreement): ReconstructionWarning[] {
  if (!agreement || agreement.dice >= doubtfulAgreement) return [];
  const overlap = (100 * agreement.dice).toFixed(0);
  const apart = agreement.p95.toFixed(1);
  return [warning('low-confidence', 'low-confidence', { overlap, apart })];
}

function judgePatch(
  { isBone, width }: Pick<Findings, 'isBone' | 'width'>,
  patch: RegionField,
  { leftOut }: PostprocessReport,
  atlas: Atlas,
): ReconstructionWarning[] {
  const warnings: ReconstructionWarning[] = [];
  if (leftOut.pieces > 0) {
    const { pieces, volume } = leftOut;
    warnings.push(
      warning('small-openings', 'small-openings', { pieces, volume: volume.toFixed(1) }),
    );
  }
  const { grid } = patch;
  const touches = [0, 1, 2].some((a) => {
    const low = grid.origin[a] - grid.spacing[a] / 2;
    const end = low + grid.size[a] * grid.spacing[a];
    return (
      (low <= 1e-6 && reachesFace(patch, a, 0)) || (end >= width - 1e-6 && reachesFace(patch, a, 1))
    );
  });
  if (touches) warnings.push(warning('touches-volume-edge', 'region-ends'));
  const isPatch = boneLookup({
    grid: patch.grid,
    data: atLeast(patch.data, shapeThreshold),
  });
  const open =
    vaultArea *
    openShare(openDirections((x, y, z) => isBone(x, y, z) || isPatch(x, y, z), atlas.centre, 0.8));
  if (open > mayStayOpen) {
    warnings.push(warning('not-closed', 'not-closed', { area: open.toFixed(1) }));
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
