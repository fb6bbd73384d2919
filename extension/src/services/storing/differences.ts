import { differenceOfReports } from '../../dicom/report/compareReports.ts';
import {
  comparing,
  compareSegmentations,
  type SegmentationComparison,
} from '../../dicom/segmentation/compareSegmentations.ts';
import { differenceOfSolids } from '../../dicom/solid/compareSolids.ts';
import { nextTask } from '../../nextTask.ts';
import type { ObjectKind } from './objectKinds.ts';

const differenceOf = (comparison: SegmentationComparison): string | undefined =>
  comparison.identical ? undefined : comparison.difference;

/** What differs between an object and what came back, in one sentence; undefined if nothing. */
export const differences: Record<
  ObjectKind,
  (a: ArrayBuffer, b: ArrayBuffer) => string | undefined
> = {
  segmentation: (expected, actual) => differenceOf(compareSegmentations(expected, actual)),
  solid: differenceOfSolids,
  report: differenceOfReports,
};

/** The same, and the page has its turn in between. */
export async function differenceInTurns(
  kind: ObjectKind,
  expected: ArrayBuffer,
  actual: ArrayBuffer,
): Promise<string | undefined> {
  await nextTask();
  if (kind !== 'segmentation') return differences[kind](expected, actual);
  const steps = comparing(expected, actual);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return differenceOf(step.value);
    await nextTask();
  }
}
