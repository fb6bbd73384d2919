import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeComplete } from '../io/completeFiles.ts';

/** What a result was made from: a change of any makes it stale. */
export interface MadeFrom {
  readonly software: string;
  /** SHA-256 of the input. */
  readonly input: string;
  readonly model: string;
  /** Options of the command, as they were given. */
  readonly options: readonly string[];
}

/** What the tables tell of a report; the rest stays in `report.json`. */
export interface ReportFacts {
  readonly input: { readonly sha256: string };
  readonly shapes: {
    readonly skullPatch: { readonly volume: number };
    readonly implant: { readonly volume: number };
  };
  readonly pieces?: readonly unknown[];
  readonly warnings: readonly { readonly message: string }[];
  readonly timings: Readonly<Record<string, number>>;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

const MADE = 'made-from.json';

function read<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** The report in a folder; undefined if there is none, or files that it lists are missing or cut off. */
export function readReport(folder: string): ReportFacts | undefined {
  const report = read<ReportFacts>(join(folder, 'report.json'));
  const complete = report?.files?.every(({ name, bytes }) => {
    const path = join(folder, name);
    return existsSync(path) && statSync(path).size === bytes;
  });
  return complete ? report : undefined;
}

/** The report of a complete result that was made from just this, else undefined. */
export function findResult(folder: string, wanted: MadeFrom): ReportFacts | undefined {
  const made = read<MadeFrom>(join(folder, MADE));
  if (JSON.stringify(made) !== JSON.stringify(wanted)) return undefined;
  const report = readReport(folder);
  return report?.input.sha256 === wanted.input ? report : undefined;
}

/** Marks a result as complete and says what it was made from. Comes last. */
export function markMade(folder: string, made: MadeFrom): void {
  writeComplete(folder, [[MADE, Buffer.from(`${JSON.stringify(made)}\n`)]]);
}
