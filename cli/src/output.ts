import type { CranioplastyErrorCode } from '../../extension/src/engine/space/errors.ts';
import type { Progress } from '../../extension/src/engine/progress.ts';

/** Tells the user how a command gets on. */
export interface Output {
  progress(progress: Progress): void;
  /** One of many results is there. */
  item(done: number, total: number, name: string, error?: string): void;
  warning(message: string): void;
  done(summary: Readonly<Record<string, unknown>>, text: string): void;
  error(code: CranioplastyErrorCode | 'internal', message: string): void;
}

/** One JSON object a line on standard output, for programs. */
export function jsonOutput(write: (line: string) => void): Output {
  const started = performance.now();
  const line = (event: string, content: object) =>
    write(JSON.stringify({ event, elapsed: Math.round(performance.now() - started), ...content }));
  return {
    progress: (progress) => line('progress', progress),
    item: (done, total, name, error) => line('item', { done, total, name, error }),
    warning: (message) => line('warning', { message }),
    done: (summary) => line('done', summary),
    error: (code, message) => line('error', { code, message }),
  };
}

/** Lines on standard error, results on standard output. */
export function textOutput(result: (line: string) => void, notice: (line: string) => void): Output {
  let last = '';
  return {
    progress({ stage, fraction, window }) {
      const where = window ? `${stage} ${window.done}/${window.total}` : stage;
      if (where === last) return;
      last = where;
      notice(`${String(Math.round(fraction * 100)).padStart(3)} %  ${where}`);
    },
    item: (done, total, name, error) =>
      notice(`${done}/${total}  ${name}${error ? `: ${error}` : ''}`),
    warning: (message) => notice(`Warning: ${message}`),
    done: (_, text) => result(text),
    error: (_, message) => notice(message),
  };
}
