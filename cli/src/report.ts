import { cpus } from 'node:os';
import type { CtSeries } from '../../extension/src/dicom/ct/ctSeries.ts';
import { product } from '../../extension/src/dicom/product.ts';
import { sha256 } from '../../extension/src/engine/space/files.ts';
import { countSet } from '../../extension/src/engine/space/voxels.ts';
import type { Rehearsal } from '../../extension/src/engine/rehearsal.ts';
import type {
  Reconstruction,
  ReconstructedShape,
} from '../../extension/src/engine/reconstruction.ts';
import { describeModel } from '../../extension/src/models.ts';
import type { Files } from './io/completeFiles.ts';

/** What only the command line knows about a run. */
export interface RunFacts {
  readonly input: { readonly name: string; readonly bytes: Uint8Array; readonly segment?: object };
  readonly ct?: Pick<CtSeries, 'seriesInstanceUID' | 'grid' | 'irregular'>;
  /** The series that was written of a straightened one. */
  readonly straightened?: Pick<CtSeries, 'seriesInstanceUID' | 'slices'>;
  readonly rehearsal?: Rehearsal;
  readonly warnings: readonly string[];
  /** Which implant the files hold. */
  readonly implant: 'designed' | 'predicted';
  /** Milliseconds: reading, model and check, writing is not known yet. */
  readonly timings: Readonly<Record<string, number>>;
  readonly files: Files;
}

/** Largest resident memory of this process so far, bytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** What the command says at its end, on one line. */
export function summaryOf(
  { patch, implant, provider, model }: Reconstruction,
  milliseconds: number,
  out: string,
): string {
  return (
    `Skull patch ${patch.measurements.volume.toFixed(1)} ml, implant ${implant.measurements.volume.toFixed(1)} ml; ` +
    `${(milliseconds / 1000).toFixed(1)} s on ${provider ?? 'the CPU, without networks'}, peak memory ${(peakMemory() / 1e9).toFixed(2)} GB. ` +
    `Model ${describeModel(model)}. ${product.researchUse}. Written to ${out}`
  );
}

const rounded = (timings: Readonly<Record<string, number | undefined>>) =>
  Object.fromEntries(Object.entries(timings).map(([stage, ms]) => [stage, Math.round(ms ?? 0)]));

const shapeReport = ({ mask, measurements }: ReconstructedShape) => ({
  ...measurements,
  voxels: countSet(mask.data),
});

/**
 * What was done to the slices of a CT that make no regular grid: tilt of the gantry in degrees, their distances and that
 * of the slices made of them, mm. Undefined for a regular one.
 */
export function resamplingOf({ grid, irregular }: Pick<CtSeries, 'grid' | 'irregular'>) {
  if (!irregular) return undefined;
  const { tilt, distances } = irregular;
  return { tilt, sliceDistances: distances, sliceDistance: grid.spacing[2] };
}

/** `report.json`: enough to tell how a result came about and to check the files. Times in ms, memory in bytes. */
export async function makeReport(result: Reconstruction, facts: RunFacts): Promise<object> {
  const {
    alternative,
    patch,
    implant,
    pieces,
    alignment,
    agreement,
    deviation,
    unlikeness,
    model,
    provider,
    windows,
    timings,
  } = result;
  return {
    product: { name: product.name, version: product.version, use: product.researchUse },
    created: new Date().toISOString(),
    input: {
      file: facts.input.name,
      sha256: await sha256(facts.input.bytes),
      segment: facts.input.segment,
      grid: patch.mask.grid,
      ctSeriesInstanceUID: facts.ct?.seriesInstanceUID,
      resampled: facts.ct && resamplingOf(facts.ct),
      straightenedCt: facts.straightened && {
        seriesInstanceUID: facts.straightened.seriesInstanceUID,
        slices: facts.straightened.slices.length,
      },
    },
    model,
    alternative,
    provider,
    windows,
    alignment: {
      toCanonical: alignment.toCanonical,
      residual: alignment.residual,
      scales: alignment.scales,
    },
    agreement: agreement && { dice: agreement.dice, mean: agreement.mean, p95: agreement.p95 },
    deviation: deviation && { mean: deviation.mean, p95: deviation.p95 },
    unlikeness,
    rehearsal: facts.rehearsal,
    pieces,
    shapes: {
      skullPatch: shapeReport(patch),
      implant: { made: facts.implant, ...shapeReport(implant) },
    },
    warnings: [
      ...facts.warnings.map((message) => ({ code: 'command-line', message })),
      ...result.warnings,
    ],
    timings: rounded({ ...facts.timings, ...timings }),
    peakMemory: peakMemory(),
    host: { node: process.version, platform: process.platform, cores: cpus().length },
    files: await Promise.all(
      facts.files.map(async ([name, bytes]) => ({
        name,
        bytes: bytes.length,
        sha256: await sha256(bytes),
      })),
    ),
  };
}
