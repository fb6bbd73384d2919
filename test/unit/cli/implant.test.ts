import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNifti, writeNifti } from '../../../cli/src/io/nifti.ts';
import { maskOf } from '../../../cli/src/io/volumeFile.ts';
import { readCtFiles } from '../../../extension/src/dicom/ct/ctPixels.ts';
import { readReport } from '../../../extension/src/dicom/report/readReport.ts';
import { readSegmentation } from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { writeSegmentation } from '../../../extension/src/dicom/segmentation/writeSegmentation.ts';
import { readSolid } from '../../../extension/src/dicom/solid/readSolid.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { ctFiles } from '../../../scripts/ct-files.ts';
import { phantomIdentity } from '../../conformance/phantom.ts';
import { countSet } from '../../../extension/src/engine/space/voxels.ts';
import { shellWithHole, straightHole } from '../../support/shellWithHole.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let folder = '';
let skull = '';
let patch = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cranioplasty-'));
  skull = join(folder, 'skull.nii.gz');
  patch = join(folder, 'patch.nii.gz');
  const shell = shellWithHole(straightHole, [0.8, 0.8, 0.8]);
  writeFileSync(skull, writeNifti(shell.skull));
  writeFileSync(patch, writeNifti(shell.patch));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const implant = (...words: string[]) => run(skull, patch, words);

function run(skull: string, patch: string, words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'cli/bin/cranioplasty.mjs'), 'implant', skull, patch, ...words],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr: stderr.trim() };
}

describe('cranioplasty implant', () => {
  it('writes surface, voxels and a report from which the same is designed again', () => {
    const out = join(folder, 'first');
    const first = implant('--out', out, '--thickness', '3', '--axis', '0,0,1', '--json');
    expect(first.stderr).toBe('');
    expect(first.status).toBe(0);
    const report = JSON.parse(readFileSync(join(out, 'implant.json'), 'utf8'));
    expect(report.parameters).toMatchObject({ thickness: 3, axis: [0, 0, 1], clearance: 0.5 });
    const stl = readFileSync(join(out, 'implant.stl'));
    expect(stl.length).toBe(84 + 50 * stl.readUInt32LE(80));
    const voxels = countSet(maskOf(readNifti(readFileSync(join(out, 'implant.nii.gz')))).data);
    expect((voxels * 0.8 ** 3) / 1000 / report.volume).toBeCloseTo(1, 1);

    const again = join(folder, 'again');
    const second = implant('--out', again, '--parameters', join(out, 'implant.json'), '--json');
    expect(second.status).toBe(0);
    expect(readFileSync(join(again, 'implant.stl')).equals(stl)).toBe(true);
  });

  it('writes DICOM objects that belong to the CT for a segmentation on it', () => {
    const { skull: bone, patch: missing } = shellWithHole(straightHole, [1.2, 1.2, 1.2]);
    const files = ctFiles(
      { grid: bone.grid, data: Int16Array.from(bone.data, (v) => (v ? 1200 : -1000)) },
      phantomIdentity,
    );
    mkdirSync(join(folder, 'ct'));
    files.forEach((file, k) => writeFileSync(join(folder, 'ct', `${k}.dcm`), new Uint8Array(file)));
    const { series } = readCtFiles(files);
    const algorithm = { type: 'AUTOMATIC', name: 'test', version: '1', terms: 'CC-BY-NC' } as const;
    const onCt = (kind: 'skull' | 'skull-patch', label: string, mask: Mask) => {
      const path = join(folder, `${kind}.dcm`);
      const segment = { kind, label, mask, algorithm };
      const options = { seriesDescription: label };
      writeFileSync(path, new Uint8Array(writeSegmentation([segment], { ct: series }, options)));
      return path;
    };
    const out = join(folder, 'dicom');
    const { status, stderr } = run(
      onCt('skull', 'Skull', bone),
      onCt('skull-patch', 'Skull patch', missing),
      ['--out', out, '--ct', join(folder, 'ct'), '--axis', '0,0,1', '--thickness', '3', '--json'],
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(readdirSync(out).sort()).toEqual([
      'implant-report.dcm',
      'implant.3mf',
      'implant.dcm',
      'implant.json',
      'implant.stl',
      'implant.stl.dcm',
    ]);
    const bytes = (name: string) => readFileSync(join(out, name));
    const segmentation = readSegmentation(bytes('implant.dcm'), { onto: series });
    const solid = readSolid(bytes('implant.stl.dcm'));
    expect(bytes('implant.stl').equals(solid.stl)).toBe(true);
    expect(solid.frameOfReferenceUID).toBe(series.frameOfReferenceUID);
    expect(solid.sources.at(-1)?.sopInstanceUID).toBe(segmentation.sopInstanceUID);
    expect(solid.title).toContain('CC-BY-NC');
    const model = strFromU8(unzipSync(bytes('implant.3mf'))['3D/3dmodel.model']);
    expect(model.match(/<triangle /g)).toHaveLength(bytes('implant.stl').readUInt32LE(80));
    expect(model).toContain('<metadata name="LicenseTerms">CC-BY-NC</metadata>');
    const { record, segments } = readReport(bytes('implant-report.dcm'));
    const report = JSON.parse(String(bytes('implant.json')));
    expect(record?.design?.parameters).toEqual(report.parameters);
    expect(record?.design?.checks).toEqual(report.checks);
    expect(segments[0].segment).toMatchObject({ sopInstanceUID: segmentation.sopInstanceUID });
  });

  const wrong: [string, string[], string][] = [
    ['a thickness out of range', ['--thickness', '12'], 'Thickness cannot be 12'],
    ['an axis that is none', ['--axis', '1,2,up'], 'it must be three numbers like -0.7,0,0.7'],
    ['an axis that points inward', ['--axis', '0,0,-1'], 'The insertion axis points into the head'],
    ['a file without parameters', ['--parameters', '/no/such.json'], 'holds no parameters'],
    ['a piece that is not there', ['--piece', '2'], 'The patch has no piece 2'],
  ];
  it.each(wrong)('refuses %s and writes nothing', (_, words, message) => {
    const out = join(folder, 'refused');
    const { status, stderr } = implant('--out', out, ...words);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(out)).toBe(false);
  });
});
