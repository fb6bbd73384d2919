import type { ObjectSource } from '../../extension/src/dicom/ct/derivedObject.ts';
import {
  implantMeasurements,
  patchMeasurements,
} from '../../extension/src/dicom/report/caseMeasurements.ts';
import { writeReport, type ReportOptions } from '../../extension/src/dicom/report/writeReport.ts';
import { fullRecord } from './caseRecord.ts';

/** A report of everything that can be said of a case. */
export function fullReport(
  source: ObjectSource,
  options: Omit<ReportOptions, 'seriesDescription'>,
) {
  const algorithm = { name: 'cranioplasty ct-lite', version: '2.0.0', modelHash: 'ab'.repeat(32) };
  return writeReport(
    {
      record: fullRecord,
      groups: [
        { kind: 'skull-patch', algorithm, ...patchMeasurements(fullRecord) },
        { kind: 'implant', algorithm, ...implantMeasurements(fullRecord) },
      ],
    },
    source,
    { seriesDescription: 'Cranioplasty measurements', ...options },
  );
}
