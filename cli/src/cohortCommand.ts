import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { product } from '../../extension/src/dicom/product.ts';
import { loadModel } from '../../extension/src/engine/cascade/model.ts';
import { CranioplastyError } from '../../extension/src/engine/space/errors.ts';
import { namedInputs, type CohortInput } from './cohort/inputs.ts';
import { findResult, markMade, readReport, type MadeFrom } from './cohort/resultFolder.ts';
import { runOne } from './cohort/runOne.ts';
import { cohortCsv, cohortHtml, type CohortRow } from './cohort/tables.ts';
import { softwareIdentity } from './evaluate/software.ts';
import { wantedDesignIfAny, type DesignOptions } from './implant/options.ts';
import { assertWritable, writeComplete } from './io/completeFiles.ts';
import { allBytes, volumeEnding } from './io/volumeFormats.ts';
import { modelSource } from './modelFolder.ts';
import type { Output } from './output.ts';

export interface CohortOptions {
  /** Folder of the results: one folder each, `cohort.csv` and `cohort.html`. */
  readonly out: string;
  readonly ct?: string;
  readonly straightenedCt?: string;
  readonly model: string;
  /** Inputs that are computed at a time. */
  readonly processes?: number;
  /** Of the CPU, of each (default: the cores divided among them). */
  readonly threads?: number;
}

/** @throws CranioplastyError `bad-usage` if a file that the input names cannot be read */
async function hashInput(path: string): Promise<string> {
  const hash = createHash('sha256');
  if (volumeEnding(path) === '.mhd') return hash.update(allBytes(path)).digest('hex');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Ends the processes of a run when it is ended itself, because they would go on alone. */
function endedWithUs(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const end = (name: NodeJS.Signals) => {
    controller.abort();
    process.exit(name === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  return {
    signal: controller.signal,
    release: () => void process.off('SIGINT', end).off('SIGTERM', end),
  };
}

/**
 * `cranioplasty reconstruct` of many skulls, each in a process of its own: an input that cannot be reconstructed is
 * reported and the rest goes on. A run that was stopped goes on where it was: what is there from the same input,
 * model, options and software is kept.
 *
 * @param words inputs: paths, or NAME=PATH
 * @param given the command's options as they were given, without those of the cohort itself
 * @returns exit code: 0 if every input has its result, 2 if inputs were refused, 1 if one failed otherwise
 * @throws CranioplastyError `bad-usage`, and whatever opening the model refuses
 */
export async function cohortCommand(
  words: readonly string[],
  options: CohortOptions & DesignOptions,
  given: readonly string[],
  output: Output,
): Promise<0 | 1 | 2> {
  const started = performance.now();
  if (options.ct !== undefined || options.straightenedCt !== undefined) {
    throw new CranioplastyError(
      'bad-usage',
      'A CT belongs to one skull: give --ct with a single input.',
    );
  }
  const inputs = namedInputs(words);
  const design = wantedDesignIfAny(options);
  assertWritable(options.out);
  const model = await loadModel(modelSource(options.model));
  const software = softwareIdentity();
  const processes = Math.min(options.processes ?? 1, inputs.length);
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / processes));
  const rows = new Map<CohortInput, CohortRow>();
  const ended = endedWithUs();

  const one = async (input: CohortInput): Promise<CohortRow> => {
    const folder = join(options.out, input.name);
    if (!existsSync(input.path)) {
      const message = `${input.path} does not exist: check the path.`;
      return { ...input, status: 'refused', message };
    }
    let hash: string;
    try {
      hash = await hashInput(input.path);
    } catch (error) {
      if (!(error instanceof CranioplastyError)) throw error;
      return { ...input, status: 'refused', message: error.message };
    }
    const made: MadeFrom = {
      software,
      input: hash,
      model: model.hash,
      // Parameters that come from a file are those that it holds now.
      options: design ? [...given, JSON.stringify(design.parameters)] : given,
    };
    const known = findResult(folder, made);
    if (known) return { ...input, status: 'kept', report: known };
    const line = ['reconstruct', input.path, '--out', folder, ...given, '--json'];
    const outcome = await runOne(
      process.argv[1],
      [...line, '--threads', String(threads)],
      ended.signal,
    );
    if (outcome.status !== 'done') return { ...input, ...outcome };
    markMade(folder, made);
    return { ...input, status: 'done', report: readReport(folder) };
  };

  const waiting = [...inputs];
  const serve = async (): Promise<void> => {
    for (let input = waiting.shift(); input; input = waiting.shift()) {
      const row = await one(input);
      rows.set(input, row);
      output.item(rows.size, inputs.length, input.name, row.message);
    }
  };
  await Promise.all(Array.from({ length: processes }, serve));
  ended.release();

  const table = inputs.map((input) => rows.get(input) as CohortRow);
  const text = (content: string): Uint8Array => Buffer.from(content);
  const made = `${product.name} ${software}, model ${model.manifest.name} ${model.hash.slice(0, 12)}.`;
  writeComplete(options.out, [
    ['cohort.csv', text(cohortCsv(table))],
    ['cohort.html', text(cohortHtml(table, made))],
  ]);
  const count = (status: CohortRow['status']) => table.filter((r) => r.status === status).length;
  const [kept, refused, failed] = [count('kept'), count('refused'), count('failed')];
  const seconds = (performance.now() - started) / 1000;
  output.done(
    { out: options.out, inputs: inputs.length, kept, refused, failed, seconds },
    `${inputs.length - refused - failed} of ${inputs.length} inputs have a result (${kept} from before) after ${seconds.toFixed(0)} s. ${product.researchUse}. Written to ${options.out}`,
  );
  return failed ? 1 : refused ? 2 : 0;
}
