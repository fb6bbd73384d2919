import { product } from '../../../extension/src/dicom/product.ts';
import { escapeHtml as escape } from '../../../extension/src/services/report/escapeHtml.ts';
import type { ReportFacts } from './resultFolder.ts';

/** What became of one input. */
export interface CohortRow {
  readonly name: string;
  readonly path: string;
  /** `kept`: it was there from before. */
  readonly status: 'done' | 'kept' | 'refused' | 'failed';
  readonly report?: ReportFacts;
  /** Why there is no result. */
  readonly message?: string;
}

const COLUMNS = ['name', 'input', 'status', 'patch ml', 'implant ml', 'seconds', 'remarks'];

function cellsOf({ name, path, status, report, message }: CohortRow): string[] {
  const remarks = message ?? report?.warnings.map((warning) => warning.message).join(' ') ?? '';
  return [
    name,
    path,
    status,
    report ? report.shapes.skullPatch.volume.toFixed(2) : '',
    report ? report.shapes.implant.volume.toFixed(2) : '',
    report ? ((report.timings['total'] ?? 0) / 1000).toFixed(1) : '',
    remarks,
  ];
}

/** Quoted where it has to be; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
function quoted(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line for each input: `cohort.csv`. */
export function cohortCsv(rows: readonly CohortRow[]): string {
  return `${[COLUMNS, ...rows.map(cellsOf)].map((cells) => cells.map(quoted).join(',')).join('\n')}\n`;
}

/** A page that needs nothing else: `cohort.html`. Inputs without a result come first. */
export function cohortHtml(rows: readonly CohortRow[], made: string): string {
  const missed = rows.filter(({ report }) => !report);
  const line = (row: CohortRow) =>
    `<tr class="${row.status}">${cellsOf(row)
      .map((cell) => `<td>${escape(cell)}</td>`)
      .join('')}</tr>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Cranioplasty cohort</title><style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; color: #222; }
table { border-collapse: collapse; font-size: 13px; } th, td { padding: .2rem .5rem; text-align: left; border-bottom: 1px solid #ddd; vertical-align: top; }
.refused, .failed { background: #fdeceA; }
</style></head><body>
<h1>Reconstructions of a cohort</h1>
<p><strong>${escape(product.researchUse)}.</strong> ${escape(made)}</p>
<p>${rows.length} inputs, ${missed.length} without a result.</p>
<table><thead><tr>${COLUMNS.map((name) => `<th>${name}</th>`).join('')}</tr></thead>
<tbody>${[...missed, ...rows.filter(({ report }) => report)].map(line).join('\n')}</tbody></table>
</body></html>
`;
}
