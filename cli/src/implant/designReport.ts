import type { CtSeries } from '../../../extension/src/dicom/ct/ctSeries.ts';
import { product } from '../../../extension/src/dicom/product.ts';
import { sha256 } from '../../../extension/src/engine/space/files.ts';
import type { Files } from '../io/completeFiles.ts';
import { resamplingOf } from '../report.ts';
import type { MadeDesign } from './makeDesign.ts';

/** A file that a design was made from. */
export interface DesignInput {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly segment?: object;
  /** Which piece of it. */
  readonly piece?: number;
}

/** `implant.json`: from its parameters the same is designed again. Lengths in mm, times in ms. */
export async function designReport(
  { design, crumbs, timings }: MadeDesign,
  inputs: { readonly skull: DesignInput; readonly patch: DesignInput },
  more: {
    readonly files: Files;
    /** The series that the skull lies on, where it was given. */
    readonly ct?: CtSeries;
    readonly timings?: Readonly<Record<string, number>>;
  },
) {
  const { parameters, axis, tilt, volume, mass, undercut, checks } = design;
  const input = async ({ bytes, ...rest }: DesignInput) => ({
    ...rest,
    sha256: await sha256(bytes),
  });
  return {
    product: { name: product.name, version: product.version, use: product.researchUse },
    created: new Date().toISOString(),
    input: {
      skull: await input(inputs.skull),
      patch: await input(inputs.patch),
      ctSeriesInstanceUID: more.ct?.seriesInstanceUID,
      resampled: more.ct && resamplingOf(more.ct),
    },
    parameters,
    axis,
    tilt,
    volume,
    mass,
    undercut,
    crumbs,
    checks,
    timings: Object.fromEntries(
      Object.entries({ ...more.timings, ...timings }).map(([stage, ms]) => [stage, Math.round(ms)]),
    ),
    files: await Promise.all(
      more.files.map(async ([name, bytes]) => ({ name, sha256: await sha256(bytes) })),
    ),
  };
}

/** A report as the bytes of its file. */
export const jsonFile = (report: object): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
