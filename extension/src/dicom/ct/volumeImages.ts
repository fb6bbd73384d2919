import { number, text, texts, type NaturalDataset } from '../part10/attributes.ts';
import type { Said } from '../../engine/words/sentence.ts';
import { why } from '../errorSentences.ts';
import { sopClass } from '../part10/sopClasses.ts';

const ctClasses: ReadonlySet<string | undefined> = new Set([
  sopClass.ct,
  sopClass.enhancedCt,
  sopClass.legacyEnhancedCt,
]);

/** Whether an image says at all where it lies. */
function hasPlace(instance: NaturalDataset): boolean {
  return (
    text(instance, 'ImagePositionPatient') !== undefined ||
    number(instance, 'ImagePositionPatient') !== undefined ||
    instance['PerFrameFunctionalGroupsSequence'] !== undefined
  );
}

/**
 * Whether an image belongs to a volume: no scout, and no dose sheet or screen shot, which lie nowhere in
 * the patient. A CT image that lost its position still counts, so that it is missed.
 */
export function isVolumeImage(instance: NaturalDataset): boolean {
  const imageType = texts(instance, 'ImageType').map((value) => value.toUpperCase());
  if (imageType.includes('LOCALIZER')) return false;
  if (hasPlace(instance)) return true;
  const ofCt = ctClasses.has(text(instance, 'SOPClassUID'));
  return ofCt && imageType[1] !== 'SECONDARY' && (number(instance, 'SamplesPerPixel') ?? 1) === 1;
}

/** How an image is called in what the user reads. */
export function sayImage(instance: NaturalDataset): Said {
  const name = number(instance, 'InstanceNumber') ?? text(instance, 'SOPInstanceUID');
  return name === undefined ? why('error.ct.image-unnamed') : why('error.ct.image', { name });
}

/** The same in English. */
export const imageName = (instance: NaturalDataset): string => sayImage(instance).message;
