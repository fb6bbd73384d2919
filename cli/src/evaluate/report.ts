import { product } from '../../../extension/src/dicom/product.ts';
import { columnNames, columns, headingOf, type Column, type ColumnName } from './measureCase.ts';
import { summarise } from './statistics.ts';
import { groupOf, knownColumns, spread, type Evaluation } from './tables.ts';
import { escapeHtml as escape } from '../../../extension/src/services/report/escapeHtml.ts';

/** Okabe and Ito's colours, which colour-blind readers tell apart. */
const colours = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9'];
const style = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; color: #222; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; font-size: 12px; } th, td { padding: .2rem .5rem; text-align: right; border-bottom: 1px solid #ddd; }
th { text-align: left; } td { white-space: nowrap; } td:first-child, td:nth-child(2) { text-align: left; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption { font-weight: 600; font-size: 13px; }
.wide { overflow-x: auto; } .note { color: #555; } svg text { font: 10px system-ui, sans-serif; fill: #333; }
@media print { body { margin: 0; } .plots { grid-template-columns: 1fr 1fr; } figure { break-inside: avoid; } }
`;

/** A page that needs nothing else: box plots as in the paper's figure 7, tables, tests, correlations. */
export function reportOf(evaluation: Evaluation, made: Readonly<Record<string, string>>): string {
  const judged = columnNames.filter((name) => 'better' in columns[name]);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Cranioplasty evaluation</title><style>${style}</style></head><body>
<h1>Evaluation of cranial reconstructions</h1>
<p><strong>${escape(product.researchUse)}.</strong></p>
<p class="note">${Object.entries(made)
    .map(([k, v]) => `${escape(k)}: ${escape(v)}`)
    .join('<br>')}</p>
<p>${evaluation.methods.map((m, k) => `<span style="color:${colourOf(k)}">■</span> ${escape(m)}`).join(' &nbsp; ')}</p>
<h2>Figures by region</h2>
<p class="note">Box: quartiles and median; whiskers: least and most value; dots: single cases.</p>
<div class="plots">${judged.map((name) => boxPlot(evaluation, name)).join('')}</div>
<h2>Mean ± standard deviation</h2><div class="wide">${summaryTable(evaluation)}</div>
<h2>Is the first method better than the second?</h2>
<p class="note">Paired over cases, one-sided: t-test and Wilcoxon signed-rank test.</p>${testTable(evaluation)}
<h2>Correlations</h2><p class="note">Pearson's r over all results; blue: positive, orange: negative.</p>
<div class="wide">${correlationTable(evaluation)}</div>
<h2>Cases without a result</h2>${missedList(evaluation)}
</body></html>
`;
}

const colourOf = (k: number): string => colours[k % colours.length];

function boxPlot({ regions, methods, results }: Evaluation, name: ColumnName): string {
  const column: Column = columns[name];
  const groups = [...regions, 'all'];
  const values = (region: string, method: string): number[] =>
    groupOf(results, region, method).flatMap((r) => r.figures?.[name] ?? []);
  const all = summarise(results.flatMap((r) => r.figures?.[name] ?? []));
  if (!all) return '';
  const [width, height, left, top, bottom] = [420, 200, 46, 8, 22];
  const ticks = niceTicks(all.least, all.most);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const y = (v: number): number => top + ((high - v) / (high - low)) * (height - top - bottom);
  const step = (width - left) / groups.length;
  const box = Math.min(22, (step * 0.8) / methods.length);
  const parts = ticks.map(
    (v) =>
      `<line x1="${left}" x2="${width}" y1="${y(v)}" y2="${y(v)}" stroke="#e5e5e5"/><text x="${left - 4}" y="${y(v) + 3}" text-anchor="end">${v}</text>`,
  );
  groups.forEach((region, g) => {
    const middle = left + step * (g + 0.5);
    parts.push(
      `<text x="${middle}" y="${height - 6}" text-anchor="middle" style="font-size:8px">${escape(region.slice(0, 16))}</text>`,
    );
    methods.forEach((method, m) => {
      const sample = values(region, method);
      const s = summarise(sample);
      if (!s) return;
      const x = middle + (m - (methods.length - 1) / 2) * box;
      const half = box * 0.36;
      const colour = colourOf(m);
      parts.push(
        `<line x1="${x}" x2="${x}" y1="${y(s.least)}" y2="${y(s.most)}" stroke="${colour}"/>`,
        `<rect x="${x - half}" width="${2 * half}" y="${y(s.upperQuartile)}" height="${Math.max(1, y(s.lowerQuartile) - y(s.upperQuartile))}" fill="${colour}" fill-opacity=".25" stroke="${colour}"/>`,
        `<line x1="${x - half}" x2="${x + half}" y1="${y(s.median)}" y2="${y(s.median)}" stroke="${colour}" stroke-width="2"/>`,
        ...(region === 'all'
          ? []
          : sample.map((v) => `<circle cx="${x}" cy="${y(v)}" r="1.6" fill="${colour}"/>`)),
      );
    });
  });
  const title = `${headingOf(name)} (${column.better} is better)`;
  return `<figure><figcaption>${escape(title)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">${parts.join('')}</svg></figure>`;
}

/** Round numbers, about five, from below the least to above the most value. */
function niceTicks(least: number, most: number): number[] {
  const rough = (most - least || Math.abs(most) || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((f) => f * power >= rough) ?? 10);
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(most / step));
  return Array.from({ length: last - first + 1 }, (_, k) =>
    Number(((first + k) * step).toPrecision(6)),
  );
}

const row = (tag: 'th' | 'td', cells: readonly (string | number)[]): string =>
  `<tr>${cells.map((c) => `<${tag}>${c}</${tag}>`).join('')}</tr>`;

function summaryTable({ summaries }: Evaluation): string {
  const known = knownColumns(summaries);
  const titles = known.map((name) => escape(headingOf(name)));
  const body = summaries.map(({ region, method, cases, missed, figures }) =>
    row('td', [
      escape(region),
      escape(method),
      cases,
      missed,
      ...known.map((name) => spread(figures[name], name)),
    ]),
  );
  return `<table>${row('th', ['region', 'method', 'cases', 'missed', ...titles])}${body.join('')}</table>`;
}

function testTable({ tests }: Evaluation): string {
  if (!tests.length) return '<p>Fewer than two methods or fewer than three cases: no test.</p>';
  const p = (value?: number): string =>
    value === undefined ? '–' : value < 0.001 ? '&lt; 0.001' : value.toFixed(3);
  const body = tests.map((t) =>
    row('td', [
      `${escape(t.first)} against ${escape(t.second)}`,
      escape(columns[t.column].title),
      t.pairs,
      t.difference.toFixed(columns[t.column].digits),
      p(t.tTest),
      p(t.wilcoxon),
    ]),
  );
  const head = ['methods', 'figure', 'pairs', 'mean difference', 'p (t-test)', 'p (Wilcoxon)'];
  return `<table>${row('th', head)}${body.join('')}</table>`;
}

function correlationTable({ correlations }: Evaluation): string {
  if (!correlations.length) return '<p>Fewer than four results: no correlation.</p>';
  const names = [...new Set(correlations.flatMap(({ x, y }) => [x, y]))];
  const cell = (a: string, b: string): string => {
    const found = correlations.find(({ x, y }) => (x === a && y === b) || (x === b && y === a));
    if (!found) return '<td></td>';
    const rgb = found.r > 0 ? '0,114,178' : '230,159,0';
    const note = `p = ${found.p.toPrecision(2)}, ${found.cases} results`;
    return `<td title="${note}" style="background:rgba(${rgb},${(Math.abs(found.r) * 0.6).toFixed(2)})">${found.r.toFixed(2)}</td>`;
  };
  const body = names.map(
    (a) => `<tr><th>${escape(a)}</th>${names.map((b) => cell(a, b)).join('')}</tr>`,
  );
  return `<table><tr><th></th>${names.map((n) => `<th>${escape(n)}</th>`).join('')}</tr>${body.join('')}</table>`;
}

function missedList({ results }: Evaluation): string {
  const missed = results.filter((r) => r.error);
  if (!missed.length) return '<p>None.</p>';
  const items = missed.map(
    (r) => `<li>${escape(r.case)}, ${escape(r.method)}: ${escape(r.error ?? '')}</li>`,
  );
  return `<ul>${items.join('')}</ul>`;
}
