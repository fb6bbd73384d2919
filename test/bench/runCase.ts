/**
 * One case in a process of its own: `runCase.ts JSON` with a `CaseRequest`. Tells its figures as JSON on standard output.
 * The code that runs is that of another checkout where `root` names one.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Nodes from '../../cli/src/nodeBackend.ts';
import type { Output } from '../../cli/src/output.ts';
import type * as Reconstruct from '../../cli/src/reconstructCommand.ts';
import type * as Segment from '../../cli/src/segmentCommand.ts';
import { outFolder, type Step } from './cases.ts';
import { profiled, type FunctionCost } from './profile.ts';
import { standIn, timed } from './standIn.ts';

export interface CaseRequest {
  /** Checkout whose commands run. */
  readonly root: string;
  readonly steps: readonly Step[];
  readonly standIn: boolean;
  /** As many as there are cores if absent. */
  readonly threads?: number;
  /** Folder of the results; it must exist. */
  readonly out: string;
  /** When the call was made, ms since 1970. */
  readonly called: number;
  /** How many functions are wanted; 0 without a profile, which costs time. */
  readonly functions: number;
}

export interface CaseFigures {
  /** From the call to the last file written, ms. */
  readonly total: number;
  /** Of it in networks, ms. */
  readonly inference: number;
  /** Where the rest went, ms. */
  readonly stages: Readonly<Record<string, number>>;
  /** Of all threads together, ms: what other work on the machine changes least. In all, and from one stage to the next. */
  readonly processor: number;
  readonly processorOf: Readonly<Record<string, number>>;
  /** Largest resident memory, MB. */
  readonly peak: number;
  /** Hash over all results that are the same each time. */
  readonly results: string;
  readonly functions: readonly FunctionCost[];
}

const request = JSON.parse(process.argv[2]) as CaseRequest;
const from = <T>(path: string): Promise<T> =>
  import(pathToFileURL(join(request.root, path)).href) as Promise<T>;

const { NodeBackend } = await from<typeof Nodes>('cli/src/nodeBackend.ts');
const { reconstructCommand } = await from<typeof Reconstruct>('cli/src/reconstructCommand.ts');
const { segmentCommand } = await from<typeof Segment>('cli/src/segmentCommand.ts');

const inference = { ms: 0 };
const create = NodeBackend.create.bind(NodeBackend);
NodeBackend.create = async (...how) =>
  timed(request.standIn ? standIn() : await create(...how), inference) as Nodes.NodeBackend;

const processorNow = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const processorOf: Record<string, number> = {};
let entered: { readonly stage: string; readonly at: number } | undefined;

const quiet: Output = {
  progress: ({ stage, window }) => {
    if (window) return;
    const at = processorNow();
    if (entered) processorOf[entered.stage] = at - entered.at;
    entered = { stage, at };
  },
  item: () => undefined,
  warning: () => undefined,
  done: () => undefined,
  error: () => undefined,
};
const inOut = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(outFolder, request.out) : value;

const stages: Record<string, number> = { start: Date.now() - request.called };

async function run({ command, path, options }: Step): Promise<void> {
  const given = Object.fromEntries(Object.entries(options).map(([k, v]) => [k, inOut(v)]));
  const began = performance.now();
  const input = String(inOut(path));
  if (command === 'segment') {
    await segmentCommand(input, given as unknown as Segment.SegmentOptions, quiet);
    stages['segment'] = performance.now() - began;
    return;
  }
  await reconstructCommand(
    input,
    { ...given, threads: request.threads } as unknown as Parameters<typeof reconstructCommand>[1],
    quiet,
  );
  const all = performance.now() - began;
  const { total: _, ...timings } = reportIn(request.out)['timings'] as Record<string, number>;
  Object.assign(stages, timings);
  stages['write'] = all - Object.values(timings).reduce((sum, ms) => sum + ms, 0);
}

const reportIn = (folder: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Record<string, unknown>;

/** DICOM objects have new identifiers each time: what is in them is told by the report and the surfaces. */
function hashOfResults(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort())
    if (/\.(stl|gz)$/.test(name)) hash.update(readFileSync(join(folder, name)));
  const { shapes, alignment, agreement, deviation, unlikeness, pieces, warnings } =
    reportIn(folder);
  const told = { shapes, alignment, agreement, deviation, unlikeness, pieces, warnings };
  return hash.update(JSON.stringify(told)).digest('hex');
}

const work = async (): Promise<void> => {
  for (const step of request.steps) await run(step);
};
const functions = request.functions ? await profiled(work, request.functions) : (await work(), []);
const figures: CaseFigures = {
  total: Date.now() - request.called,
  inference: inference.ms,
  stages,
  processor: processorNow(),
  processorOf,
  peak: process.resourceUsage().maxRSS / 1024,
  results: hashOfResults(request.out),
  functions,
};
console.log(JSON.stringify(figures));
