import { describe, expect, it } from 'vitest';
import { encodePart10, parsePart10 } from '../../../../extension/src/dicom/part10/part10.ts';
import { parseRecord, writeRecord } from '../../../../extension/src/dicom/report/caseRecord.ts';
import {
  implantMeasurements,
  patchMeasurements,
} from '../../../../extension/src/dicom/report/caseMeasurements.ts';
import { concepts } from '../../../../extension/src/dicom/report/codes.ts';
import { differenceOfReports } from '../../../../extension/src/dicom/report/compareReports.ts';
import { readReport } from '../../../../extension/src/dicom/report/readReport.ts';
import { writeReport } from '../../../../extension/src/dicom/report/writeReport.ts';
import { readSegmentation } from '../../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import {
  phantomCases,
  phantomCt,
  phantomSegments,
  uidSource,
} from '../../../conformance/phantom.ts';
import { fullRecord } from '../../../support/caseRecord.ts';
import { fullReport } from '../../../support/storedCase.ts';

const { series } = phantomCt(phantomCases[0].grid);
const segments = phantomSegments(series.grid);
const seg = writeSegmentation(segments, { ct: series }, { seriesDescription: 'Cranioplasty' });
const segmentation = readSegmentation(seg);
const write = (base = 9) =>
  fullReport({ ct: series }, { segmentation, newUid: uidSource(base), now: new Date(0) });
const file = write();

describe('a report', () => {
  const read = readReport(file);

  it('takes patient and study from the CT, and nothing of its geometry', () => {
    expect(read.dataset).toMatchObject({
      PatientID: 'PHANTOM',
      StudyInstanceUID: series.studyInstanceUID,
      Modality: 'SR',
      CompletionFlagDescription: 'Research use only, not a medical device',
    });
    expect(read.dataset['FrameOfReferenceUID']).toBeUndefined();
  });

  it('ties each group to the segment that it measures', () => {
    expect(read.segments.map(({ segment }) => segment)).toEqual(
      [1, 2].map((segment) => ({
        sopClassUID: segmentation.sopClassUID,
        sopInstanceUID: segmentation.sopInstanceUID,
        segment,
      })),
    );
    expect(read.segments.map(({ trackingID, trackingUID }) => [trackingID, trackingUID])).toEqual(
      segmentation.segments.map(({ trackingID, trackingUID }) => [trackingID, trackingUID]),
    );
    expect(read.segments[0].sourceSeriesInstanceUID).toBe(series.seriesInstanceUID);
  });

  it('gives back every measurement, judgement and note', () => {
    const expected = [patchMeasurements(fullRecord), implantMeasurements(fullRecord)];
    expect(read.segments.map(({ measurements }) => measurements)).toEqual(
      expected.map(({ measurements }) => measurements),
    );
    expect(read.segments.map(({ notes }) => notes)).toEqual(expected.map(({ notes }) => notes));
    const [, gap] = read.segments[1].evaluations;
    const place = [1.5, 2.25, Math.fround(3.1)];
    expect(gap).toEqual({ ...expected[1].evaluations[1], place });
  });

  it('names the model', () => {
    const { algorithm } = read.segments[0];
    expect(algorithm).toEqual({
      name: 'cranioplasty ct-lite',
      version: '2.0.0',
      parameters: [`sha256=${'ab'.repeat(32)}`],
    });
  });

  it('gives back exactly the record of the case', () => {
    expect(read.record).toEqual(fullRecord);
  });

  it('leaves out numbers that are none', () => {
    const border = fullRecord.judgement && {
      ...fullRecord.judgement,
      border: { distance: NaN, distance95: NaN, curvature: 1 },
    };
    const { measurements } = patchMeasurements({ ...fullRecord, judgement: border });
    expect(measurements.map(({ concept }) => concept)).not.toContain(concepts.borderDistance);
    expect(measurements.map(({ concept }) => concept)).toContain(concepts.borderCurvature);
  });

  it('says nothing of a segment that is not stored', () => {
    const patch = readSegmentation(
      writeSegmentation(segments.slice(0, 1), { ct: series }, { seriesDescription: 'x' }),
    );
    const alone = readReport(fullReport({ ct: series }, { segmentation: patch }));
    expect(alone.segments).toHaveLength(1);
    const other = () =>
      writeReport(
        { groups: [], record: fullRecord },
        { ct: series },
        { seriesDescription: 'x', segmentation },
      );
    expect(other).toThrow(/reconstruct first/);
  });

  it('refers to the segmentation of the skull where there is no CT', () => {
    const { dataset } = readReport(
      fullReport({ instance: segmentation.dataset }, { segmentation }),
    );
    expect(JSON.stringify(dataset['CurrentRequestedProcedureEvidenceSequence'])).toContain(
      series.seriesInstanceUID,
    );
  });
});

describe('readReport', () => {
  it('reads a report without a record, as other software writes it', () => {
    const read = readReport(changed((content) => content.slice(0, -1)));
    expect(read.record).toBeUndefined();
    expect(read.segments).toHaveLength(2);
  });

  it('refuses other objects', () => {
    expect(() => readReport(seg)).toThrow(/no report of measurements/);
    expect(() => readReport(new Uint8Array(300))).toThrow(/not DICOM/);
    expect(() => readReport(file.slice(0, file.byteLength - 50))).toThrow(/cut short/);
  });

  const text = writeRecord(fullRecord);
  it.each([
    ['damaged', text.slice(0, -5), /damaged/],
    ['of a newer version', text.replace('"format":1', '"format":2'), /newer version/],
    ['something else', '{"format":1}', /holds no case/],
    ['a reconstruction of nothing', '{"format":1,"shapes":{},"reconstruction":{}}', /damaged/],
    ['a design without parameters', '{"format":1,"shapes":{},"design":{}}', /damaged/],
    ['a parameter out of range', text.replace('"thickness":3.7', '"thickness":37'), /Thickness/],
  ])('refuses a record that is %s', (_, record, message) => {
    const wrong = changed((content) => [
      ...content.slice(0, -1),
      { ...content[content.length - 1], TextValue: record },
    ]);
    expect(() => readReport(wrong)).toThrow(message);
    expect(() => parseRecord(record)).toThrow(message);
  });
});

describe('differenceOfReports', () => {
  it('is none of a copy, and names what changed', () => {
    expect(differenceOfReports(file, file.slice(0))).toBeUndefined();
    expect(differenceOfReports(file, write(8))).toBe('Its sopInstanceUID changed.');
    const without = changed((content) => content.slice(0, -1));
    expect(differenceOfReports(file, without)).toBe('Its record changed.');
    const bytes = new Uint8Array(file.slice(0));
    bytes.set([0x39], Buffer.from(bytes).indexOf('24.1'));
    expect(differenceOfReports(file, bytes)).toBe('Its segments changed.');
  });
});

type Content = Record<string, unknown>[];

/** The report with other content items at its root, encoded anew. */
function changed(change: (content: Content) => Content): ArrayBuffer {
  const { dataset } = parsePart10(file, 'bad-object');
  return encodePart10({
    ...dataset,
    ContentSequence: change([...(dataset['ContentSequence'] as Content)]),
  });
}
