import { text, type NaturalDataset } from '../../dicom/part10/attributes.ts';
import { newUid } from '../../dicom/part10/uid.ts';
import { product } from '../../dicom/product.ts';

/** A display set that is known to the viewer and not listed. */
export interface ResultDisplaySet {
  readonly displaySetInstanceUID: string;
  readonly SOPClassHandlerId: string;
  readonly SOPClassUID: string | undefined;
  readonly StudyInstanceUID: string | undefined;
  readonly SeriesInstanceUID: string | undefined;
  readonly SOPInstanceUID: string | undefined;
  readonly SeriesDescription: string | undefined;
  readonly SeriesNumber: string | undefined;
  readonly Modality: string | undefined;
  readonly instance: NaturalDataset;
  readonly instances: readonly NaturalDataset[];
  readonly numImageFrames: number;
  readonly isReconstructable: false;
  readonly excludeFromThumbnailBrowser: true;
}

/**
 * The STL and the report of a result have no image to look at: the viewer would list each with a warning that it cannot
 * show it. They are opened by the panel, so they are left out of the list. Other software's are left to that warning.
 *
 * @param instances of one series
 * @param handler the full name of the handler that makes them
 */
export function resultDisplaySets(
  instances: readonly NaturalDataset[],
  handler: string,
): ResultDisplaySet[] {
  const own = instances.filter((one) => text(one, 'ManufacturerModelName') === product.name);
  const [instance] = own;
  if (!instance || own.length < instances.length) return [];
  return [
    {
      displaySetInstanceUID: newUid(),
      SOPClassHandlerId: handler,
      SOPClassUID: text(instance, 'SOPClassUID'),
      StudyInstanceUID: text(instance, 'StudyInstanceUID'),
      SeriesInstanceUID: text(instance, 'SeriesInstanceUID'),
      SOPInstanceUID: text(instance, 'SOPInstanceUID'),
      SeriesDescription: text(instance, 'SeriesDescription'),
      SeriesNumber: text(instance, 'SeriesNumber'),
      Modality: text(instance, 'Modality'),
      instance,
      instances: own,
      numImageFrames: 0,
      isReconstructable: false,
      excludeFromThumbnailBrowser: true,
    },
  ];
}
