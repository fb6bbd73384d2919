import { cache, metaData } from '@cornerstonejs/core';
import { segmentation as csSegmentation } from '@cornerstonejs/tools';
import type { CtSeries } from '../../dicom/ct/ctSeries.ts';
import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { markEqual, sameVoxels } from '../../engine/space/voxels.ts';
import { indexImages } from '../ctVoxels.ts';
import { sliceKey } from '../sliceKey.ts';
import { fingerprintsOf, type Fingerprints, type LayerVoxels } from './fingerprints.ts';
import { sharedMask } from './sharedMask.ts';
import { why } from '../../words/errorSentences.ts';

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

/** The voxels of the slices themselves, not copies: they stay when the viewer lets go of them. */
export type HeldSlices = ReadonlyMap<number, ArrayLike<number>>;

/**
 * Writes a mask into the labelmap images of a segmentation that was made for the CT.
 * @returns the voxels that the viewer draws and edits
 */
export function writeLabelmap(segmentationId: string, mask: Mask, series: CtSeries): HeldSlices {
  const layer = layerOf(segmentationId, 1);
  const slices = sliceNumbers(series);
  const pixels = mask.grid.size[0] * mask.grid.size[1];
  const held = new Map<number, ArrayLike<number>>();
  for (const imageId of layer?.imageIds ?? []) {
    const image = labelImage(imageId);
    const k = slices.get(keyOf(image));
    const values = image?.voxelManager?.getScalarData();
    if (k === undefined || !values?.set || values.length !== pixels) continue;
    const slice = mask.data.subarray(k * pixels, (k + 1) * pixels);
    // A slice that was never written takes no memory, and most slices of a patch are empty.
    if (!(values instanceof Uint8Array && sameVoxels(values, slice))) values.set(slice);
    held.set(k, values);
  }
  if (held.size !== mask.grid.size[2]) throw misfit();
  csSegmentation.triggerSegmentationEvents.triggerSegmentationDataModified(segmentationId);
  return held;
}

/** What was drawn last in slices that the viewer no longer knows. */
export function readHeld(held: HeldSlices, series: CtSeries): Mask {
  const mask = sharedMask(series.grid);
  const pixels = series.grid.size[0] * series.grid.size[1];
  for (const [k, values] of held) {
    for (let i = 0; i < pixels; i++) if (values[i] !== 0) mask.data[k * pixels + i] = 1;
  }
  return mask;
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
  const mask = sharedMask(series.grid);
  const pixels = series.grid.size[0] * series.grid.size[1];
  for (const imageId of layer.imageIds) {
    const image = labelImage(imageId);
    const values = image?.voxelManager?.getScalarData();
    // The viewer dropped it, as it does when a mode is left.
    if (!image || !values) return undefined;
    const k = slices.get(keyOf(image));
    if (k === undefined || values.length !== pixels) throw misfit();
    const slice = mask.data.subarray(k * pixels, (k + 1) * pixels);
    if (values instanceof Uint8Array) markEqual(values, layer.value, slice);
    else for (let i = 0; i < pixels; i++) if (values[i] === layer.value) slice[i] = 1;
  }
  return mask;
}

/** What tells the voxels of its segments from others; undefined if the segmentation is not loaded. */
export function fingerprints(segmentationId: string): Fingerprints | undefined {
  const data = labelmapsOf(segmentationId);
  const layers: LayerVoxels[] = [];
  for (const { labelmapId, imageIds } of namedLayers(data)) {
    const slices: ArrayLike<number>[] = [];
    for (const imageId of imageIds) {
      const values = labelImage(imageId)?.voxelManager?.getScalarData();
      if (!values) return undefined;
      slices.push(values);
    }
    const bound = new Map(
      Object.entries(data?.segmentBindings ?? {})
        .filter(([, binding]) => labelmapId === undefined || binding.labelmapId === labelmapId)
        .map(([segment, { labelValue }]) => [labelValue, Number(segment)]),
    );
    layers.push({ slices, segmentOf: (value) => bound.get(value) ?? value });
  }
  return layers.length > 0 ? fingerprintsOf(layers) : undefined;
}

/** Image ids of every labelmap of a segmentation: overlapping segments lie on several. */
export function layersOf(segmentationId: string): (readonly string[])[] {
  return namedLayers(labelmapsOf(segmentationId)).map(({ imageIds }) => imageIds);
}

const labelmapsOf = (segmentationId: string) =>
  csSegmentation.state.getSegmentation(segmentationId)?.representationData?.Labelmap;

/** The same with their ids; the one labelmap of most segmentations has none. */
function namedLayers(
  data: ReturnType<typeof labelmapsOf>,
): { readonly labelmapId?: string; readonly imageIds: readonly string[] }[] {
  if (!data) return [];
  const layers = Object.entries(data.labelmaps ?? {}).map(([labelmapId, layer]) => ({
    labelmapId,
    imageIds: imageIdsOf(layer.imageIds, layer.volumeId),
  }));
  const primary = { imageIds: imageIdsOf(data.imageIds, data.volumeId) };
  return [...layers, ...(layers.length === 0 ? [primary] : [])].filter(
    ({ imageIds }) => imageIds.length > 0,
  );
}

function imageIdsOf(
  imageIds: readonly string[] | undefined,
  volumeId: string | undefined,
): readonly string[] {
  return imageIds ?? (volumeId ? cache.getVolume(volumeId)?.imageIds : undefined) ?? [];
}

function layerOf(segmentationId: string, segment: number): Layer | undefined {
  const data = labelmapsOf(segmentationId);
  if (!data) return undefined;
  const binding = data.segmentBindings?.[segment];
  const layer = binding && data.labelmaps?.[binding.labelmapId];
  const imageIds = layer
    ? imageIdsOf(layer.imageIds, layer.volumeId)
    : imageIdsOf(data.imageIds, data.volumeId);
  return { imageIds, value: binding?.labelValue ?? segment };
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
  return new CranioplastyError('bad-geometry', why('error.other-slices'));
}
