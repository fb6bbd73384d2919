import { cache, metaData } from '@cornerstonejs/core';
import { segmentation as csSegmentation } from '@cornerstonejs/tools';
import type { CtSeries } from '../dicom/ctSeries.ts';
import { CranioplastyError } from '../engine/errors.ts';
import { emptyMask, type Mask } from '../engine/volume.ts';
import { indexImages } from './ctVoxels.ts';
import { sliceKey } from './sliceKey.ts';

/** One stack of labelmap images, and the value that stands for the wanted segment in it. */
interface Layer {
  readonly imageIds: readonly string[];
  readonly value: number;
}

interface LabelImage {
  readonly referencedImageId?: string;
  readonly voxelManager?: {
    getScalarData(): ArrayLike<number> & { set?(values: ArrayLike<number>): void };
  };
}

/** Position in the stack by the CT image that a labelmap image lies on; never by its number. */
function sliceNumbers(series: CtSeries): Map<string, number> {
  return new Map(series.slices.map((s, k) => [sliceKey(s.sopInstanceUID, s.frameNumber), k]));
}

/** Writes a mask into the labelmap images of a segmentation that was made for the CT. */
export function writeLabelmap(segmentationId: string, mask: Mask, series: CtSeries): void {
  const layer = layerOf(segmentationId, 1);
  const slices = sliceNumbers(series);
  const pixels = mask.grid.size[0] * mask.grid.size[1];
  let written = 0;
  for (const imageId of layer?.imageIds ?? []) {
    const image = labelImage(imageId);
    const k = slices.get(keyOf(image));
    const values = image?.voxelManager?.getScalarData();
    if (k === undefined || !values?.set || values.length !== pixels) continue;
    values.set(mask.data.subarray(k * pixels, (k + 1) * pixels));
    written += 1;
  }
  if (written !== mask.grid.size[2]) throw misfit();
  csSegmentation.triggerSegmentationEvents.triggerSegmentationDataModified(segmentationId);
}

/**
 * Reads a segment as the viewer holds it, with the user's edits, onto the grid of the CT.
 * @returns undefined if the segmentation is not loaded
 * @throws CranioplastyError `bad-geometry` if it lies on other images than the CT's
 */
export function readLabelmap(
  segmentationId: string,
  segment: number,
  series: CtSeries,
): Mask | undefined {
  const layer = layerOf(segmentationId, segment);
  if (!layer) return undefined;
  const slices = sliceNumbers(series);
  const mask = emptyMask(series.grid);
  const pixels = series.grid.size[0] * series.grid.size[1];
  for (const imageId of layer.imageIds) {
    const image = labelImage(imageId);
    const values = image?.voxelManager?.getScalarData();
    // The viewer dropped it, as it does when a mode is left.
    if (!image || !values) return undefined;
    const k = slices.get(keyOf(image));
    if (k === undefined || values.length !== pixels) throw misfit();
    const first = k * pixels;
    for (let i = 0; i < pixels; i++) if (values[i] === layer.value) mask.data[first + i] = 1;
  }
  return mask;
}

function layerOf(segmentationId: string, segment: number): Layer | undefined {
  const data = csSegmentation.state.getSegmentation(segmentationId)?.representationData?.Labelmap;
  if (!data) return undefined;
  const binding = data.segmentBindings?.[segment];
  const layer = binding && data.labelmaps?.[binding.labelmapId];
  const volumeId = layer?.volumeId ?? data.volumeId;
  const imageIds =
    layer?.imageIds ??
    data.imageIds ??
    (volumeId ? (cache.getVolume(volumeId)?.imageIds as readonly string[] | undefined) : undefined);
  return imageIds && { imageIds, value: binding?.labelValue ?? segment };
}

function labelImage(imageId: string): LabelImage | undefined {
  return cache.getImage(imageId) as unknown as LabelImage | undefined;
}

function keyOf(image: LabelImage | undefined): string {
  const referenced = image?.referencedImageId;
  if (!referenced) return '';
  const [key] = indexImages([referenced]).keys();
  return key || String(metaData.get('sopCommonModule', referenced)?.sopInstanceUID ?? '');
}

function misfit(): CranioplastyError {
  return new CranioplastyError(
    'bad-geometry',
    'The segmentation does not lie on the slices of this CT: choose one that was made on it.',
  );
}
