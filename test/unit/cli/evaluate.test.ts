import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNifti } from '../../../cli/src/io/nifti.ts';
import type { Mask } from '../../../extension/src/engine/space/volume.ts';
import { emptyMask } from '../../../extension/src/engine/space/volume.ts';
import { shippedAtlas } from '../../support/atlasFiles.ts';
import {
  frontalDefect,
  phantomGrid,
  phantomSkull,
  straightPose,
} from '../../support/phantomSkull.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = join(root, 'cli/bin/cranioplasty.mjs');
const minutes = 120_000;

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cranioplasty-'));
  const atlas = await shippedAtlas();
  const regions = ['frontal', 'parietal', 'closed'] as const;
  const centres = {
    frontal: frontalDefect.centre,
    parietal: [40, 110, 90],
    closed: frontalDefect.centre,
  } as const;
  for (const region of regions) {
    const { complete, defective, patch } = phantomSkull(atlas, straightPose, {
      centre: centres[region],
      radius: 24,
    });
    const shapes: Record<string, Mask> = {
      // A case that no method can solve: its skull has no defect.
      defective: region === 'closed' ? complete : defective,
      patch,
      implant: patch,
    };
    mkdirSync(join(folder, 'cases', `01_${region}`), { recursive: true });
    for (const [name, mask] of Object.entries(shapes))
      writeFileSync(join(folder, 'cases', `01_${region}`, `${name}.nii.gz`), writeNifti(mask));
  }
}, minutes);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = (out: string): string[] => [
  program,
  'evaluate',
  join(folder, 'cases'),
  ...['--out', join(folder, out), '--methods', 'mirror', '--processes', '1', '--json'],
];

function evaluate(out: string, ...more: string[]) {
  const { status, stdout } = spawnSync(process.execPath, [...words(out), ...more], {
    encoding: 'utf8',
  });
  const lines = stdout.trim().split('\n');
  return { status, done: JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

/** The tables without the only column that differs from run to run. */
function table(out: string): string[][] {
  const rows = readFileSync(join(folder, out, 'metrics.csv'), 'utf8')
    .trim()
    .split('\n');
  const cells = rows.map((row) => row.split(','));
  const time = cells[0].indexOf('seconds');
  return cells.map((row) => row.filter((_, k) => k !== time));
}

describe('cranioplasty evaluate', () => {
  it(
    'writes tables and a report, and a case without a result counts as a miss',
    () => {
      const { status, done } = evaluate('whole');
      expect(status).toBe(0);
      expect(done).toMatchObject({ event: 'done', cases: 3, results: 3, resumed: 0, missed: 1 });
      expect(readdirSync(join(folder, 'whole')).sort()).toEqual(
        ['metrics.csv', 'report.html', 'results', 'summary.json', 'table.md'].sort(),
      );
      const summary = JSON.parse(readFileSync(join(folder, 'whole/summary.json'), 'utf8')) as {
        summaries: { region: string; missed: number; figures: { dice?: { mean: number } } }[];
      };
      const of = (region: string) => summary.summaries.find((s) => s.region === region);
      expect(of('frontal')?.figures.dice?.mean).toBeGreaterThan(0.8);
      expect(of('closed')).toMatchObject({ missed: 1, figures: {} });
      const report = readFileSync(join(folder, 'whole/report.html'), 'utf8');
      expect(report).toContain('Research use only');
      expect(report).toContain('Mirroring found no defect');
      // Nothing is fetched: the page holds all it shows.
      expect(report).not.toMatch(/(src|href)=/);
    },
    minutes,
  );

  it(
    'gives the same tables when it was stopped half-way and goes on',
    async () => {
      const child = spawn(process.execPath, words('resumed'), {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes('"item"')) child.kill('SIGKILL');
        });
        child.on('exit', () => resolve());
      });
      const before = readdirSync(join(folder, 'resumed/results')).length;
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThan(3);
      expect(evaluate('resumed').done).toMatchObject({ results: 3, resumed: before });
      expect(table('resumed')).toEqual(table('whole'));
      // Once more: nothing is left to do. What changed is made again.
      expect(evaluate('resumed').done).toMatchObject({ resumed: 3 });
      const changed = join(folder, 'cases/01_frontal/implant.nii.gz');
      const kept = readFileSync(changed);
      writeFileSync(changed, writeNifti(emptyMask(phantomGrid)));
      expect(evaluate('resumed').done).toMatchObject({ resumed: 2 });
      writeFileSync(changed, kept);
      expect(evaluate('resumed').done).toMatchObject({ resumed: 2 });
      // What another engine made counts as little.
      const [first] = readdirSync(join(folder, 'resumed/results'));
      const file = join(folder, 'resumed/results', first);
      const other = readFileSync(file, 'utf8').replace(/("software": "[^ ]+) \w+"/, '$1 0123"');
      writeFileSync(file, other);
      expect(evaluate('resumed').done).toMatchObject({ resumed: 2 });
    },
    minutes,
  );

  it(
    'rehearses what it did not rehearse before, and correlates it',
    () => {
      const rehearsed = (): number[] => {
        const [heading, ...rows] = table('whole');
        return rows.map((row) => Number(row[heading.indexOf('rehearsedDice')]));
      };
      expect(rehearsed()).toEqual([0, 0, 0]);
      // The case without a defect has nothing to rehearse.
      expect(evaluate('whole', '--rehearse').done).toMatchObject({ resumed: 0, missed: 1 });
      expect(rehearsed().filter((v) => v > 0.8)).toHaveLength(2);
      expect(evaluate('whole').done).toMatchObject({ resumed: 3 });
      const report = readFileSync(join(folder, 'whole/report.html'), 'utf8');
      expect(report).toContain('rehearsed Dice');
    },
    minutes,
  );

  it('says what is wrong with its input', () => {
    const run = (...more: string[]) =>
      spawnSync(process.execPath, [program, 'evaluate', ...more], { encoding: 'utf8' });
    const nothing = run(tmpdir(), '--out', join(folder, 'x'));
    expect(nothing.status).toBe(2);
    expect(nothing.stderr).toContain('a case is a folder with defective.nii.gz');
    const twice = run(
      join(folder, 'cases'),
      '--out',
      join(folder, 'x'),
      '--methods',
      'mirror,mirror',
    );
    expect(twice.stderr).toContain('Two methods are called the same');
    const scores = join(folder, 'scores.csv');
    writeFileSync(scores, 'case,expert\n01_frontal,good\n');
    const bad = run(join(folder, 'cases'), '--out', join(folder, 'x'), '--scores', scores);
    expect(bad.stderr).toContain('"good" in column expert is no number');
  });
});
