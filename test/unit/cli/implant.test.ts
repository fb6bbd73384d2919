import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNifti, writeNifti } from '../../../cli/src/io/nifti.ts';
import { maskOf } from '../../../cli/src/io/volumeFile.ts';
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

function implant(...words: string[]) {
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
