import { CranioplastyError } from '../../engine/space/errors.ts';
import { number, text, texts, type NaturalDataset } from '../part10/attributes.ts';
import { readCtSeries } from './ctSeries.ts';
import { assertRegular } from './irregularSlices.ts';

/** What one chooses a CT series by. */
export interface CtSummary {
  readonly slices: number;
  /** Thickness of the slices or their distance, whichever is larger, mm; undefined if neither is known. */
  readonly thickness?: number;
  /** Extent across the slices, mm. */
  readonly extent: number;
  readonly kernel?: string;
  /** Whether the kernel, or else the description, is one for bone. */
  readonly bone: boolean;
  /** Slices across the body's axis, as scanned. */
  readonly axial: boolean;
  /** Why nothing can be computed on it. */
  readonly problem?: string;
}

/** A head is taller than this, mm. */
const leastExtent = 100;
/** Slices this much thicker than the thinnest count as thin as those, mm: a tenth more tells nothing. */
const equallyThin = 0.3;
/** Thicker slices leave out too much of thin bone, mm. */
export const coarse = 2;

/**
 * Kernels for bone: GE (BONE, EDGE), Siemens (B, H, J, Hr, Br, U from 60 on), Canon and Toshiba (FC30 to FC39, FC80
 * to FC86), Philips (D, E, YB to YE), Hitachi and United Imaging by words.
 */
const boneKernel =
  /^(BONE|EDGE|(B|H|J|T|U|HR|BR|UR|QR)[6-9]\d|FC(3\d|8[0-6])|D|E|Y[B-E])|BONE|SHARP/i;
const boneWords = /\b(bone|bones|knochen|osseous?|osso|hueso|os)\b/i;

/**
 * Summarises a series without refusing it, for a viewer, which shows slices as they are.
 *
 * @param instances metadata of the instances of one CT series
 */
export function summariseCt(instances: readonly NaturalDataset[]): CtSummary {
  const [first = {}] = instances;
  const kernel = text(first, 'ConvolutionKernel');
  const nominal = number(first, 'SliceThickness');
  const told = {
    kernel,
    bone: kernel ? boneKernel.test(kernel) : boneWords.test(text(first, 'SeriesDescription') ?? ''),
  };
  try {
    const series = readCtSeries(instances);
    assertRegular(series);
    const { grid } = series;
    const [, , spacing] = grid.spacing;
    return {
      ...told,
      slices: grid.size[2],
      thickness: Math.max(spacing, nominal ?? 0),
      extent: spacing * grid.size[2],
      axial: Math.abs(grid.axes[2][2]) > 0.7 && !texts(first, 'ImageType').includes('REFORMATTED'),
    };
  } catch (error) {
    if (!(error instanceof CranioplastyError)) throw error;
    const { message } = error;
    const slices = instances.length;
    return { ...told, slices, thickness: nominal, extent: 0, axial: false, problem: message };
  }
}

/**
 * Number of the series to work on: of those that can be computed on and cover a head the thinnest, of about
 * equally thin ones that with a kernel for bone. −1 without any series.
 */
export function bestCt(summaries: readonly CtSummary[]): number {
  const all = summaries.map((summary, index) => ({ ...summary, index }));
  const fits = [
    all.filter(({ problem, extent, axial }) => !problem && axial && extent >= leastExtent),
    all.filter(({ problem, extent }) => !problem && extent >= leastExtent),
    all.filter(({ problem }) => !problem),
    all,
  ].find((some) => some.length > 0);
  if (!fits) return -1;
  const thinnest = Math.min(...fits.map(({ thickness = Infinity }) => thickness));
  const thin = fits.filter(({ thickness = Infinity }) => thickness <= thinnest + equallyThin);
  const bone = thin.filter((summary) => summary.bone);
  return [...(bone.length > 0 ? bone : thin)].sort(
    (a, b) => (a.thickness ?? 0) - (b.thickness ?? 0) || b.slices - a.slices,
  )[0].index;
}

/** Whether slices are so thick that thin bone is lost between them. */
export function isCoarse({ thickness }: Pick<CtSummary, 'thickness'>): boolean {
  return thickness !== undefined && thickness > coarse;
}
