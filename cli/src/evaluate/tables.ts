import { readFileSync } from 'node:fs';
import { CranioplastyError } from '../../../extension/src/engine/space/errors.ts';
import { columnNames, columns, headingOf, type Column, type ColumnName } from './measureCase.ts';
import type { Result } from './results.ts';
import {
  comparePaired,
  correlate,
  summarise,
  type Correlation,
  type PairedTest,
  type Summary,
} from './statistics.ts';

/** A column of somebody's scores, by case and method; `*` stands for every method. */
export interface Scores {
  readonly name: string;
  readonly values: ReadonlyMap<string, number>;
}

/**
 * Reads scores from a comma-separated table with the columns `case`, optionally `method`, and one for
 * each score. An empty cell is no score.
 * @throws CranioplastyError `bad-usage`
 */
export function readScores(file: string): Scores[] {
  const [head = [], ...rows] = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim())
    .map((line) => line.split(',').map((cell) => cell.trim()));
  const caseAt = head.indexOf('case');
  const methodAt = head.indexOf('method');
  const names = head.filter((name) => name !== 'case' && name !== 'method');
  if (caseAt < 0 || !names.length) {
    throw new CranioplastyError(
      'bad-usage',
      `${file} is no table of scores: its first line must name the column case and at least one score.`,
    );
  }
  return names.map((name) => {
    const values = new Map<string, number>();
    for (const row of rows) {
      const cell = row[head.indexOf(name)] ?? '';
      if (cell === '') continue;
      const value = Number(cell);
      if (!Number.isFinite(value)) {
        throw new CranioplastyError(
          'bad-usage',
          `${file}: "${cell}" in column ${name} is no number.`,
        );
      }
      values.set(key(row[caseAt], methodAt < 0 ? '*' : row[methodAt]), value);
    }
    return { name, values };
  });
}

const key = (name: string, method: string): string => `${name}\n${method}`;

/** Every figure of every result, and how the methods compare. */
export interface Evaluation {
  readonly methods: readonly string[];
  readonly regions: readonly string[];
  readonly results: readonly Result[];
  readonly scores: readonly Scores[];
  readonly summaries: ReadonlyArray<{
    readonly region: string;
    readonly method: string;
    readonly cases: number;
    readonly missed: number;
    readonly figures: Readonly<Partial<Record<ColumnName, Summary>>>;
  }>;
  readonly tests: ReadonlyArray<
    { readonly column: ColumnName; readonly first: string; readonly second: string } & PairedTest
  >;
  /** Pairs of columns, over all results. */
  readonly correlations: ReadonlyArray<{ readonly x: string; readonly y: string } & Correlation>;
}

/** Results of a method in a region; the region `all` holds every case. */
export function groupOf(results: readonly Result[], region: string, method: string): Result[] {
  return results.filter((r) => r.method === method && (region === 'all' || r.region === region));
}

/** Summaries by region and method, paired tests between methods, correlations of all columns. */
export function evaluate(
  results: readonly Result[],
  methods: readonly string[],
  scores: readonly Scores[],
): Evaluation {
  const regions = [...new Set(results.map((r) => r.region))].sort();
  const summaries = [...regions, 'all'].flatMap((region) =>
    methods.map((method) => {
      const group = groupOf(results, region, method);
      const figures: Partial<Record<ColumnName, Summary>> = {};
      for (const column of columnNames) {
        const summary = summarise(group.flatMap((r) => r.figures?.[column] ?? []));
        if (summary) figures[column] = summary;
      }
      const missed = group.filter((r) => !r.figures).length;
      return { region, method, cases: group.length, missed, figures };
    }),
  );
  return {
    methods,
    regions,
    results,
    scores,
    summaries,
    tests: methods.flatMap((first) =>
      methods.filter((m) => m !== first).flatMap((second) => compare(results, first, second)),
    ),
    correlations: correlations(results, scores),
  };
}

function compare(results: readonly Result[], first: string, second: string): Evaluation['tests'] {
  const of = (method: string): Map<string, Result> =>
    new Map(results.filter((r) => r.method === method).map((r) => [r.case, r]));
  const [a, b] = [of(first), of(second)];
  return columnNames.flatMap((column) => {
    const { better }: Column = columns[column];
    if (!better) return [];
    const pairs = [...a].flatMap(([name, result]): Array<[number, number]> => {
      const [x, y] = [result.figures?.[column], b.get(name)?.figures?.[column]];
      return x === undefined || y === undefined ? [] : [[x, y]];
    });
    const test = comparePaired(pairs, better);
    return test ? [{ column, first, second, ...test }] : [];
  });
}

function correlations(
  results: readonly Result[],
  scores: readonly Scores[],
): Evaluation['correlations'] {
  const lookups: Array<readonly [string, (r: Result) => number | undefined]> = [
    ...columnNames.map((name) => [name, (r: Result) => r.figures?.[name]] as const),
    ...scores.map(({ name, values }) => [name, (r: Result) => scoreOf(values, r)] as const),
  ];
  return lookups.flatMap(([x, ofX], i) =>
    lookups.slice(i + 1).flatMap(([y, ofY]) => {
      const pairs = results.flatMap((r): Array<[number, number]> => {
        const [a, b] = [ofX(r), ofY(r)];
        return a === undefined || b === undefined ? [] : [[a, b]];
      });
      const correlation = correlate(pairs);
      return correlation ? [{ x, y, ...correlation }] : [];
    }),
  );
}

const scoreOf = (values: Scores['values'], r: Result): number | undefined =>
  values.get(key(r.case, r.method)) ?? values.get(key(r.case, '*'));

/** One line for each result: `metrics.csv`. */
export function csvOf({ results, scores }: Evaluation): string {
  const head = ['case', 'region', 'method', ...columnNames, ...scores.map((s) => s.name), 'error'];
  const rows = results.map((r) => [
    r.case,
    r.region,
    r.method,
    ...columnNames.map((name) => r.figures?.[name] ?? ''),
    ...scores.map(({ values }) => scoreOf(values, r) ?? ''),
    r.error ? `"${r.error.replaceAll('"', '""')}"` : '',
  ]);
  return `${[head, ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

/** The columns of which at least one summary has a figure. */
export function knownColumns(summaries: Evaluation['summaries']): ColumnName[] {
  return columnNames.filter((name) => summaries.some(({ figures }) => figures[name]));
}

/** The summaries as a Markdown table, mean ± standard deviation. */
export function markdownOf({ summaries }: Evaluation): string {
  const known = knownColumns(summaries);
  const head = ['region', 'method', 'cases', 'missed'];
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const rows = summaries.map(({ region, method, cases, missed, figures }) =>
    line([region, method, cases, missed, ...known.map((name) => spread(figures[name], name))]),
  );
  const all = [...head, ...known.map(headingOf)];
  return `${[line(all), line(all.map(() => '---')), ...rows].join('\n')}\n`;
}

/** Mean ± standard deviation in the digits of a column. */
export function spread(summary: Summary | undefined, column: ColumnName): string {
  const { digits } = columns[column];
  return summary ? `${summary.mean.toFixed(digits)} ± ${summary.sd.toFixed(digits)}` : '–';
}
