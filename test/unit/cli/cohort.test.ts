import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCohort, namedInputs } from '../../../cli/src/cohort/inputs.ts';
import { findResult, markMade } from '../../../cli/src/cohort/resultFolder.ts';
import { cohortCsv, cohortHtml, type CohortRow } from '../../../cli/src/cohort/tables.ts';
import { writeNifti } from '../../../cli/src/io/nifti.ts';
import { shippedAtlas } from '../../support/atlasFiles.ts';
import { frontalDefect, phantomSkull, straightPose } from '../../support/phantomSkull.ts';

const program = fileURLToPath(new URL('../../../cli/bin/cranioplasty.mjs', import.meta.url));
const minutes = 60_000;

let folder = '';
let skulls: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cranioplasty-'));
  const atlas = await shippedAtlas();
  const { defective } = phantomSkull(atlas, straightPose, {
    centre: frontalDefect.centre,
    radius: 24,
  });
  skulls = ['a', 'b'].map((name) => join(folder, `${name}.nii.gz`));
  for (const path of skulls) writeFileSync(path, writeNifti(defective));
  writeFileSync(join(folder, 'broken.nii.gz'), 'no skull');
}, 2 * minutes);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const line = (out: string, inputs: readonly string[], ...more: string[]): string[] => [
  program,
  'reconstruct',
  ...inputs,
  ...['--out', join(folder, out), '--method', 'mirror', '--json', ...more],
];

function cohort(out: string, inputs: readonly string[], ...more: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, line(out, inputs, ...more), {
    encoding: 'utf8',
  });
  const events = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  return { status, stderr, events, last: events.at(-1) };
}

const age = (out: string, name: string) => statSync(join(folder, out, name, 'report.json')).mtimeMs;

describe('cranioplasty reconstruct of many skulls', () => {
  it(
    'reports inputs that fail, reconstructs the rest, and keeps it in the next run',
    () => {
      const inputs = [
        skulls[0],
        join(folder, 'broken.nii.gz'),
        join(folder, 'none.nii.gz'),
        `second=${skulls[1]}`,
      ];
      const { status, stderr, events, last } = cohort('mixed', inputs, '--processes', '2');
      expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
      expect(last).toMatchObject({ event: 'done', inputs: 4, kept: 0, refused: 2, failed: 0 });
      const errors = Object.fromEntries(
        events.filter((e) => e.event === 'item').map((e) => [e.name, e.error]),
      );
      expect(errors).toMatchObject({ none: expect.stringContaining('does not exist') as string });
      expect(errors['broken']).toMatch(/broken\.nii\.gz|NIfTI/);
      expect(errors['a']).toBeUndefined();
      expect(readdirSync(join(folder, 'mixed')).sort()).toEqual([
        'a',
        'cohort.csv',
        'cohort.html',
        'second',
      ]);
      const rows = readFileSync(join(folder, 'mixed/cohort.csv'), 'utf8').trim().split('\n');
      expect(rows.map((row) => row.split(',')[2])).toEqual([
        'status',
        'done',
        'refused',
        'refused',
        'done',
      ]);

      // A result of which a file was cut off since is made anew.
      const before = [age('mixed', 'a'), age('mixed', 'second')];
      truncateSync(join(folder, 'mixed/a/skull-patch.stl'), 100);
      expect(cohort('mixed', inputs).last).toMatchObject({ kept: 1, refused: 2 });
      const after = [age('mixed', 'a'), age('mixed', 'second')];
      expect(after[0]).toBeGreaterThan(before[0]);
      expect(after[1]).toBe(before[1]);
    },
    8 * minutes,
  );

  it(
    'goes on where it was stopped',
    async () => {
      const run = spawn(process.execPath, line('stopped', skulls), {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      for await (const text of createInterface(run.stdout)) {
        if ((JSON.parse(text) as { event: string }).event === 'item') break;
      }
      run.kill('SIGTERM');
      expect(await once(run, 'exit')).toEqual([143, null]);
      expect(existsSync(join(folder, 'stopped/a/report.json'))).toBe(true);
      expect(existsSync(join(folder, 'stopped/b/report.json'))).toBe(false);
      const { status, last } = cohort('stopped', skulls);
      expect(status).toBe(0);
      expect(last).toMatchObject({ inputs: 2, kept: 1, refused: 0 });
    },
    4 * minutes,
  );

  it('refuses a CT for several skulls', () => {
    const { status, last } = cohort('never', skulls, '--ct', folder);
    expect(status).toBe(2);
    expect(last).toMatchObject({ event: 'error', code: 'bad-usage' });
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
});

describe('a result that is there', () => {
  const made = { software: '1', input: 'abc', model: 'm', options: ['--rehearse'] };

  function result(name: string): string {
    const path = join(folder, name);
    mkdirSync(path);
    const report = { input: { sha256: 'abc' }, files: [{ name: 'x.stl', bytes: 3 }] };
    writeFileSync(join(path, 'report.json'), JSON.stringify(report));
    writeFileSync(join(path, 'x.stl'), 'xyz');
    markMade(path, made);
    return path;
  }

  it('is kept if it was made from just the same', () => {
    const path = result('same');
    expect(findResult(path, made)).toBeDefined();
    for (const change of [
      { software: '2' },
      { input: 'abd' },
      { model: 'n' },
      { options: [] },
      { options: ['--rehearse', '--segment', '2'] },
    ]) {
      expect(findResult(path, { ...made, ...change })).toBeUndefined();
    }
  });

  it.each<[string, (path: string) => void]>([
    ['a file is missing', (path) => rmSync(join(path, 'x.stl'))],
    ['a file is cut off', (path) => truncateSync(join(path, 'x.stl'), 2)],
    ['the report is gone', (path) => rmSync(join(path, 'report.json'))],
    ['the report is damaged', (path) => truncateSync(join(path, 'report.json'), 9)],
    ['it was not finished', (path) => rmSync(join(path, 'made-from.json'))],
  ])('is made anew if %s', (what, spoil) => {
    const path = result(what.replaceAll(' ', '-'));
    spoil(path);
    expect(findResult(path, made)).toBeUndefined();
  });
});

describe('the names of inputs', () => {
  it('are their own or those of their files', () => {
    expect(namedInputs(['x/a.nii.gz', 'b=x/a.nii', 'c.d.NRRD', 'e.dcm'])).toEqual([
      { name: 'a', path: 'x/a.nii.gz' },
      { name: 'b', path: 'x/a.nii' },
      { name: 'c.d', path: 'c.d.NRRD' },
      { name: 'e', path: 'e.dcm' },
    ]);
    expect([['a.nii'], ['n=a.nii'], ['a.nii', 'b.nii']].map(isCohort)).toEqual([false, true, true]);
  });

  it('may have an equals sign where a file has it', () => {
    mkdirSync(join(folder, 'p=q'));
    const path = join(folder, 'p=q', 'r.nii');
    writeFileSync(path, '');
    expect(namedInputs([path])).toEqual([{ name: 'r', path }]);
    expect(isCohort([path])).toBe(false);
  });

  it.each([
    [['x/a.nii', 'y/a.nii.gz'], /x\/a\.nii and y\/a\.nii\.gz would both be called "a"/],
    [['A.nii', 'a.nii'], /would both be called "a"/],
    [['../x=a.nii'], /cannot be the name/],
    [['.hidden=a.nii'], /cannot be the name/],
    [['cohort.csv=a.nii'], /cannot be the name/],
  ])('are refused: %j', (words, message) => {
    expect(() => namedInputs(words)).toThrow(message);
  });
});

describe('the tables of a cohort', () => {
  const rows: CohortRow[] = [
    { name: '=cmd', path: 'a,"b".nii', status: 'refused', message: 'No\nskull <b>.' },
  ];

  it('quote what would break them', () => {
    expect(cohortCsv(rows).split('\n').slice(1).join('\n')).toBe(
      `'=cmd,"a,""b"".nii",refused,,,,"No\nskull <b>."\n`,
    );
    const page = cohortHtml(rows, 'made <now>');
    expect(page).toContain('made &lt;now&gt;');
    expect(page).toContain('skull &lt;b&gt;.');
    expect(page).toContain('1 inputs, 1 without a result');
  });
});
