import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCtFolder } from '../../../cli/src/io/dicomFolder.ts';
import { readNifti, writeNifti } from '../../../cli/src/io/nifti.ts';
import { maskOf } from '../../../cli/src/io/volumeFile.ts';
import { modelSource } from '../../../cli/src/modelFolder.ts';
import { summaryOf } from '../../../cli/src/report.ts';
import { openBackend } from '../../../cli/src/openBackend.ts';
import { readReport } from '../../../extension/src/dicom/report/readReport.ts';
import { readSegmentation } from '../../../extension/src/dicom/segmentation/readSegmentation.ts';
import { gridDistance } from '../../../extension/src/engine/space/grid.ts';
import { defaultModel } from '../../../extension/src/models.ts';
import { loadModel } from '../../../extension/src/engine/cascade/model.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { smallReconstruction } from '../worker/fakes.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const demo = join(root, 'viewer/demo');
/** Two cores shared with everything else that a test run does. */
const minutes = 60_000;
const terms = 'non-commercial research use';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cranioplasty-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Report {
  /** Absent without networks. */
  readonly provider?: string;
  readonly deviation?: { readonly mean: number; readonly p95: number };
  readonly model: {
    readonly name: string;
    readonly hash: string;
    readonly licence?: string;
    readonly use?: string;
  };
  readonly peakMemory: number;
  readonly rehearsal?: { readonly volume: number; readonly metrics: { readonly dice: number } };
  readonly timings: Readonly<Record<string, number>>;
  readonly shapes: Readonly<Record<string, { readonly volume: number }>>;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

/** Runs the command and checks that the report describes the files that are there. */
function reconstruct(...words: string[]): { out: string; names: string[]; report: Report } {
  const out = mkdtempSync(join(folder, 'out-'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'cli/bin/cranioplasty.mjs'), 'reconstruct', ...words, '--out', out, '--json'],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; stage?: string });
  expect(lines.at(-1)?.event).toBe('done');
  expect(lines.map((line) => line.stage)).toContain('measure');
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
  for (const { name, sha256 } of report.files) {
    const hash = createHash('sha256').update(readFileSync(join(out, name)));
    expect(hash.digest('hex')).toBe(sha256);
  }
  const names = readdirSync(out).sort();
  expect(names).toEqual([...report.files.map(({ name }) => name), 'report.json'].sort());
  return { out, names, report };
}

/** Volume enclosed by a binary STL, ml; positive if triangles are wound outwards. */
function enclosedVolume(stl: Buffer): number {
  let sum = 0;
  for (let at = 84; at < stl.length; at += 50) {
    const v = Array.from({ length: 9 }, (_, n) => stl.readFloatLE(at + 12 + 4 * n));
    sum +=
      v[0] * (v[4] * v[8] - v[5] * v[7]) -
      v[1] * (v[3] * v[8] - v[5] * v[6]) +
      v[2] * (v[3] * v[7] - v[4] * v[6]);
  }
  return sum / 6000;
}

function overlap(a: Mask, b: Mask): number {
  return a.data.reduce((n, v, i) => n + (v !== 0 && b.data[i] !== 0 ? 1 : 0), 0);
}

describe('cranioplasty reconstruct', () => {
  it(
    'reconstructs the demonstration segmentation on its CT',
    async () => {
      const skull = join(demo, 'skull.dcm');
      const { out, names, report } = reconstruct(skull, '--ct', join(demo, 'ct'));
      expect(names).toEqual([
        'implant.stl',
        'reconstruction.dcm',
        'report.dcm',
        'report.json',
        'skull-patch.stl',
      ]);
      expect(report).toMatchObject({ provider: expect.stringMatching(/cpu|webgpu/) as string });
      expect(report.model.hash).toMatch(/^[0-9a-f]{64}$/);
      expect(report.model).toMatchObject({
        name: defaultModel,
        licence: 'CC-BY-NC-SA-4.0',
        use: terms,
      });
      expect(report.peakMemory).toBeLessThan(2e9);

      const { series } = await readCtFolder(join(demo, 'ct'));
      const result = readSegmentation(readFileSync(join(out, 'reconstruction.dcm')), {
        onto: series,
      });
      expect(result.segments.map((s) => s.label)).toEqual(['Skull patch', 'Implant']);
      for (const { description } of result.segments) expect(description).toContain(terms);
      expect(result.dataset['SeriesDescription']).toContain(terms);
      expect(result.referencedSeriesInstanceUID).toBe(series.seriesInstanceUID);
      const [bone] = readSegmentation(readFileSync(skull), { onto: series }).segments;
      for (const segment of result.segments) {
        expect(overlap(segment.mask(), bone.mask())).toBe(0);
      }
      const measured = readReport(readFileSync(join(out, 'report.dcm')));
      expect(measured.segments.map(({ segment }) => segment)).toEqual(
        [1, 2].map((segment) => ({
          sopClassUID: result.sopClassUID,
          sopInstanceUID: result.sopInstanceUID,
          segment,
        })),
      );
      expect(measured.record?.reconstruction?.model).toEqual(report.model);
      expect(measured.record?.shapes.patch?.measurements.volume).toBe(
        report.shapes['skullPatch'].volume,
      );
      for (const [file, shape] of [
        ['skull-patch.stl', 'skullPatch'],
        ['implant.stl', 'implant'],
      ]) {
        const { volume } = report.shapes[shape];
        expect(enclosedVolume(readFileSync(join(out, file))) / volume).toBeGreaterThan(0.85);
        expect(enclosedVolume(readFileSync(join(out, file))) / volume).toBeLessThan(1.15);
      }
    },
    10 * minutes,
  );

  it(
    'continues the skull by the shape prior of a model, without its networks',
    () => {
      const skull = join(demo, 'skull.dcm');
      const { report } = reconstruct(skull, '--method', 'continuation', '--model', 'lite');
      expect(report.model.name).toBe('shape prior of lite');
      expect(report.model.hash).toMatch(/^[0-9a-f]{64}$/);
      expect(report.provider).toBeUndefined();
      expect(report.shapes['skullPatch'].volume).toBeGreaterThan(5);
      expect(report.deviation?.mean).toBeGreaterThan(0.1);
      expect(report.deviation?.p95).toBeLessThan(2);
    },
    5 * minutes,
  );

  it(
    'reconstructs a NIfTI mask in its geometry',
    async () => {
      const { series } = await readCtFolder(join(demo, 'ct'));
      const [bone] = readSegmentation(readFileSync(join(demo, 'skull.dcm')), {
        onto: series,
      }).segments;
      const path = join(folder, 'skull.nii.gz');
      writeFileSync(path, writeNifti(bone.mask()));
      const how = ['--model', 'lite', '--provider', 'cpu', '--rehearse'];
      const { out, names, report } = reconstruct(path, ...how);
      const { rehearsal } = report;
      expect(report.model.name).toBe('lite');
      expect(report.model.use).toBeUndefined();
      expect(rehearsal?.volume).toBeGreaterThan(1);
      expect(rehearsal?.metrics.dice).toBeGreaterThan(0.6);
      expect(rehearsal?.metrics.dice).toBeLessThan(1);
      expect(names).toEqual([
        'implant.nii.gz',
        'implant.stl',
        'report.json',
        'skull-patch.nii.gz',
        'skull-patch.stl',
      ]);
      for (const name of ['skull-patch.nii.gz', 'implant.nii.gz']) {
        const result = maskOf(readNifti(readFileSync(join(out, name))));
        expect(gridDistance(result.grid, series.grid)).toBeLessThan(1e-3);
        expect(overlap(result, bone.mask())).toBe(0);
      }
    },
    10 * minutes,
  );
});

describe('the line at the end', () => {
  it('says what the licence of the model demands, and nothing of a free one', () => {
    const free = smallReconstruction();
    const { model } = free;
    expect(summaryOf(free, 1500, 'out')).toContain('1.5 s on wasm');
    expect(summaryOf(free, 1500, 'out')).toContain('Model lite 1. Research use only');
    const restricted = {
      ...free,
      model: { ...model, name: 'ct-lite', licence: 'CC-BY-NC-SA-4.0', use: terms },
    };
    expect(summaryOf(restricted, 1500, 'out')).toContain(
      `Model ct-lite 1 (CC-BY-NC-SA-4.0, ${terms}). Research use only`,
    );
  });
});

describe('providers', () => {
  it.each(['cpu', 'wasm'] as const)(
    '%s computes the golden pair',
    async (provider) => {
      const model = await loadModel(modelSource('lite'));
      const backend = await openBackend(provider, model, () => undefined);
      expect(backend.provider).toBe(provider);
      await backend.release();
    },
    5 * minutes,
  );

  it('refuses a model that is not installed', () => {
    expect(() => modelSource('../lite')).toThrow(
      /There is no model "\.\.\/lite": choose one of .*lite/,
    );
  });
});
