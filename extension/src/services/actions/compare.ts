import { CranioplastyError } from '../../engine/space/errors.ts';
import type { ComparedShape } from '../../engine/judge/comparison.ts';
import type { ShapeMeasurements } from '../../engine/shape/measure.ts';
import type { Mask } from '../../engine/space/volume.ts';
import { resultShapes, shapeStyles, type ResultShape } from '../../state/shapes.ts';
import {
  resultKey,
  shownDesign,
  type Comparable,
  type StudyResult,
} from '../../state/studyState.ts';
import type { CtReference } from '../../viewer/ViewerPort.ts';
import type { WorkerClient } from '../../worker/WorkerClient.ts';
import { say, sayInEnglish } from '../../words/say.ts';
import { currentStudy } from '../currentCt.ts';
import { requireResult, type Parts } from '../parts.ts';
import { markReportLeft } from '../storing/markReportLeft.ts';
import { references } from './sources.ts';
import { why } from '../../words/errorSentences.ts';

/** What can be compared: both shapes of the result, and whatever the patch can be judged by. */
export function comparables(parts: Parts, ct: CtReference): Comparable[] {
  return [
    ...resultShapes.map((shape) => ({ key: resultKey(shape), ...labelsOf(shape) })),
    ...otherImplant(parts.store.get(ct.studyInstanceUID).result),
    ...references(parts, ct),
  ];
}

/** Compares the two chosen shapes, as they are now, and shows them side by side. */
export function compare(parts: Parts): Promise<void> {
  return parts.work.run('compare', async (ct, client) => {
    const study = ct.studyInstanceUID;
    // Another implant makes what was said of the one before void.
    await parts.shapes.settled(study);
    await compareChosen(parts, ct, client);
    showSideBySide(parts, true);
    markReportLeft(parts.store, study);
  });
}

/** Compares the two chosen shapes without showing it. */
export async function compareChosen(
  parts: Parts,
  ct: CtReference,
  client: Pick<WorkerClient, 'ask'>,
): Promise<void> {
  const { store, edits } = parts;
  const study = ct.studyInstanceUID;
  const result = requireResult(parts, study);
  const [first, second] = store
    .get(study)
    .comparableKeys.map((key) => comparable(parts, ct, result, key));
  const comparison = await client.ask('compare', {
    first: await first.read(),
    second: await second.read(),
    toCanonical: result.reconstruction.alignment.toCanonical,
  });
  store.update(study, {
    compared: {
      comparison: {
        ...comparison,
        first: asMeasured(comparison.first, first),
        second: asMeasured(comparison.second, second),
      },
      labels: [first.recorded ?? first.label, second.recorded ?? second.label],
      shown: [first.label, second.label],
      revision: edits.revision(result),
    },
  });
}

/** Switches between the compared shapes side by side and the result in the usual layout. */
export function showSideBySide({ viewer, shapes }: Parts, sideBySide: boolean): void {
  const study = currentStudy(viewer);
  if (study !== undefined) shapes.showLayout(study, sideBySide ? 'compared' : 'usual');
}

/** A shape to compare, with its figures where it has some. */
interface ShapeToCompare extends Pick<Comparable, 'label' | 'recorded'> {
  readonly read: () => Promise<Mask>;
  readonly measurements?: ShapeMeasurements;
}

/** A shape has one set of figures, whatever it is compared with: measured from voxels alone they are others. */
function asMeasured(compared: ComparedShape, { measurements }: ShapeToCompare): ComparedShape {
  return measurements ? { ...compared, measurements } : compared;
}

/** @throws CranioplastyError `bad-segmentation` if the shape is gone */
function comparable(
  parts: Parts,
  ct: CtReference,
  result: StudyResult,
  wanted: string,
): ShapeToCompare {
  const shape = resultShapes.find((name) => resultKey(name) === wanted);
  if (shape)
    return {
      ...labelsOf(shape),
      measurements: result.shapes[shape].measurements,
      read: async () => parts.edits.currentMasks(result)[shape],
    };
  const other = otherImplant(result).find(({ key }) => key === wanted);
  if (other) return other;
  const source = references(parts, ct).find(({ key }) => key === wanted);
  if (source) {
    return { label: source.label, read: () => parts.viewer.readSkull(source, result.series) };
  }
  throw new CranioplastyError('bad-segmentation', why('error.shape-gone'));
}

/** The implant that is not shown, if there are a designed and a predicted one. */
function otherImplant(result: StudyResult | undefined): (Comparable & ShapeToCompare)[] {
  if (!result?.design) return [];
  // What was predicted is not stored.
  if (shownDesign(result) && result.reopened?.lacksPrediction) return [];
  const { design, reconstruction } = result;
  const { mask, measurements } = shownDesign(result) ? reconstruction.implant : design.shape;
  const name = shownDesign(result) ? 'compare.predicted' : 'compare.designed';
  const labels = { label: say(name), recorded: sayInEnglish(name) };
  return [{ key: 'other-implant', ...labels, measurements, read: async () => mask }];
}

const labelsOf = (shape: ResultShape) => ({
  label: say('compare.ofResult', { shape: say(`shape.${shape}`) }),
  recorded: sayInEnglish('compare.ofResult', { shape: shapeStyles[shape].label }),
});
