import { availableParallelism } from 'node:os';
import { product } from '../../extension/src/dicom/product.ts';
import { CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import { findCases, hashCase } from './evaluate/cases.ts';
import { openMethod, type Method } from './evaluate/measureCase.ts';
import { runInWorkers } from './evaluate/pool.ts';
import { reportOf } from './evaluate/report.ts';
import { ResultFolder, type Result } from './evaluate/results.ts';
import { csvOf, evaluate, markdownOf, readScores } from './evaluate/tables.ts';
import { softwareIdentity } from './evaluate/software.ts';
import type { WorkerJob } from './evaluate/worker.ts';
import { assertWritable, writeComplete } from './io/completeFiles.ts';
import type { Orientation } from './io/orientation.ts';
import type { ProviderChoice } from './openBackend.ts';
import type { Output } from './output.ts';

export interface EvaluateOptions {
  readonly out: string;
  /** Names or folders of models, `mirror`, `continuation`. */
  readonly methods: readonly string[];
  /** Only the cases of these. */
  readonly subjects?: readonly string[];
  /** Of volumes that do not say how they lie in the patient. */
  readonly orientation?: Orientation;
  readonly processes?: number;
  readonly provider: ProviderChoice;
  /** Whether to rehearse each reconstruction on the opposite side too. */
  readonly rehearse?: boolean;
  /** A table of scores to correlate with the figures. */
  readonly scores?: string;
}

/**
 * `cranioplasty evaluate`: reconstructs every case by every method, measures the results against the
 * truth, and writes `metrics.csv`, `summary.json` and `report.html`. A run that was stopped goes on
 * where it was: what is there from the same files, models and software is not made again.
 *
 * @throws CranioplastyError `bad-usage` without cases (of a subject) or with the same method twice, and whatever
 *   opening a model refuses
 */
export async function evaluateCommand(
  folders: readonly string[],
  options: EvaluateOptions,
  output: Output,
): Promise<void> {
  const started = performance.now();
  assertWritable(options.out);
  const scores = options.scores ? readScores(options.scores) : [];
  const cases = findCases(folders, options.subjects);
  const methods = await Promise.all(options.methods.map(openMethod));
  const labels = methods.map((m) => m.label);
  if (new Set(labels).size < labels.length) {
    throw new CranioplastyError(
      'bad-usage',
      `Two methods are called the same (${labels.join(', ')}): give each once, or rename a model's folder.`,
    );
  }
  const store = new ResultFolder(options.out);
  const software = softwareIdentity();
  const results: Result[] = [];
  const pending: Array<{ job: WorkerJob; result: Result }> = [];
  const processes = Math.max(1, options.processes ?? availableParallelism());
  const rehearsed = options.rehearse ?? false;
  const threads = Math.max(1, Math.floor(availableParallelism() / processes));
  for (const found of cases) {
    const caseHash = hashCase(found, options.orientation);
    methods.forEach((method, m) => {
      const made = { software, caseHash, modelHash: method.hash, rehearsed };
      const result = { case: found.name, region: found.region, method: method.label, made };
      const known = store.find(result);
      if (known) results.push(known);
      else {
        const job = {
          case: found,
          orientation: options.orientation,
          method: options.methods[m],
          provider: options.provider,
          threads,
          rehearsed,
        };
        pending.push({ job, result });
      }
    });
  }
  const total = results.length + pending.length;
  const resumed = results.length;
  const byJob = new Map(pending.map(({ job, result }) => [job, result]));
  const warned = new Set<string>();
  await runInWorkers(
    [...byJob.keys()],
    processes,
    process.argv[1],
    (job, { warnings, ...answer }) => {
      for (const message of warnings) {
        if (!warned.has(message)) output.warning(message);
        warned.add(message);
      }
      const result = { ...(byJob.get(job) as Result), ...answer };
      store.save(result);
      results.push(result);
      output.item(results.length, total, `${result.case} ${result.method}`, result.error);
    },
  );
  // The order of the tables does not depend on who finished first.
  const order = (r: Result): string => `${r.case}\n${labels.indexOf(r.method)}`;
  results.sort((a, b) => (order(a) < order(b) ? -1 : 1));

  const evaluation = evaluate(results, labels, scores);
  const made = {
    Software: `${product.name} ${software}`,
    Models: methods.map(describeMethod).join(', '),
    Cases: String(cases.length),
  };
  const { summaries, tests, correlations } = evaluation;
  const summary = { made, summaries, tests, correlations };
  const text = (content: string): Uint8Array => Buffer.from(content);
  writeComplete(options.out, [
    ['metrics.csv', text(csvOf(evaluation))],
    ['summary.json', text(`${JSON.stringify(summary, null, 2)}\n`)],
    ['table.md', text(markdownOf(evaluation))],
    ['report.html', text(reportOf(evaluation, made))],
  ]);
  const missed = results.filter((r) => r.error).length;
  const seconds = (performance.now() - started) / 1000;
  output.done(
    { out: options.out, cases: cases.length, results: total, resumed, missed, seconds },
    `${total} results (${resumed} from before, ${missed} without a result) of ${cases.length} cases in ${seconds.toFixed(0)} s. ${product.researchUse}. Written to ${options.out}`,
  );
}

/** What made a column, and what the licence of a model wants to be said of it. */
function describeMethod({ label, hash, terms }: Method): string {
  return `${label}${hash ? ` ${hash.slice(0, 12)}` : ''}${terms ? ` (${terms})` : ''}`;
}
