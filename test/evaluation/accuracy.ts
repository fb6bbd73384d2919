/**
 * Accuracy of models beside the mirrored skull on virtual defects with known truth.
 *
 *     npx tsx test/evaluation/accuracy.ts CASES[,CASES] [--models lite,mirror] [--out metrics.csv] [--summary metrics.json] [--markdown]
 *
 * A model is the name of an installed one or the path of its folder; `mirror` is the baseline.
 */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { modelSource } from '../../cli/src/modelFolder.ts';
import { NodeBackend } from '../../cli/src/nodeBackend.ts';
import { comparePatches, compareShapes } from '../../extension/src/engine/metrics.ts';
import type { LoadedModel } from '../../extension/src/engine/model.ts';
import { checkModel, loadModel, reconstruct } from '../../extension/src/engine/reconstruct.ts';
import { applyRigid, invertRigid } from '../../extension/src/engine/transform.ts';
import type { InferenceBackend } from '../../extension/src/engine/types.ts';
import { shippedAtlas } from '../support/atlasFiles.ts';
import { readCases, type EvaluationCase } from './cases.ts';

/** What is measured, with the digits in which it is printed. Shares are 0 to 1, distances mm. */
const columns = {
  dice: 3,
  borderDice: 3,
  hd95: 2,
  outer: 2,
  outerBothWays: 2,
  borderDistance: 2,
  curvatureError: 6,
  closed: 3,
  implantDice: 3,
  implantError: 2,
  agreement: 3,
  apart95: 2,
  seconds: 1,
} as const;
type Column = keyof typeof columns;
const columnNames = Object.keys(columns) as Column[];

interface Row {
  readonly case: string;
  readonly region: string;
  readonly method: string;
  /** Absent when there was no result: a miss. */
  readonly values?: Readonly<Record<Column, number>>;
}

type Method = { readonly label: string } & (
  | { readonly method: 'mirror' }
  | { readonly model: LoadedModel; readonly backend: InferenceBackend; readonly modelChecked: true }
);

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string', default: 'lite,mirror' },
    out: { type: 'string' },
    summary: { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
});
if (positionals.length !== 1) {
  console.error(
    'Usage: npx tsx test/evaluation/accuracy.ts CASES[,CASES] [--models lite,mirror] [--out metrics.csv] [--summary metrics.json] [--markdown]',
  );
  process.exit(2);
}
const folders = positionals[0].split(',');
const atlas = await shippedAtlas();

async function openMethod(name: string): Promise<Method> {
  if (name === 'mirror') return { label: name, method: name };
  const model = await loadModel(modelSource(name));
  const backend = await NodeBackend.create('cpu');
  await checkModel(model, backend);
  return { label: basename(name), model, backend, modelChecked: true };
}

async function measure(c: EvaluationCase, { label, ...method }: Method): Promise<Row> {
  const began = performance.now();
  const row = { case: c.name, region: c.region, method: label };
  try {
    const result = await reconstruct({ skull: c.defective, atlas, ...method });
    const seconds = (performance.now() - began) / 1000;
    const cavity = applyRigid(invertRigid(result.alignment.toCanonical), atlas.centre);
    const patch = comparePatches(c.defective, result.patch.mask, c.patch, cavity);
    const implant = c.implant && compareShapes(result.implant.mask, c.implant);
    return {
      ...row,
      values: {
        dice: patch.dice,
        borderDice: patch.borderDice,
        hd95: patch.hd95,
        outer: patch.outerSurfaceError,
        outerBothWays: patch.outerSurfaceErrorBothWays,
        borderDistance: patch.borderDistance,
        curvatureError: patch.borderCurvatureError,
        closed: 1 - patch.openShare,
        implantDice: implant?.dice ?? NaN,
        implantError: implant?.surfaceError ?? NaN,
        agreement: result.agreement?.dice ?? NaN,
        apart95: result.agreement?.p95 ?? NaN,
        seconds,
      },
    };
  } catch (error) {
    // A case without a result counts as a miss, not as absent.
    console.log(`${c.name} ${label}: ${(error as Error).message}`);
    return row;
  }
}

const methods = await Promise.all(options.models.split(',').map(openMethod));
const rows: Row[] = [];
for (const folder of folders)
  for (const c of readCases(folder))
    for (const method of methods) {
      const row = await measure(c, method);
      rows.push(row);
      const values = columnNames.map((n) => `${n} ${row.values?.[n].toFixed(columns[n]) ?? '–'}`);
      console.log([row.case.padEnd(20), row.method.padEnd(7), ...values].join('  '));
    }

interface Spread {
  readonly mean: number;
  readonly sd: number;
}

/** Mean and standard deviation over the cases that gave a result. */
function spread(group: readonly Row[], column: Column): Spread | undefined {
  const numbers = group.flatMap(({ values }) =>
    values && Number.isFinite(values[column]) ? [values[column]] : [],
  );
  if (!numbers.length) return undefined;
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const variance =
    numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, numbers.length - 1);
  return { mean, sd: Math.sqrt(variance) };
}

function printSpread(value: Spread | undefined, column: Column): string {
  const digits = columns[column];
  return value ? `${value.mean.toFixed(digits)} ± ${value.sd.toFixed(digits)}` : '–';
}

const separator = options.markdown ? ' | ' : '  ';
const line = (cells: readonly string[]): string =>
  options.markdown ? `| ${cells.join(separator)} |` : cells.join(separator);
console.log(`\nMean ± SD, ${rows.length / methods.length} cases`);
console.log(line(['region', 'method', 'cases', 'missed', ...columnNames]));
if (options.markdown)
  console.log(line(Array.from({ length: columnNames.length + 4 }, () => '---')));
for (const region of [...new Set(rows.map((r) => r.region)), 'all'])
  for (const { label } of methods) {
    const group = rows.filter(
      (r) => r.method === label && (region === 'all' || r.region === region),
    );
    const missed = group.filter(({ values }) => !values).length;
    const cells = columnNames.map((column) => printSpread(spread(group, column), column));
    console.log(line([region, label, String(group.length), String(missed), ...cells]));
  }

if (options.summary) {
  const all = methods.map(({ label }) => {
    const group = rows.filter((r) => r.method === label);
    const figures = columnNames.map((column) => [column, spread(group, column)]);
    return [label, { cases: group.length, ...Object.fromEntries(figures) }];
  });
  writeFileSync(options.summary, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}

if (options.out) {
  const head = ['case', 'region', 'method', ...columnNames].join(',');
  const body = rows.map((r) =>
    [r.case, r.region, r.method, ...columnNames.map((n) => r.values?.[n] ?? '')].join(','),
  );
  writeFileSync(options.out, `${[head, ...body].join('\n')}\n`);
}
