import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import { assertGrid, voxelCount, type Grid } from '../../engine/space/grid.ts';
import { depth, gridOfPlanes, inPlaneShift, planeNormal, samePose, type Plane } from './planes.ts';
import { why } from '../errorSentences.ts';

/** More voxels than this are not held in memory; a damaged position could ask for any number. */
const mostVoxels = 2 ** 30;

function refuse(said: Said): CranioplastyError {
  return new CranioplastyError('bad-geometry', said);
}

/** Parallel frames that make no regular grid by themselves: drawn on slices that do not either, they need those. */
export class IrregularFrames extends CranioplastyError {
  constructor(readonly fault: 'shifted' | 'uneven') {
    super('bad-geometry', why(`error.seg.${fault}`));
    this.name = 'IrregularFrames';
  }
}

function fits(depths: readonly number[], step: number): boolean {
  return depths.every((d) => {
    const k = (d - depths[0]) / step;
    return Math.abs(k - Math.round(k)) <= 0.1;
  });
}

/**
 * The smallest grid that holds the frames of a segmentation. Frames may come in any order, repeat
 * (one for each segment) and leave slices out.
 *
 * @param spacingBetweenSlices as the file states it, mm; used where the positions agree with it
 * @param sliceThickness mm; used for a single slice of unstated distance
 * @throws CranioplastyError `bad-geometry` if the frames make no regular grid; `IrregularFrames` if they are parallel
 */
export function gridOfFrames(
  planes: readonly Plane[],
  columns: number,
  rows: number,
  spacingBetweenSlices?: number,
  sliceThickness?: number,
): Grid {
  const [first] = planes;
  const normal = planeNormal(first);
  if (planes.some((plane) => !samePose(first, plane))) {
    throw refuse(why('error.seg.turned'));
  }
  const sorted = [...planes].sort((a, b) => depth(a, normal) - depth(b, normal));
  const lowest = sorted[0];
  const shift = Math.max(...sorted.map((plane) => inPlaneShift(lowest, plane, normal)));
  if (shift > 0.1 * Math.min(...first.spacing)) {
    throw new IrregularFrames('shifted');
  }
  const depths = sorted.map((plane) => depth(plane, normal));
  const gaps = depths
    .slice(1)
    .map((d, k) => d - depths[k])
    .filter((gap) => gap > 1e-3);
  const smallest = gaps.reduce((a, b) => Math.min(a, b), Infinity);
  const step = [spacingBetweenSlices, smallest, sliceThickness]
    .filter((s): s is number => s !== undefined && Number.isFinite(s) && s > 0)
    .find((s) => s < 1.5 * smallest && fits(depths, s));
  if (step === undefined) throw new IrregularFrames('uneven');
  const extent = depths[depths.length - 1] - depths[0];
  const count = Math.round(extent / step) + 1;
  // Positions carry more digits than the stated distance.
  const exact = count > 1 ? extent / (count - 1) : step;
  const grid = gridOfPlanes(lowest, columns, rows, count, exact);
  if (!(voxelCount(grid) <= mostVoxels)) {
    throw refuse(why('error.seg.too-large', { size: grid.size.join(' × ') }));
  }
  assertGrid(grid);
  return grid;
}
