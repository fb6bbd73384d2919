import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { CranioplastyErrorCode } from '../../../extension/src/engine/space/errors.ts';

/** How the run of one input ended: `refused` is the input's fault, `failed` is not. */
export type Outcome =
  { readonly status: 'done' } | { readonly status: 'refused' | 'failed'; readonly message: string };

interface Event {
  readonly event: string;
  readonly code?: CranioplastyErrorCode | 'internal';
  readonly message?: string;
}

function eventOf(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}

/**
 * Runs the command on one input in a process of its own, so that nothing that happens to it, running out of memory
 * included, reaches the others.
 * @param words command line, ending in `--json`
 * @param signal ends the process
 */
export async function runOne(
  program: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Outcome> {
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let message = '';
  let errors = '';
  createInterface(child.stdout).on('line', (line) => {
    const event = eventOf(line);
    if (event?.event === 'error') message = event.message ?? '';
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  return new Promise((done) => {
    child.on('error', (error) => done({ status: 'failed', message: error.message }));
    child.on('close', (code, killed) => {
      if (code === 0) done({ status: 'done' });
      else {
        const told = message || errors.trim().split('\n').at(-1) || '';
        const fallback = `The process ended (${killed ?? code}).`;
        done({ status: code === 2 ? 'refused' : 'failed', message: told || fallback });
      }
    });
  });
}
