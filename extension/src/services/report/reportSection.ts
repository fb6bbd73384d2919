import { escapeHtml as escape } from './escapeHtml.ts';

export type Line = readonly [name: string, value: string];

/**
 * A table of the report with its title.
 *
 * @param values words that stay on one line, sentences, or what may be broken anywhere
 */
export function section(
  title: string,
  lines: readonly Line[],
  values: 'words' | 'text' | 'any' = 'any',
): string {
  const rows = lines.map(([k, v]) => `<tr><td>${escape(k)}</td><td>${escape(v)}</td></tr>`);
  return `<section class="${values}"><h2>${escape(title)}</h2><table>${rows.join('')}</table></section>`;
}
