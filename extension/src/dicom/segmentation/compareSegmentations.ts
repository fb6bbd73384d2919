import { CranioplastyError } from '../../engine/space/errors.ts';
import { countDifferent } from '../../engine/space/voxels.ts';
import { parsePart10 } from '../part10/part10.ts';
import { segmentationOf, type SegmentationObject } from './readSegmentation.ts';

/** Outcome of a comparison; `difference` is one sentence. */
export type SegmentationComparison =
  { readonly identical: true } | { readonly identical: false; readonly difference: string };

const differs = (difference: string): SegmentationComparison => ({ identical: false, difference });

/** Attributes that a store must not change. */
const identities = [
  'sopClassUID',
  'sopInstanceUID',
  'seriesInstanceUID',
  'studyInstanceUID',
  'frameOfReferenceUID',
] as const satisfies readonly (keyof SegmentationObject)[];

/**
 * Whether two segmentation files are the same object with the same voxels at the same patient
 * positions, segment by segment. How they are encoded does not matter.
 *
 * @throws CranioplastyError as `readSegmentation` for either file
 */
export function compareSegmentations(
  expected: ArrayBuffer | Uint8Array,
  actual: ArrayBuffer | Uint8Array,
): SegmentationComparison {
  const steps = comparing(expected, actual);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/**
 * The same in steps, between which something else may be done.
 * @throws CranioplastyError as `readSegmentation` for either file
 */
export function* comparing(
  expected: ArrayBuffer | Uint8Array,
  actual: ArrayBuffer | Uint8Array,
): Generator<void, SegmentationComparison> {
  const a = segmentationOf(parsePart10(expected));
  yield;
  const parsed = parsePart10(actual);
  const found = segmentationOf(parsed);
  const changed = identities.find((name) => a[name] !== found[name]);
  if (changed) return differs(`It has another ${changed}.`);
  let b: SegmentationObject;
  try {
    b = segmentationOf(parsed, { onto: a });
  } catch (error) {
    if (error instanceof CranioplastyError && error.code === 'bad-geometry') {
      return differs('Its frames lie at other positions.');
    }
    throw error;
  }
  if (a.segments.length !== b.segments.length) {
    return differs(`It has ${b.segments.length} segments instead of ${a.segments.length}.`);
  }
  for (const [s, segment] of a.segments.entries()) {
    const other = b.segments[s];
    if (segment.number !== other.number || segment.label !== other.label) {
      return differs(`Segment ${segment.number} (${segment.label}) is missing.`);
    }
    yield;
    const voxels = segment.mask().data;
    yield;
    let others: Uint8Array;
    try {
      others = other.mask().data;
    } catch (error) {
      if (error instanceof CranioplastyError && error.code === 'bad-geometry') {
        return differs(`Segment ${segment.number} (${segment.label}) has voxels elsewhere.`);
      }
      throw error;
    }
    yield;
    const count = countDifferent(voxels, others);
    if (count > 0) {
      return differs(`Segment ${segment.number} (${segment.label}) differs in ${count} voxels.`);
    }
  }
  return { identical: true };
}
