import { id, moduleNames } from './id.ts';
import { resultDisplaySets } from './viewer/layout/resultDisplaySets.ts';
import { documentClass } from './dicom/part10/sopClasses.ts';
import type { NaturalDataset } from './dicom/part10/attributes.ts';

/** OHIF asks this for what to show of series of these classes. */
export function getSopClassHandlerModule() {
  const handler = `${id}.sopClassHandlerModule.${moduleNames.sopClassHandler}`;
  return [
    {
      name: moduleNames.sopClassHandler,
      sopClassUids: Object.values(documentClass) as string[],
      getDisplaySetsFromSeries: (instances: readonly NaturalDataset[]) =>
        resultDisplaySets(instances, handler),
    },
  ];
}
