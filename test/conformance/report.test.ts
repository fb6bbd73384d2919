import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSegmentation } from '../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { fullReport } from '../support/storedCase.ts';
import { phantomCases, phantomCt, phantomSegments } from './phantom.ts';
import { dciodvfy, python } from './tools.ts';

const { series } = phantomCt(phantomCases[2].grid);
// As scanners have it; other objects have no place for it.
for (const { instance } of series.slices) Object.assign(instance, { BodyPartExamined: 'HEAD' });
let folder = '';
let path = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  path = join(folder, 'report.dcm');
  const segmentation = readSegmentation(
    writeSegmentation(
      phantomSegments(series.grid),
      { ct: series },
      { seriesDescription: 'Cranioplasty' },
    ),
  );
  writeFileSync(path, new Uint8Array(fullReport({ ct: series }, { segmentation })));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a report of measurements', () => {
  it('conforms to the standard as dciodvfy knows it', () => {
    expect(dciodvfy(path)).toEqual([]);
  });

  it('is a valid tree for dcmtk, with what was measured', () => {
    const tree = String(execFileSync('dsrdump', [path], { stdio: ['ignore', 'pipe', 'ignore'] }));
    expect(tree).toMatch(/^Comprehensive 3D SR Document/);
    expect(tree).toContain('<contains IMAGE:(,,"Referenced Segment")=(SG image,,2)>');
    expect(tree).toContain('"Volume")="24.1" (cm3,UCUM,"cubic centimeter")');
    expect(tree).toContain('"Check: thickness")=(FAIL,99CRANIOPLASTY,"Fail")');
    expect(tree).toContain('"Where to look")=(POINT,,1.5/2.25/');
  });

  it('declares its own concepts and names what it measured, for pydicom', () => {
    expect(python('documents.py', 'report', path)).toMatchObject({
      sopClass: 'Comprehensive 3D SR Storage',
      template: '1500',
      schemes: ['99CRANIOPLASTY'],
      undeclared: [],
      groups: 2,
      evidence: series.slices.length + 1,
    });
  });
});
