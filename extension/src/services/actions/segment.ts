import { shapeStyles } from '../../state/shapes.ts';
import { loadedKey } from '../../viewer/skullSource.ts';
import { say } from '../../words/say.ts';
import type { Parts } from '../parts.ts';

/** Segments the skull from the CT, shows it as a segmentation and chooses it. */
export function segmentBone({ viewer, store, work, shapes }: Parts): Promise<void> {
  return work.run('segment-bone', async (ct, client) => {
    const study = ct.studyInstanceUID;
    const { threshold, bone } = store.get(study);
    const series = viewer.readSeries(ct);
    const mask = await client.segmentBone(await viewer.readVoxels(series), threshold);
    const segmentationId = await viewer.showSegmentation(ct, {
      label: say('skull.segmentedAt', { threshold }),
      rgb: shapeStyles.skull.rgb,
      mask,
    });
    // An edited segmentation is the user's work; one that was only computed is replaced.
    const before = bone?.segmentationId;
    if (before && viewer.revisionOf(before) === 0) viewer.removeSegmentation(before);
    shapes.markShown(study);
    store.update(study, {
      bone: { mask, ct, segmentationId },
      skullKey: loadedKey(segmentationId, 1),
    });
  });
}
