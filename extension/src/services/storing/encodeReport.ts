import type { CaseRecord, ShapeRecord } from '../../dicom/report/caseRecord.ts';
import { implantMeasurements, patchMeasurements } from '../../dicom/report/caseMeasurements.ts';
import {
  recordOfComparison,
  recordOfDesign,
  recordOfJudgement,
  recordOfReconstruction,
} from '../../dicom/report/recordOf.ts';
import { writeReport } from '../../dicom/report/writeReport.ts';
import type { SegmentationObject } from '../../dicom/segmentation/readSegmentation.ts';
import { seriesDescriptionOf } from '../../models.ts';
import type { ResultShape } from '../../state/shapes.ts';
import {
  isEdited,
  shownDesign,
  type StudyResult,
  type StudyState,
} from '../../state/studyState.ts';
import { currentWarnings } from '../shapes/resultParts.ts';
import { algorithmOf } from './encodeSegmentation.ts';
import type { Identity } from './WrittenObjects.ts';

/** What is known of a result beside its shapes. */
export function recordOf(
  result: StudyResult,
  { fit, compared, implant }: Pick<StudyState, 'fit' | 'compared' | 'implant'>,
): CaseRecord {
  const { reconstruction, shapes, pieces, skullSource, modelFolder, provider, elapsed } = result;
  const { label, segment } = skullSource;
  const stored = skullSource.kind === 'stored' && {
    sopInstanceUID: skullSource.instance.sopInstanceUID,
    segment,
  };
  const design = shownDesign(result);
  const shape = (name: ResultShape): ShapeRecord => ({
    measurements: shapes[name].measurements,
    edited: isEdited(result, name),
  });
  const { piece: patchPiece } = implant;
  const problem = result.designProblem;
  return {
    format: 1,
    reconstruction: recordOfReconstruction(reconstruction, {
      modelFolder,
      skull: { label, ...stored },
      pieces,
      warnings: currentWarnings(result),
      ...(provider
        ? { provider: { provider: provider.provider, description: provider.description } }
        : {}),
      elapsed,
    }),
    shapes: { patch: shape('patch'), implant: shape('implant') },
    ...(design
      ? {
          design: recordOfDesign(design.implant, {
            patchPiece,
            problem: problem?.message,
            problemSentence: problem?.sentence,
          }),
        }
      : {}),
    ...(result.rehearsal ? { rehearsal: result.rehearsal } : {}),
    ...(fit ? { judgement: recordOfJudgement(fit.error, fit.reference) } : {}),
    ...(compared ? { comparison: recordOfComparison(compared.comparison, compared.labels) } : {}),
  };
}

/** The measurements of a result as structured report, tied to the segments that are stored. */
export function encodeReport(
  result: StudyResult,
  state: Pick<StudyState, 'fit' | 'compared' | 'implant'>,
  segmentation: SegmentationObject,
  { now, newUid }: Identity,
): ArrayBuffer {
  const record = recordOf(result, state);
  const designed = record.design !== undefined;
  const parameters = record.design && JSON.stringify(record.design.parameters);
  return writeReport(
    {
      record,
      groups: [
        {
          kind: 'skull-patch',
          algorithm: algorithmOf(result, false),
          ...patchMeasurements(record),
        },
        {
          kind: 'implant',
          algorithm: { ...algorithmOf(result, designed), parameters },
          ...implantMeasurements(record),
        },
      ],
    },
    { ct: result.series },
    {
      seriesDescription: seriesDescriptionOf(result.reconstruction.model, 'measurements'),
      segmentation,
      now,
      newUid,
    },
  );
}
