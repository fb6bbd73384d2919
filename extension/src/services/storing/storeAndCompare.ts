import type { NaturalDataset } from '../../dicom/part10/attributes.ts';
import { parsePart10 } from '../../dicom/part10/part10.ts';
import { CranioplastyError } from '../../engine/space/errors.ts';
import type { Said } from '../../engine/words/sentence.ts';
import { nextTask } from '../../nextTask.ts';
import type { InstanceReference, Pacs } from '../../viewer/pacs.ts';
import { differenceInTurns } from './differences.ts';
import type { ObjectToStore } from './objectsOfResult.ts';
import { why } from '../../words/errorSentences.ts';
import { sayObject } from '../../words/objectNames.ts';

/** Waits before reading back again: some archives index what they stored a little later. */
const retryAfter = [500, 1500, 4000];

/**
 * Stores an object and believes it only after it came back the same.
 * @returns what came back, without pixels and documents
 * @throws CranioplastyError `pacs-refused`, `pacs-unreachable`, `save-not-verified`
 */
export async function storeAndCompare(
  { kind, name, file, reference }: Pick<ObjectToStore, 'kind' | 'name' | 'file' | 'reference'>,
  pacs: Pacs,
  wait: (milliseconds: number) => Promise<void> = sleep,
): Promise<NaturalDataset> {
  await pacs.store(file, name);
  const stored = await readBack(reference, name, pacs, wait);
  let difference: string | undefined;
  let dataset: NaturalDataset;
  try {
    difference = await differenceInTurns(kind, file, stored);
    await nextTask();
    ({ dataset } = parsePart10(stored));
  } catch (cause) {
    throw notVerified(name, why('error.unreadable'), cause);
  }
  if (difference !== undefined) throw notVerified(name, difference);
  const { EncapsulatedDocument: _, ...rest } = dataset;
  return rest;
}

async function readBack(
  instance: InstanceReference,
  name: string,
  pacs: Pacs,
  wait: (milliseconds: number) => Promise<void>,
): Promise<ArrayBuffer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await pacs.retrieve(instance);
    } catch (cause) {
      if (attempt >= retryAfter.length) {
        throw notVerified(name, why('error.not-read-back'), cause);
      }
      await wait(retryAfter[attempt]);
    }
  }
}

function notVerified(name: string, what: string | Said, cause?: unknown): CranioplastyError {
  return new CranioplastyError(
    'save-not-verified',
    why('error.not-verified', { object: sayObject(name), difference: what }),
    { cause },
  );
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
