import { escapeHtml as escape } from './escapeHtml.ts';

export type Line = readonly [name: string, value: string];

/** A table of the report with its title. */
export function section(title: string, lines: readonly Line[]): string {
  const rows = lines.map(([k, v]) => `<tr><td>${escape(k)}</td><td>${escape(v)}</td></tr>`);
  return `<section><h2>${escape(title)}</h2><table>${rows.join('')}</table></section>`;
}
