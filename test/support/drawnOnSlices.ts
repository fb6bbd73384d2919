import type { CtSeries } from '../../extension/src/dicom/ct/ctSeries.ts';
import {
  writeSegmentation,
  type SegmentToWrite,
} from '../../extension/src/dicom/segmentation/writeSegmentation.ts';
import {
  indexToPatient,
  voxelCount,
  type Grid,
  type Vec3,
} from '../../extension/src/engine/space/grid.ts';
import type { Mask } from '../../extension/src/engine/space/volume.ts';

type IsInside = (position: Vec3) => boolean;

/** Within 11 mm of the patient's origin. */
const inBall: IsInside = (position) => Math.hypot(...position) < 11;

/** The voxels of a grid that are in something, else in a ball. */
export function drawn(grid: Grid, isInside = inBall): Mask {
  const data = new Uint8Array(voxelCount(grid));
  const { size } = grid;
  for (let k = 0, p = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++, p++)
        if (isInside(indexToPatient(grid, [i, j, k]))) data[p] = 1;
  return { grid, data };
}

/**
 * A segmentation of something, else of a ball, that was drawn on the slices of an irregular CT as they were scanned, as another program does
 * it: frame by frame, sheared like them.
 */
export function drawnOnSlices(
  { irregular, ...series }: CtSeries,
  segment: Omit<SegmentToWrite, 'mask'>,
  isInside = inBall,
): ArrayBuffer {
  if (!irregular) throw new Error('the CT is regular');
  const { columns, rows } = irregular;
  const { slices } = series;
  const data = new Uint8Array(columns * rows * slices.length);
  slices.forEach(({ plane: { position, row, column, spacing } }, k) => {
    const own: Grid = {
      size: [columns, rows, 1],
      spacing: [...spacing, 1],
      origin: position,
      axes: [row, column, series.grid.axes[2]],
    };
    data.set(drawn(own, isInside).data, k * columns * rows);
  });
  const size: Vec3 = [columns, rows, slices.length];
  // The slices say where the frames lie.
  const grid = { ...series.grid, size, origin: slices[0].plane.position };
  return writeSegmentation(
    [{ ...segment, mask: { grid, data } }],
    { ct: { ...series, grid } },
    { seriesDescription: 'Drawn' },
  );
}
