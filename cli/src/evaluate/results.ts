import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeComplete } from '../io/completeFiles.ts';
import type { Figures } from './measureCase.ts';

/** One method on one case. */
export interface Result {
  readonly case: string;
  readonly region: string;
  readonly method: string;
  /** What the figures were made from: a change of any makes the result stale. */
  readonly made: {
    readonly software: string;
    readonly caseHash: string;
    readonly modelHash: string;
    /** Whether the figures hold a rehearsal. */
    readonly rehearsed: boolean;
  };
  /** Absent when there was no result, which counts as a miss. */
  readonly figures?: Figures;
  /** Why there was none. */
  readonly error?: string;
}

/** The results of a run, a file each, so that a run that was stopped goes on where it was. */
export class ResultFolder {
  private readonly folder: string;

  constructor(out: string) {
    this.folder = join(out, 'results');
  }

  /** The result of a case by a method, if it was made from the same files by the same software. */
  find(wanted: Omit<Result, 'figures' | 'error'>): Result | null {
    const file = join(this.folder, fileName(wanted));
    if (!existsSync(file)) return null;
    try {
      const found = JSON.parse(readFileSync(file, 'utf8')) as Result;
      const { software, caseHash, modelHash, rehearsed } = found.made;
      const same =
        software === wanted.made.software &&
        caseHash === wanted.made.caseHash &&
        modelHash === wanted.made.modelHash &&
        (rehearsed || !wanted.made.rehearsed);
      return same ? found : null;
    } catch {
      // A damaged result is made anew.
      return null;
    }
  }

  save(result: Result): void {
    mkdirSync(this.folder, { recursive: true });
    const text = `${JSON.stringify(result, null, 2)}\n`;
    writeComplete(this.folder, [[fileName(result), Buffer.from(text)]]);
  }
}

const fileName = (result: Pick<Result, 'case' | 'method'>): string =>
  `${result.case}.${result.method}.json`;
