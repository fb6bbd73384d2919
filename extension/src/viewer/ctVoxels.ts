import { imageLoader, metaData } from '@cornerstonejs/core';
import type { CtSeries } from '../dicom/ct/ctSeries.ts';
import type { CtSlice } from '../dicom/ct/ctSlice.ts';
import { paddingHu, paddingRange } from '../dicom/ct/padding.ts';
import { indexToPatient, type Vec3 } from '../engine/space/grid.ts';
import { CranioplastyError } from '../engine/space/errors.ts';
import { makeVolume, type CtVolume } from '../engine/space/volume.ts';
import { Turns } from '../nextTask.ts';
import { sliceKey } from './sliceKey.ts';
import { why } from '../words/errorSentences.ts';

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
  const ids = series.slices.map(({ sopInstanceUID, frameNumber }) => {
    const imageId = images.get(sliceKey(sopInstanceUID, frameNumber));
    if (!imageId) throw notLoaded();
    return imageId;
  });
  // What is not in the cache comes at once, what is there is read in turns.
  await Promise.all(ids.map(load));
  const turns = new Turns();
  for (const [k, slice] of series.slices.entries()) {
    const target = data.subarray(k * columns * rows, (k + 1) * columns * rows);
    await readSlice(ids[k], slice, target);
    await turns.step();
  }
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
  const turns = new Turns();
  for (const [z, slice] of series.slices.entries()) {
    await turns.step();
    const imageId = images.get(sliceKey(slice.sopInstanceUID, slice.frameNumber));
    if (!imageId) throw notLoaded();
    await readSlice(imageId, slice, values);
    for (let y = 0; y < rows; y++) planes[0][y + rows * z] = values[i + columns * y];
    planes[1].set(values.subarray(columns * j, columns * (j + 1)), columns * z);
    if (z === k) planes[2].set(values);
  }
  return planes;
}

/** Edge of a coarse voxel at least, mm. */
const coarse = 2;

/**
 * A CT in voxels of about 2 mm, each as dense as the densest of those it stands for: thin bone does not get
 * holes that are none. Slice by slice, without holding the whole volume.
 */
export async function readCoarseCt(
  series: CtSeries,
  imageIds: readonly string[],
): Promise<CtVolume> {
  const { grid } = series;
  const steps = grid.spacing.map((s) => Math.max(1, Math.round(coarse / s)));
  const size = grid.size.map((n, a) => Math.ceil(n / steps[a])) as [number, number, number];
  const data = new Int16Array(size[0] * size[1] * size[2]).fill(paddingHu);
  const images = indexImages(imageIds);
  const [columns, rows] = grid.size;
  const values = new Int16Array(columns * rows);
  const turns = new Turns();
  for (const [z, slice] of series.slices.entries()) {
    await turns.step();
    const imageId = images.get(sliceKey(slice.sopInstanceUID, slice.frameNumber));
    if (!imageId) throw notLoaded();
    await readSlice(imageId, slice, values);
    const plane = size[0] * size[1] * Math.floor(z / steps[2]);
    for (let y = 0, p = 0; y < rows; y++) {
      const row = plane + size[0] * Math.floor(y / steps[1]);
      for (let x = 0; x < columns; x++, p++) {
        const q = row + Math.floor(x / steps[0]);
        if (values[p] > data[q]) data[q] = values[p];
      }
    }
  }
  const middle = steps.map((step) => (step - 1) / 2) as [number, number, number];
  const spacing = grid.spacing.map((s, a) => s * steps[a]) as [number, number, number];
  return makeVolume(
    { ...grid, size, spacing, origin: indexToPatient(grid, middle) },
    data,
  ) as CtVolume;
}

async function load(imageId: string) {
  try {
    return await imageLoader.loadAndCacheImage(imageId);
  } catch (cause) {
    throw notLoaded(cause);
  }
}

async function readSlice(imageId: string, slice: CtSlice, target: Int16Array): Promise<void> {
  const image = await load(imageId);
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
  return new CranioplastyError('bad-ct-geometry', why('error.ct-not-loaded'), { cause });
}
