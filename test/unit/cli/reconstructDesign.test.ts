import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNifti } from '../../../cli/src/io/nifti.ts';
import { readReport } from '../../../extension/src/dicom/report/readReport.ts';
import { readSegmentation } from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { readSolid } from '../../../extension/src/dicom/solid/readSolid.ts';
import { shippedAtlas } from '../../support/atlasFiles.ts';
import { frontalDefect, phantomSkull, straightPose } from '../../support/phantomSkull.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const minutes = 60_000;
let folder = '';
let skull = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cranioplasty-'));
  skull = join(folder, 'skull.nii.gz');
  const { centre } = frontalDefect;
  const phantom = phantomSkull(await shippedAtlas(), straightPose, { centre, radius: 24 });
  writeFileSync(skull, writeNifti(phantom.defective));
}, 2 * minutes);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without networks: seconds. */
function reconstruct(inputs: readonly string[], out: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...[join(root, 'cli/bin/cranioplasty.mjs'), 'reconstruct', ...inputs],
      ...['--method', 'mirror', '--out', out, '--json', ...words],
    ],
    { encoding: 'utf8' },
  );
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line || '{}') as Record<string, unknown>);
  return { status, stderr, last: events.at(-1) };
}

const read = (out: string, name: string) => readFileSync(join(out, name));
const json = (out: string, name: string) => JSON.parse(String(read(out, name)));

describe('cranioplasty reconstruct with a design', () => {
  it(
    'writes the implant that `implant` designs from its patch by the same parameters',
    () => {
      const out = join(folder, 'design');
      const { status, stderr } = reconstruct([skull], out, '--thickness', '3', '--axis', '0,-1,1');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(readdirSync(out).sort()).toEqual([
        'implant.3mf',
        'implant.json',
        'implant.nii.gz',
        'implant.stl',
        'predicted-implant.nii.gz',
        'predicted-implant.stl',
        'report.json',
        'skull-patch.nii.gz',
        'skull-patch.stl',
      ]);
      const { parameters, volume, input, checks } = json(out, 'implant.json');
      expect(parameters).toMatchObject({ thickness: 3, axis: [0, -1, 1], clearance: 0.5 });
      expect(input.patch.file).toBe('skull-patch.nii.gz');
      expect(checks.map(({ name }: { name: string }) => name)).toContain('insertion');
      expect(json(out, 'report.json').shapes.implant).toMatchObject({ made: 'designed', volume });

      const again = join(folder, 'again');
      const words = ['--parameters', join(out, 'implant.json'), '--out', again];
      const run = spawnSync(
        process.execPath,
        [
          ...[join(root, 'cli/bin/cranioplasty.mjs'), 'implant', skull],
          ...[join(out, 'skull-patch.nii.gz'), ...words],
        ],
        { encoding: 'utf8' },
      );
      expect(run.status).toBe(0);
      expect(json(again, 'implant.json').volume).toBeCloseTo(volume, 1);
    },
    4 * minutes,
  );

  it(
    'writes DICOM objects as the panel stores them: one segmentation, the solid, one report',
    () => {
      const out = join(folder, 'dicom');
      const demo = join(root, 'viewer/demo');
      const words = ['--ct', join(demo, 'ct'), '--design', '--no-keep-off-dura'];
      const { status, stderr } = reconstruct([join(demo, 'skull.dcm')], out, ...words);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const segmentation = readSegmentation(read(out, 'reconstruction.dcm'));
      expect(segmentation.segments.map(({ label }) => label)).toEqual(['Skull patch', 'Implant']);
      expect(segmentation.segments[1].algorithm.name).toContain('implant design');
      const solid = readSolid(read(out, 'implant.stl.dcm'));
      expect(read(out, 'implant.stl').equals(solid.stl)).toBe(true);
      expect(solid.sources.at(-1)?.sopInstanceUID).toBe(segmentation.sopInstanceUID);
      const { record } = readReport(read(out, 'report.dcm'));
      const { parameters, checks } = json(out, 'implant.json');
      expect(parameters).toMatchObject({ thickness: 4, keepOffDura: false });
      expect(record?.design).toMatchObject({ parameters, checks, pieces: 1 });
      expect(record?.reconstruction?.method).toBe('mirror');
      const { volume } = json(out, 'report.json').shapes.implant;
      expect(record?.shapes.implant?.measurements.volume).toBe(volume);
    },
    4 * minutes,
  );

  it(
    'keeps the patch where no implant can be designed, and says so',
    () => {
      const out = join(folder, 'inward');
      const { status, last } = reconstruct([skull], out, '--axis', '0,1,0');
      expect(status).toBe(2);
      expect(last).toMatchObject({ event: 'error', code: 'bad-axis' });
      expect(last?.['message']).toMatch(/^The patch was written, but no implant was designed/);
      expect(readdirSync(out)).toContain('skull-patch.stl');
      expect(existsSync(join(out, 'implant.json'))).toBe(false);
      const { warnings, shapes } = json(out, 'report.json');
      expect(shapes.implant.made).toBe('predicted');
      expect(JSON.stringify(warnings)).toContain('No implant was designed');
    },
    4 * minutes,
  );

  it(
    'designs for each skull of a cohort, and anew when the parameters in the file change',
    () => {
      const out = join(folder, 'cohort');
      const file = join(folder, 'parameters.json');
      const words = ['--parameters', file, '--axis', '-0.1,-1,1', '--no-keep-off-dura'];
      const run = (thickness: number) => {
        writeFileSync(file, JSON.stringify({ thickness }));
        return reconstruct([`one=${skull}`], out, ...words);
      };
      expect(run(3)).toMatchObject({ status: 0, last: { kept: 0 } });
      expect(json(join(out, 'one'), 'implant.json').parameters).toMatchObject({
        thickness: 3,
        axis: [-0.1, -1, 1],
        keepOffDura: false,
      });
      expect(run(3)).toMatchObject({ status: 0, last: { kept: 1 } });
      expect(run(5)).toMatchObject({ status: 0, last: { kept: 0 } });
      expect(json(join(out, 'one'), 'implant.json').parameters.thickness).toBe(5);
    },
    4 * minutes,
  );

  const wrong: [string, string[], string][] = [
    ['a thickness out of range', ['--thickness', '12'], 'Thickness cannot be 12'],
    ['a file without parameters', ['--parameters', '/no/such.json'], 'holds no parameters'],
  ];
  it.each(wrong)('refuses %s before anything is computed, of a cohort too', (_, words, message) => {
    for (const inputs of [[skull], [`one=${skull}`]]) {
      const out = join(folder, 'refused');
      const { status, last } = reconstruct(inputs, out, ...words);
      expect(status).toBe(2);
      expect(last?.['message']).toContain(message);
      expect(existsSync(out)).toBe(false);
    }
  });
});
