import type { NaturalDataset } from '../../dicom/part10/attributes.ts';
import { parsePart10 } from '../../dicom/part10/part10.ts';
import { CranioplastyError } from '../../engine/space/errors.ts';
import { nextTask } from '../../nextTask.ts';
import type { InstanceReference, Pacs } from '../../viewer/pacs.ts';
import { differenceInTurns } from './differences.ts';
import type { ObjectToStore } from './objectsOfResult.ts';

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
    throw notVerified(name, 'What came back cannot be read.', cause);
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
        throw notVerified(name, 'It could not be read back.', cause);
      }
      await wait(retryAfter[attempt]);
    }
  }
}

function notVerified(name: string, what: string, cause?: unknown): CranioplastyError {
  return new CranioplastyError(
    'save-not-verified',
    `The PACS took the ${name} but it is not certain that it holds it. ${what} Save again, or download it to be safe.`,
    { cause },
  );
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
