/**
 * What a user waits for: from the call of the command line to the files written, with everything between the stages, the
 * peak of memory, and the functions that cost most.
 *
 *     npm run bench [-- --against REF] [--threads N]... [--rounds N] [--case NAME]
 *
 * With `--against` another commit runs the same in turn, with several `--threads` the same on so many: times of a machine
 * that does other work too say little, their ratios more. Each case runs in a process of its own; the first round warms
 * up and is profiled.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cases, type BenchCase } from './cases.ts';
import { checkOut, here } from './checkout.ts';
import type { CaseFigures, CaseRequest } from './runCase.ts';
import { printFigures, printFunctions } from './tables.ts';

const runner = fileURLToPath(new URL('runCase.ts', import.meta.url));
const listed = 20;

const { values } = parseArgs({
  options: {
    against: { type: 'string' },
    threads: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '3' },
    case: { type: 'string', multiple: true, default: cases.map(({ name }) => name) },
  },
});

function runOnce(request: Omit<CaseRequest, 'called' | 'out'>, folder: string): CaseFigures {
  const out = join(folder, 'out');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  const asked: CaseRequest = { ...request, out, called: Date.now() };
  const { stdout, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', runner, JSON.stringify(asked)],
    { cwd: here, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error('a case failed, as it says above');
  return JSON.parse(stdout) as CaseFigures;
}

/** What runs in turn, and on how many threads if not on as many as there are cores. */
interface Variant {
  readonly label: string;
  readonly root: string;
  readonly threads?: number;
}

async function measure(bench: BenchCase, variants: readonly Variant[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cranioplasty-bench-'));
  try {
    const steps = await bench.prepare(folder);
    const { standIn } = bench;
    const requestOf = ({ root, threads }: Variant) => ({ root, threads, steps, standIn });
    const profiles = variants.map((variant) =>
      runOnce({ ...requestOf(variant), functions: listed }, folder),
    );
    const figures: CaseFigures[][] = variants.map(() => []);
    for (let round = 0; round < Number(values.rounds); round++)
      variants.forEach((variant, v) =>
        figures[v].push(runOnce({ ...requestOf(variant), functions: 0 }, folder)),
      );
    console.log(`\n${bench.title}`);
    printFigures(
      figures,
      variants.map(({ label }) => label),
    );
    printFunctions(profiles[0].functions);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const other = values.against === undefined ? undefined : checkOut(values.against);
try {
  const counts = values.threads.map(Number);
  const own = counts.map((threads) => ({ label: `${threads} threads`, root: here, threads }));
  const variants = own.length > 0 ? own : [{ label: 'this', root: here }];
  if (other) variants.splice(1, Infinity, { label: 'that', root: other.root });
  for (const bench of cases) if (values.case.includes(bench.name)) await measure(bench, variants);
} finally {
  other?.remove();
}
