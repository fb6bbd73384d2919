import type { DesignedImplant } from '../../engine/implant/design.ts';
import type { Comparison } from '../../engine/judge/comparison.ts';
import type { FitError } from '../../engine/judge/fitError.ts';
import type { Reconstruction } from '../../engine/reconstruction.ts';
import type {
  ComparisonRecord,
  DesignRecord,
  JudgementRecord,
  ReconstructionRecord,
} from './caseRecord.ts';

/** What is recorded of a reconstruction. */
export function recordOfReconstruction(
  {
    method,
    alternative,
    model,
    alignment,
    pieces,
    agreement,
    deviation,
    unlikeness,
    warnings,
  }: Reconstruction,
  more: Pick<ReconstructionRecord, 'skull'> & Partial<ReconstructionRecord>,
): ReconstructionRecord {
  const { name, version, hash, licence, use } = model;
  return defined({
    method,
    alternative,
    model: defined({ name, version, hash, licence, use }),
    alignment,
    pieces,
    agreement: agreement && { dice: agreement.dice, mean: agreement.mean, p95: agreement.p95 },
    deviation: deviation && { mean: deviation.mean, p95: deviation.p95 },
    unlikeness,
    warnings,
    ...more,
  });
}

/** What is recorded of a designed implant. */
export function recordOfDesign(
  { parameters, axis, tilt, volume, mass, undercut, checks, meshes }: DesignedImplant,
  more: Pick<DesignRecord, 'patchPiece' | 'problem' | 'problemSentence'> = {},
): DesignRecord {
  const pieces = meshes.length;
  return defined({ parameters, axis, tilt, volume, mass, undercut, checks, pieces, ...more });
}

/** @param judgedBy in words */
export function recordOfJudgement(
  { reference, border, metrics, worst }: FitError,
  judgedBy: string,
): JudgementRecord {
  return defined({ reference, border, metrics, worst, judgedBy });
}

/** @param labels of both shapes, in words */
export function recordOfComparison(
  { common, dice, meanDistance, hd95, hausdorff, ...shapes }: Comparison,
  labels: readonly [first: string, second: string],
): ComparisonRecord {
  const [first, second] = [shapes.first, shapes.second].map(({ alone, measurements }, side) => ({
    label: labels[side],
    alone,
    measurements,
  }));
  return { common, dice, meanDistance, hd95, hausdorff, first, second };
}

/** Without what is undefined, as JSON gives it back. */
function defined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
