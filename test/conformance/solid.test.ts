import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSolid } from '../../extension/src/dicom/solid/writeSolid.ts';
import { writeStl } from '../../extension/src/engine/surface/stl.ts';
import { tetrahedron } from '../support/tetrahedron.ts';
import { phantomCases, phantomCt } from './phantom.ts';
import { dciodvfy, python } from './tools.ts';

const { series } = phantomCt(phantomCases[0].grid);
// As scanners have it; other objects have no place for it.
for (const { instance } of series.slices) Object.assign(instance, { BodyPartExamined: 'HEAD' });
const stl = writeStl(tetrahedron(), 'implant, mm, LPS');
let folder = '';
let path = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  path = join(folder, 'implant.stl.dcm');
  const file = writeSolid(
    {
      stl,
      title: 'Designed cranial implant',
      algorithm: { name: 'implant design', version: '1', modelHash: 'ab'.repeat(32) },
    },
    { ct: series },
    {
      seriesDescription: 'Cranial implant',
      segmentation: {
        seriesInstanceUID: '2.25.5',
        instances: [{ sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4', sopInstanceUID: '2.25.6' }],
      },
    },
  );
  writeFileSync(path, new Uint8Array(file));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an encapsulated STL', () => {
  it('conforms to the standard as dciodvfy knows it', () => {
    expect(dciodvfy(path)).toEqual([]);
  });

  it('is what it should be for pydicom, with the same STL', () => {
    expect(python('documents.py', 'solid', path)).toEqual({
      sopClass: 'Encapsulated STL Storage',
      modality: 'M3D',
      type: 'model/stl',
      unit: ['mm', 'UCUM'],
      usage: ['129016', 'DCM'],
      frameOfReferenceUID: series.frameOfReferenceUID,
      sources: series.slices.length + 1,
      sha256: createHash('sha256').update(stl).digest('hex'),
    });
  });

  it('gives dcmtk the same STL', () => {
    const dataset = JSON.parse(String(execFileSync('dcm2json', [path]))) as Record<
      string,
      { readonly InlineBinary?: string }
    >;
    const raw = Buffer.from(dataset['00420011'].InlineBinary ?? '', 'base64');
    expect(raw.equals(stl)).toBe(true);
  });
});
