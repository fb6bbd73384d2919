import { toExactJson } from './exactJson.ts';
import { readReport } from './readReport.ts';

const compared = [
  'sopInstanceUID',
  'seriesInstanceUID',
  'studyInstanceUID',
  'segments',
  'record',
] as const;

/**
 * What differs between a report and the one that came back, in one sentence; undefined if they say the same.
 * @throws CranioplastyError as `readReport` for either file
 */
export function differenceOfReports(
  expected: ArrayBuffer | Uint8Array,
  actual: ArrayBuffer | Uint8Array,
): string | undefined {
  const [a, b] = [readReport(expected), readReport(actual)];
  const changed = compared.find((name) => toExactJson(a[name]) !== toExactJson(b[name]));
  return changed && `Its ${changed} changed.`;
}
