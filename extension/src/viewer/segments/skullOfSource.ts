import { segmentation as csSegmentation } from '@cornerstonejs/tools';
import type { CtSeries } from '../../dicom/ct/ctSeries.ts';
import { text } from '../../dicom/part10/attributes.ts';
import { readSegmentation, readSkull } from '../../dicom/segmentation/readSegmentation.ts';
import { aboutFile, CranioplastyError } from '../../engine/space/errors.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { countSet } from '../../engine/space/voxels.ts';
import type { Services } from '../../types/ohif.ts';
import { displaySetOfLayer } from '../layout/separateLayers.ts';
import type { Pacs } from '../pacs.ts';
import type { LoadedSource, SkullSource, StoredSource } from '../skullSource.ts';
import { readLabelmap } from './labelmaps.ts';
import { sharedMask } from './sharedMask.ts';
import { why as refused } from '../../dicom/errorSentences.ts';
import { why } from '../../words/errorSentences.ts';

/** Reads skulls; the stored one that was read last is kept, since preview, preparation and run want the same. */
export class SkullReader {
  private readonly pacs: Pacs;
  private stored: { readonly name: string; readonly skull: Promise<Mask> } | undefined;

  constructor(pacs: Pacs) {
    this.pacs = pacs;
  }

  /**
   * The voxels of a skull on the grid of the CT: as they are in the viewer, or as they were stored.
   * @returns not to be written to
   * @throws CranioplastyError `bad-segmentation`, `empty-skull`, and what reading a file refuses
   */
  read(source: SkullSource, series: CtSeries): Promise<Mask> {
    if (source.kind === 'loaded') return readLoaded(source, series);
    const name = `${source.key} ${series.seriesInstanceUID}`;
    if (this.stored?.name !== name) {
      const reading = { name, skull: readStored(source, series, this.pacs) };
      this.stored = reading;
      // It may be there the next time.
      reading.skull.catch(() => {
        if (this.stored === reading) this.stored = undefined;
      });
    }
    return this.stored.skull;
  }

  forget(): void {
    this.stored = undefined;
  }
}

async function readStored(source: StoredSource, series: CtSeries, pacs: Pacs): Promise<Mask> {
  const file = await pacs.retrieve(source.instance);
  return aboutFile(source.label, () => {
    const { segments } = readSegmentation(file, { onto: series, newMask: sharedMask });
    const segment = segments.find(({ number }) => number === source.segment);
    if (!segment) throw gone();
    return readSkull(segment);
  });
}

async function readLoaded(source: LoadedSource, series: CtSeries): Promise<Mask> {
  const mask = readLabelmap(source.segmentationId, source.segment, series);
  if (!mask) throw gone();
  if (countSet(mask.data) === 0) {
    throw new CranioplastyError(
      'empty-skull',
      refused('error.seg.empty', { segment: source.label }),
    );
  }
  return mask;
}

function gone(): CranioplastyError {
  return new CranioplastyError('bad-segmentation', why('error.segment-gone'));
}

/** The segmentation of the viewer that holds a skull, be it loaded from a stored object; undefined if none does. */
export function segmentationOfSkull(
  { displaySetService }: Pick<Services, 'displaySetService'>,
  source: SkullSource,
): string | undefined {
  const loaded = csSegmentation.state.getSegmentations();
  if (source.kind === 'loaded') {
    return loaded.find(({ segmentationId }) => segmentationId === source.segmentationId)
      ?.segmentationId;
  }
  const stored = displaySetService
    .getActiveDisplaySets()
    .find(
      ({ instance }) => text(instance ?? {}, 'SOPInstanceUID') === source.instance.sopInstanceUID,
    );
  return loaded.find(
    ({ segmentationId, segments }) =>
      displaySetOfLayer(segmentationId) === stored?.displaySetInstanceUID &&
      segments[source.segment] !== undefined,
  )?.segmentationId;
}
