import { describe, expect, it } from 'vitest';
import { encodePart10, parsePart10 } from '../../../../extension/src/dicom/part10/part10.ts';
import { differenceOfSolids } from '../../../../extension/src/dicom/solid/compareSolids.ts';
import { readSolid } from '../../../../extension/src/dicom/solid/readSolid.ts';
import { writeSolid, type SolidOptions } from '../../../../extension/src/dicom/solid/writeSolid.ts';
import { writeSegmentation } from '../../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { writeStl } from '../../../../extension/src/engine/surface/stl.ts';
import {
  phantomCases,
  phantomCt,
  phantomSegments,
  uidSource,
} from '../../../conformance/phantom.ts';
import { tetrahedron } from '../../../support/tetrahedron.ts';

const { series } = phantomCt(phantomCases[0].grid);
const stl = writeStl(tetrahedron(), 'implant, mm, LPS');
const solid = {
  stl,
  title: 'Designed cranial implant',
  algorithm: {
    name: 'implant design',
    version: '1',
    modelHash: 'ab'.repeat(32),
    terms: 'CC-BY-NC-SA-4.0',
    parameters: '{"thickness":4}',
  },
};
const segmentation = {
  seriesInstanceUID: '2.25.5',
  instances: [{ sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4', sopInstanceUID: '2.25.6' }],
};
const options: SolidOptions = {
  seriesDescription: 'Cranial implant',
  segmentation,
  now: new Date('2026-01-02T03:04:05Z'),
};
const write = (more: Partial<SolidOptions> = {}) =>
  writeSolid(solid, { ct: series }, { ...options, newUid: uidSource(9), ...more });
const file = write();

describe('writeSolid', () => {
  const { dataset } = parsePart10(file, 'bad-object');

  it('takes patient, study and frame of reference from the CT', () => {
    expect(dataset).toMatchObject({
      PatientID: 'PHANTOM',
      StudyInstanceUID: series.studyInstanceUID,
      FrameOfReferenceUID: series.frameOfReferenceUID,
      Modality: 'M3D',
      ContentDate: '20260102',
    });
  });

  it('says unit, purpose, and that it is for research only', () => {
    const words = JSON.stringify(dataset);
    expect(words).toContain('"CodeValue":"129016"');
    expect(words).toContain('"CodeValue":"mm"');
    expect(dataset).toMatchObject({
      BurnedInAnnotation: 'NO',
      RecognizableVisualFeatures: 'NO',
      ContentDescription: 'Research use only, not a medical device',
      MIMETypeOfEncapsulatedDocument: 'model/stl',
    });
    expect(dataset['DocumentTitle']).toContain('CC-BY-NC-SA-4.0');
  });

  it('refers to every slice of the CT and to the segmentation', () => {
    const { sources } = readSolid(file);
    expect(sources).toHaveLength(series.slices.length + 1);
    expect(sources.at(-1)).toEqual(segmentation.instances[0]);
    expect(dataset['ReferencedSeriesSequence']).toHaveLength(2);
  });

  it('refers to the segmentation of the skull where there is no CT', () => {
    const skull = writeSegmentation(
      phantomSegments(series.grid),
      { ct: series },
      { seriesDescription: 'Skull' },
    );
    const instance = parsePart10(skull).dataset;
    const { sources } = readSolid(writeSolid(solid, { instance }, options));
    expect(sources).toHaveLength(series.slices.length + 2);
    expect(sources.map(({ sopInstanceUID }) => sopInstanceUID)).toContain(
      instance['SOPInstanceUID'],
    );
  });

  it('gives pieces one series and one group', () => {
    const common = { seriesInstanceUID: '2.25.70', modelGroupUID: '2.25.71' };
    const pieces = [1, 2].map((instanceNumber) => readSolid(write({ ...common, instanceNumber })));
    for (const piece of pieces) expect(piece).toMatchObject(common);
    expect(pieces.map(({ instanceNumber }) => instanceNumber)).toEqual([1, 2]);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a surface without triangles', new Uint8Array(84)],
    ['text', new TextEncoder().encode(`solid ${'x'.repeat(100)}`)],
  ])('refuses %s', (_, wrong) => {
    expect(() => writeSolid({ ...solid, stl: wrong }, { ct: series }, options)).toThrow(
      /no surface to save/,
    );
  });
});

describe('readSolid', () => {
  it('gives back the STL byte by byte, and what made it', () => {
    const read = readSolid(file);
    expect(read.stl).toEqual(stl);
    expect(read.frameOfReferenceUID).toBe(series.frameOfReferenceUID);
    expect(read.algorithm).toMatchObject({ name: 'implant design', version: '1' });
    expect(read.algorithm.parameters).toContain('{"thickness":4}');
    expect(read.dataset['EncapsulatedDocument']).toBeUndefined();
  });

  it('refuses other objects', () => {
    const seg = writeSegmentation(
      phantomSegments(series.grid),
      { ct: series },
      { seriesDescription: 'x' },
    );
    expect(() => readSolid(seg)).toThrow(/no encapsulated STL/);
    expect(() => readSolid(new Uint8Array(200))).toThrow(/not DICOM/);
  });

  it.each([
    ['cut short', file.slice(0, file.byteLength - 400)],
    ['in another unit', changed({ MeasurementUnitsCodeSequence: [{ CodeValue: 'cm' }] })],
    ['without STL', changed({ EncapsulatedDocument: undefined })],
    ['with half an STL', changed({ EncapsulatedDocumentLength: 100 })],
  ])('refuses a file that is %s', (_, wrong) => {
    expect(() => readSolid(wrong)).toThrow(
      expect.objectContaining({ code: 'bad-object', message: expect.stringMatching(/again/) }),
    );
  });
});

describe('differenceOfSolids', () => {
  it('is none of a copy, whoever encoded it', () => {
    expect(differenceOfSolids(file, file.slice(0))).toBeUndefined();
    expect(differenceOfSolids(file, changed({}))).toBeUndefined();
  });

  it('names what changed', () => {
    expect(differenceOfSolids(file, write({ newUid: uidSource(8) }))).toMatch(/sopInstanceUID/);
    const bytes = new Uint8Array(file.slice(0));
    // Within the triangles of the STL.
    const start = Buffer.from(bytes).indexOf('implant, mm, LPS');
    bytes[start + 200] ^= 1;
    expect(differenceOfSolids(file, bytes)).toBe('Its STL differs from byte 200 on.');
  });
});

/** The file with other attributes, encoded anew. */
function changed(change: Record<string, unknown>): ArrayBuffer {
  const { dataset } = parsePart10(file, 'bad-object');
  const document = { EncapsulatedDocument: stl.slice().buffer };
  return encodePart10({ ...dataset, ...document, ...change });
}
