import { cache } from '@cornerstonejs/core';
import { layersOf } from './labelmaps.ts';

/**
 * Notes what the viewer's cache and the GPU hold of a segmentation that this extension made: a byte a voxel of the CT each.
 * The viewer keeps both when a segmentation is removed.
 *
 * @returns lets go of it; to be called when the segmentation is no longer in the viewer
 */
export function voxelsToRelease(segmentationId: string): () => void {
  const images = new Set(layersOf(segmentationId).flat());
  return () => {
    for (const volume of cache.getVolumes()) {
      if (!volume.imageIds.some((imageId) => images.has(imageId))) continue;
      volume.destroy();
      cache.removeVolumeLoadObject(volume.volumeId);
    }
    for (const imageId of images)
      if (cache.getImage(imageId)) cache.removeImageLoadObject(imageId, { force: true });
  };
}
