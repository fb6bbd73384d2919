import { describe, expect, it } from 'vitest';
import { caseIdentity } from '../../../../extension/src/dicom/ct/caseIdentity.ts';

describe('whose images they are', () => {
  it('is told in readable words', () => {
    expect(
      caseIdentity({
        PatientName: [{ Alphabetic: 'Doe^Jane^Q^Dr.' }],
        PatientID: ' 4711 ',
        PatientBirthDate: '19700102',
        StudyDate: '20261127',
        AccessionNumber: 'A7',
        SeriesNumber: 3,
        SliceThickness: '0.625',
      }),
    ).toEqual({
      patientName: 'Doe, Jane Q Dr.',
      patientId: '4711',
      birthDate: '1970-01-02',
      studyDate: '2026-11-27',
      accession: 'A7',
      series: 'Series 3',
      sliceThickness: 0.625,
    });
  });

  it('is told of names without a Latin notation', () => {
    expect(caseIdentity({ PatientName: { Ideographic: '山田^太郎' } }).patientName).toBe(
      '山田, 太郎',
    );
    expect(caseIdentity({ PatientName: 'Only' }).patientName).toBe('Only');
  });

  it('is left open where nothing is said', () => {
    expect(Object.values(caseIdentity({})).filter((value) => value !== undefined)).toEqual([]);
    // Not a date: given as it is.
    expect(caseIdentity({ StudyDate: '1970' }).studyDate).toBe('1970');
  });
});
