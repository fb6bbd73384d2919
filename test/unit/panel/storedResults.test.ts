import { describe, expect, it } from 'vitest';
import type { NaturalDataset } from '../../../extension/src/dicom/part10/attributes.ts';
import { documentClass, sopClass } from '../../../extension/src/dicom/part10/sopClasses.ts';
import { completeParameters } from '../../../extension/src/engine/implant/parameters.ts';
import { makerOf } from '../../../extension/src/services/reopening/modelOfSegment.ts';
import { nameOfStored } from '../../../extension/src/services/reopening/nameOfStored.ts';
import {
  chosenOf,
  storedParameters,
} from '../../../extension/src/services/reopening/storedDesign.ts';
import type { SolidObject } from '../../../extension/src/dicom/solid/readSolid.ts';
import { dateAndTime } from '../../../extension/src/dateAndTime.ts';
import { listStoredResults } from '../../../extension/src/viewer/segments/listStoredResults.ts';

const skull = {
  CodeValue: '89546000',
  CodingSchemeDesignator: 'SCT',
  CodeMeaning: 'Skull',
};

const object = (uid: string, time: string, more: NaturalDataset): NaturalDataset => ({
  StudyInstanceUID: '1',
  SeriesInstanceUID: `1.${uid}`,
  SOPInstanceUID: uid,
  ContentDate: '20261127',
  ContentTime: time,
  ...more,
});

const segmentation = (uid: string, time = '150400', label = 'Skull patch', type = 'AUTOMATIC') =>
  object(uid, time, {
    SOPClassUID: sopClass.segmentation,
    ReferencedSeriesSequence: [{ SeriesInstanceUID: '1.ct' }],
    SegmentSequence: [
      {
        SegmentNumber: 1,
        SegmentLabel: label,
        SegmentAlgorithmType: type,
        SegmentedPropertyTypeCodeSequence: [skull],
        SegmentationAlgorithmIdentificationSequence: [
          { AlgorithmName: 'ohif-cranioplasty ct-lite', AlgorithmVersion: '0.1.2' },
        ],
      },
    ],
  });

const report = (uid: string, of: string, time = '150400') =>
  object(uid, time, {
    SOPClassUID: documentClass.comprehensive3dSr,
    CurrentRequestedProcedureEvidenceSequence: [
      {
        ReferencedSeriesSequence: [
          { ReferencedSOPSequence: [{ ReferencedSOPInstanceUID: '1.ct.1' }] },
          { ReferencedSOPSequence: [{ ReferencedSOPInstanceUID: of }] },
        ],
      },
    ],
  });

const solid = (uid: string, of: string, group: string, time = '150400') =>
  object(uid, time, {
    SOPClassUID: documentClass.encapsulatedStl,
    ModelGroupUID: group,
    SourceInstanceSequence: [{ ReferencedSOPInstanceUID: of }],
  });

const uids = (all: readonly { readonly sopInstanceUID: string }[]) =>
  all.map(({ sopInstanceUID }) => sopInstanceUID);

describe('results that a study holds', () => {
  it('are segmentations with a skull patch, the latest first, each with what belongs to it', () => {
    const found = listStoredResults([
      segmentation('1'),
      segmentation('2', '160000', 'Skull patch', 'SEMIAUTOMATIC'),
      segmentation('3', '170000', 'Skull'),
      report('11', '1', '150500'),
      report('12', '1', '150700'),
      report('13', '2'),
      solid('21', '1', 'a'),
      solid('22', '1', 'b', '150700'),
      solid('23', '1', 'b', '150700'),
    ]);
    expect(uids(found.map((one) => one.segmentation))).toEqual(['2', '1']);
    const [edited, first] = found;
    expect(edited).toMatchObject({ edited: true, solids: [] });
    expect(uids(edited.reports)).toEqual(['13']);
    expect(first).toMatchObject({
      edited: false,
      madeBy: 'ct-lite 0.1.2',
      ctSeriesInstanceUID: '1.ct',
      made: new Date('2026-11-27T15:04:00Z'),
    });
    expect(uids(first.reports)).toEqual(['12', '11']);
    // Pieces of the implant that was stored last.
    expect(uids(first.solids)).toEqual(['22', '23']);
  });

  it('have a name that tells them apart', () => {
    const [one, edited] = listStoredResults([
      segmentation('1', '170000'),
      segmentation('2', '160000', 'Skull patch', 'SEMIAUTOMATIC'),
      report('11', '2'),
    ]);
    const at = (result: typeof one) => dateAndTime(result.made ?? new Date(0));
    expect(nameOfStored(one)).toBe(`${at(one)}, ct-lite 0.1.2, shapes only`);
    expect(nameOfStored(edited)).toBe(`${at(edited)}, edited, ct-lite 0.1.2`);
    expect(nameOfStored({ ...one, made: undefined, madeBy: undefined })).toBe(
      'undated, shapes only',
    );
  });

  it('may lack date, references and UIDs', () => {
    const bare = {
      ...segmentation('1'),
      ContentTime: undefined,
      ReferencedSeriesSequence: undefined,
    };
    expect(listStoredResults([bare])).toMatchObject([{ made: undefined }]);
    expect(listStoredResults([{ ...bare, SeriesInstanceUID: undefined }])).toEqual([]);
  });
});

describe('makerOf', () => {
  it('reads what this software wrote', () => {
    const parameters = 'sha256=abc; licence: CC BY-NC-SA 4.0, not for commercial use';
    expect(
      makerOf({
        type: 'AUTOMATIC',
        name: 'ohif-cranioplasty lite, implant design',
        version: '1.4.0',
        parameters,
      }),
    ).toEqual({
      method: 'network',
      designed: true,
      model: {
        name: 'lite',
        version: '1.4.0',
        hash: 'abc',
        use: 'CC BY-NC-SA 4.0, not for commercial use',
      },
    });
  });

  it.each([
    ['ohif-cranioplasty mirror', 'mirror'],
    ['ohif-cranioplasty continuation', 'continuation'],
    ['ohif-cranioplasty shape prior of ct-lite', 'continuation'],
    ['Another', 'network'],
  ])('tells the method of "%s"', (name, method) => {
    expect(makerOf({ type: 'AUTOMATIC', name })).toMatchObject({ method, designed: false });
  });
});

describe('parameters of a stored implant', () => {
  it('become what was chosen, and nothing more', () => {
    for (const chosen of [
      {},
      { thickness: 3, axis: [0, 0, 1] },
      { material: 'titanium', thickness: 'bone' },
      { material: 'custom', density: 2 },
    ]) {
      const complete = completeParameters(chosen);
      expect(chosenOf(complete)).toEqual(chosen);
      expect(completeParameters(chosenOf(complete))).toEqual(complete);
    }
  });

  it('are read from the STL where there is no report, and left out where they cannot be', () => {
    const of = (parameters?: string) =>
      storedParameters(undefined, [{ algorithm: { parameters } } as SolidObject]);
    const complete = completeParameters({ thickness: 3 });
    expect(of(`sha256=abc; ${JSON.stringify(complete)}`)).toEqual(complete);
    expect(of(JSON.stringify(complete).slice(0, -5))).toBeUndefined();
    expect(of('{"thickness":77}')).toBeUndefined();
    expect(of()).toBeUndefined();
    expect(storedParameters(undefined, [])).toBeUndefined();
  });
});
