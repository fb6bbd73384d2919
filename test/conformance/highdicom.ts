/**
 * What needs PyPI: run by `npm run test:highdicom`. The environment variable PYTHON names a Python
 * that has the packages of requirements.txt.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNifti, writeNifti } from '../../cli/src/io/nifti.ts';
import { readNrrd, writeNrrd } from '../../cli/src/io/nrrd.ts';
import { readSkullInput } from '../../cli/src/io/skullInput.ts';
import { maskOf } from '../../cli/src/io/volumeFile.ts';
import { readCtFiles } from '../../extension/src/dicom/ct/ctPixels.ts';
import { readSegmentation } from '../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../extension/src/dicom/segmentation/writeSegmentation.ts';
import type { Vec3 } from '../../extension/src/engine/space/grid.ts';
import { scan, tableSteps } from '../support/scannedHead.ts';
import { fullReport } from '../support/storedCase.ts';
import { phantomCases, phantomCt, phantomSegments } from './phantom.ts';
import { expectSamePositions, laterWins, positionsOf, writePhantom } from './voxels.ts';

const here = fileURLToPath(new URL('./', import.meta.url));
const interpreter = process.env['PYTHON'] ?? 'python3';

function python<T>(script: string, ...words: string[]): T {
  const output = execFileSync(interpreter, [join(here, 'python', script), ...words], {
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(output.toString()) as T;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'highdicom-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface HighdicomSegmentation {
  readonly labels: readonly string[];
  readonly families: readonly string[];
  readonly tracking: readonly string[];
  readonly sources: number;
  readonly voxels: Readonly<Record<string, readonly number[][]>>;
}

describe.each(phantomCases)('phantom, $name', (phantomCase) => {
  const { series } = phantomCt(phantomCase.grid);
  const segments = phantomSegments(series.grid);
  const masks = segments.map((segment) => segment.mask);
  let own = '';

  beforeAll(() => {
    own = join(folder, phantomCase.name);
    writePhantom(own, phantomCase, masks);
    const file = writeSegmentation(
      segments,
      { ct: series },
      { seriesDescription: 'Cranioplasty reconstruction' },
    );
    writeFileSync(join(own, 'ours.dcm'), new Uint8Array(file));
    python('highdicom_voxels.py', 'write', own);
  });

  it('is read by highdicom with the same voxels at the same patient positions', () => {
    const found = python<HighdicomSegmentation>('highdicom_voxels.py', 'read', own);
    expect(found).toMatchObject({
      labels: ['Skull patch', 'Implant'],
      families: ['Artificial Intelligence', 'Artificial Intelligence'],
      tracking: ['Skull patch', 'Implant'],
      sources: 9,
    });
    masks.forEach((mask, s) => expectSamePositions(found.voxels[s + 1], positionsOf(mask)));
  });

  it.each(['binary', 'fractional'])('reads what highdicom wrote, %s', (name) => {
    const read = readSegmentation(readFileSync(join(own, `${name}.dcm`)), { onto: series });
    expect(read.segments.map((s) => s.mask().data)).toEqual(masks.map((mask) => mask.data));
  });

  it.each(['labelmap', 'labelmap-rle'])('reads what highdicom wrote, %s', (name) => {
    const read = readSegmentation(readFileSync(join(own, `${name}.dcm`)), { onto: series });
    expect(read.segments.map((s) => s.mask().data)).toEqual(
      laterWins(masks).map((mask) => mask.data),
    );
  });

  it.each(['labelmap-jpeg-ls', 'fractional-jpeg-ls'])(
    'reads what highdicom compressed, %s',
    async (name) => {
      const ct = { series, volume: { grid: series.grid, data: new Int16Array() } };
      const expected = name.startsWith('labelmap') ? laterWins(masks) : masks;
      for (const [s, mask] of expected.entries()) {
        const read = await readSkullInput(join(own, `${name}.dcm`), s + 1, ct);
        expect(read.mask.data).toEqual(mask.data);
      }
    },
  );

  it('exchanges NIfTI and NRRD with nibabel and pynrrd, and reads MetaImage of SimpleITK', async () => {
    writeFileSync(join(own, 'ours.nii.gz'), writeNifti(masks[0]));
    writeFileSync(join(own, 'ours.nrrd'), writeNrrd(masks[0]));
    const found = python<Record<string, number[][]>>('volume_files.py', own);
    for (const name of ['ours.nii.gz', 'ours.nrrd']) {
      expectSamePositions(found[name], positionsOf(masks[0]));
    }
    for (const name of ['sform.nii.gz', 'qform.nii', 'nifti2.nii.gz', 'float.nii']) {
      const mask = maskOf(readNifti(readFileSync(join(own, name))));
      expectSamePositions(positionsOf(mask), positionsOf(masks[0]));
    }
    for (const name of ['raw.nrrd', 'ras.nrrd']) {
      const mask = maskOf(readNrrd(readFileSync(join(own, name))));
      expectSamePositions(positionsOf(mask), positionsOf(masks[0]));
    }
    for (const name of ['raw.mha', 'zlib.mha', 'raw.mhd', 'zlib.mhd']) {
      const { mask } = await readSkullInput(join(own, name));
      expectSamePositions(positionsOf(mask), positionsOf(masks[0]));
    }
  });
});

it('reads a segmentation on the straightened grid of a tilted CT as one volume', () => {
  const table = [...tableSteps(-20, 0, 2.5), ...tableSteps(5, 20, 5)];
  const ramp = ([x, y, z]: Vec3) => x + y + z;
  const { series } = readCtFiles(scan(ramp, { tilt: 12, table, pixels: 13, pixel: 2 }));
  const segments = phantomSegments(series.grid);
  const named = { seriesDescription: 'Cranioplasty reconstruction' };
  const file = writeSegmentation(segments, { ct: series }, named);
  writeFileSync(join(folder, 'ours.dcm'), new Uint8Array(file));
  const found = python<HighdicomSegmentation>('highdicom_voxels.py', 'read', folder);
  expect(found.sources).toBe(series.slices.length);
  segments.forEach(({ mask }, s) => expectSamePositions(found.voxels[s + 1], positionsOf(mask)));
});

interface HighdicomGroup {
  readonly tracking: string;
  readonly finding: string;
  readonly segment: readonly [instance: string, number: number];
  readonly sourceSeries: string;
  readonly measurements: readonly (readonly [name: string, derivation: string, value: number])[];
  readonly evaluations: readonly (readonly [name: string, value: string])[];
}

describe('report of measurements', () => {
  it('is read by highdicom, each group with the segment that it measures', () => {
    const { series } = phantomCt(phantomCases[0].grid);
    const segmentation = readSegmentation(
      writeSegmentation(
        phantomSegments(series.grid),
        { ct: series },
        { seriesDescription: 'Cranioplasty' },
      ),
    );
    const path = join(folder, 'report.dcm');
    writeFileSync(path, new Uint8Array(fullReport({ ct: series }, { segmentation })));
    const [patch, implant] = python<HighdicomGroup[]>('highdicom_report.py', path);
    expect(patch).toMatchObject({ tracking: 'Skull patch', finding: 'Skull' });
    expect(implant).toMatchObject({
      tracking: 'Implant',
      finding: 'Implant',
      segment: [segmentation.sopInstanceUID, 2],
      sourceSeries: series.seriesInstanceUID,
    });
    expect(patch.measurements).toContainEqual(['Volume', '', 31.41592653589793]);
    expect(implant.measurements).toContainEqual(['Thickness', 'Minimum', 0.8]);
    expect(implant.evaluations).toContainEqual(['Check: thickness', 'Fail']);
  });
});
