import { compareSegmentations } from '../dicom/segmentation/compareSegmentations.ts';
import { readSegmentation } from '../dicom/segmentation/readSegmentation.ts';
import type { NaturalDataset } from '../dicom/part10/attributes.ts';
import { CranioplastyError } from '../engine/space/errors.ts';
import type { SavedObject } from '../state/studyState.ts';
import type { InstanceReference, Pacs } from '../viewer/pacs.ts';

export interface SavedReconstruction {
  readonly saved: SavedObject;
  /** What came back, without pixel data. */
  readonly dataset: NaturalDataset;
}

/** Waits before reading back again: some archives index what they stored a little later. */
const retryAfter = [500, 1500, 4000];

/**
 * Stores a SEG and believes it only after it came back the same.
 * @throws CranioplastyError `pacs-refused`, `pacs-unreachable`, `save-not-verified`
 */
export async function saveReconstruction(
  part10: ArrayBuffer,
  pacs: Pacs,
  wait: (milliseconds: number) => Promise<void> = sleep,
): Promise<SavedReconstruction> {
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = readSegmentation(part10);
  await pacs.store(part10);
  const stored = await readBack(
    { studyInstanceUID, seriesInstanceUID, sopInstanceUID },
    pacs,
    wait,
  );

  let difference: string | undefined;
  try {
    const comparison = compareSegmentations(part10, stored);
    if (!comparison.identical) difference = comparison.difference;
  } catch (cause) {
    throw notVerified('What came back cannot be read.', cause);
  }
  if (difference !== undefined) throw notVerified(difference);
  return {
    saved: { seriesInstanceUID, sopInstanceUID },
    dataset: readSegmentation(stored).dataset,
  };
}

async function readBack(
  instance: InstanceReference,
  pacs: Pacs,
  wait: (milliseconds: number) => Promise<void>,
): Promise<ArrayBuffer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await pacs.retrieve(instance);
    } catch (cause) {
      if (attempt >= retryAfter.length) throw notVerified('It could not be read back.', cause);
      await wait(retryAfter[attempt]);
    }
  }
}

function notVerified(what: string, cause?: unknown): CranioplastyError {
  return new CranioplastyError(
    'save-not-verified',
    `The PACS took the segmentation but it is not certain that it holds it. ${what} Save again, or download the SEG to be safe.`,
    { cause },
  );
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
