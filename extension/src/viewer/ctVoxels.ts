import { imageLoader, metaData } from '@cornerstonejs/core';
import type { CtSeries } from '../dicom/ct/ctSeries.ts';
import type { CtSlice } from '../dicom/ct/ctSlice.ts';
import { paddingHu, paddingRange } from '../dicom/ct/padding.ts';
import type { Vec3 } from '../engine/space/grid.ts';
import { CranioplastyError } from '../engine/space/errors.ts';
import { makeVolume, type CtVolume } from '../engine/space/volume.ts';
import { sliceKey } from './sliceKey.ts';

/**
 * Hounsfield units of a CT through the viewer's own image cache: whatever transfer syntax the
 * viewer shows is read, and nothing is fetched twice. Positions come from the metadata alone.
 */
export async function readCtVoxels(
  series: CtSeries,
  imageIds: readonly string[],
): Promise<CtVolume> {
  const { grid } = series;
  const [columns, rows, count] = grid.size;
  const data = new Int16Array(columns * rows * count);
  const images = indexImages(imageIds);
  await Promise.all(
    series.slices.map(async (slice, k) => {
      const imageId = images.get(sliceKey(slice.sopInstanceUID, slice.frameNumber));
      if (!imageId) throw notLoaded();
      const target = data.subarray(k * columns * rows, (k + 1) * columns * rows);
      await readSlice(imageId, slice, target);
    }),
  );
  return makeVolume(grid, data) as CtVolume;
}

/**
 * The planes across each axis of the grid through a voxel, HU, without holding the whole volume.
 *
 * @param voxel i, j, k
 * @returns across i (j fastest), across j (i fastest), across k (i fastest)
 */
export async function readCtPlanes(
  series: CtSeries,
  imageIds: readonly string[],
  [i, j, k]: Vec3,
): Promise<[Int16Array, Int16Array, Int16Array]> {
  const [columns, rows, count] = series.grid.size;
  const planes: [Int16Array, Int16Array, Int16Array] = [
    new Int16Array(rows * count),
    new Int16Array(columns * count),
    new Int16Array(columns * rows),
  ];
  const images = indexImages(imageIds);
  const values = new Int16Array(columns * rows);
  for (const [z, slice] of series.slices.entries()) {
    const imageId = images.get(sliceKey(slice.sopInstanceUID, slice.frameNumber));
    if (!imageId) throw notLoaded();
    await readSlice(imageId, slice, values);
    for (let y = 0; y < rows; y++) planes[0][y + rows * z] = values[i + columns * y];
    planes[1].set(values.subarray(columns * j, columns * (j + 1)), columns * z);
    if (z === k) planes[2].set(values);
  }
  return planes;
}

async function readSlice(imageId: string, slice: CtSlice, target: Int16Array): Promise<void> {
  let image;
  try {
    image = await imageLoader.loadAndCacheImage(imageId);
  } catch (cause) {
    throw notLoaded(cause);
  }
  const values = image.voxelManager?.getScalarData() as ArrayLike<number> | undefined;
  if (!values || values.length !== target.length) throw notLoaded();
  // The viewer turns stored values into Hounsfield units while loading, unless it was told not to.
  const scaled = image.preScale?.scaled === true;
  const { slope, intercept } = scaled ? { slope: 1, intercept: 0 } : slice.rescale;
  const [low, high] = paddingInHu(slice);
  for (let i = 0; i < target.length; i++) {
    const hu = Math.round(values[i] * slope + intercept);
    const padded = hu >= low && hu <= high;
    target[i] = padded ? paddingHu : hu < -32768 ? -32768 : hu > 32767 ? 32767 : hu;
  }
}

/** The range of values that stand for no measurement once they are scaled; empty if there is none. */
function paddingInHu({ instance, rescale }: CtSlice): readonly [number, number] {
  const stored = paddingRange(instance);
  if (!stored) return [1, 0];
  const ends = stored.map((value) => Math.round(value * rescale.slope + rescale.intercept));
  return [Math.min(...ends), Math.max(...ends)];
}

/** Image ids by the slice that they show. */
export function indexImages(imageIds: readonly string[]): Map<string, string> {
  return new Map(
    imageIds.map((imageId) => {
      const instance = metaData.get('instance', imageId) as
        { SOPInstanceUID?: string; NumberOfFrames?: number } | undefined;
      const frame = /(?:\/frames\/|[?&]frame=)(\d+)/.exec(imageId)?.[1];
      const multiFrame = Number(instance?.NumberOfFrames ?? 1) > 1;
      const key = sliceKey(
        instance?.SOPInstanceUID ?? '',
        multiFrame && frame ? Number(frame) : undefined,
      );
      return [key, imageId];
    }),
  );
}

function notLoaded(cause?: unknown): CranioplastyError {
  return new CranioplastyError(
    'bad-ct-geometry',
    'The images of the CT could not be loaded completely: check the connection to the PACS and open the study again.',
    { cause },
  );
}
