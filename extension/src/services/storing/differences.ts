import { differenceOfReports } from '../../dicom/report/compareReports.ts';
import { compareSegmentations } from '../../dicom/segmentation/compareSegmentations.ts';
import { differenceOfSolids } from '../../dicom/solid/compareSolids.ts';
import type { ObjectKind } from './objectKinds.ts';

/** What differs between an object and what came back, in one sentence; undefined if nothing. */
export const differences: Record<
  ObjectKind,
  (a: ArrayBuffer, b: ArrayBuffer) => string | undefined
> = {
  segmentation(expected, actual) {
    const comparison = compareSegmentations(expected, actual);
    return comparison.identical ? undefined : comparison.difference;
  },
  solid: differenceOfSolids,
  report: differenceOfReports,
};
